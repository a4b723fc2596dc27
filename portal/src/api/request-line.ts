import { withQuery } from './with-query.ts';

interface AddressParts {
  params?: object;
  query?: Readonly<Record<string, string | number | undefined>>;
}

/** `GET /v1/orders/{id}` and an id → method and address. Throws where the route has a gap that nothing fills. */
export function requestLine(route: string, { params = {}, query }: AddressParts): { method: string; address: string } {
  const [method = '', pattern = ''] = route.split(' ');
  const values = new Map(Object.entries(params));
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_gap, name: string) => {
    const value: unknown = values.get(name);
    if (value === undefined || value === '') throw new Error(`${route} needs ${name}.`);
    return encodeURIComponent(String(value));
  });
  return { method, address: withQuery(`/api${path}`, query) };
}
