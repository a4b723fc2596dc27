import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Router } from '../../../../../runtime/triggers/http/router.ts';

function routerOf(...templates: string[]): Router<string> {
  const router = new Router<string>();
  for (const template of templates) {
    const [method = '', route = ''] = template.includes(' ') ? template.split(' ') : ['', template];
    router.add(route, method ? method.split('|') : [], template);
  }
  return router;
}

describe('precedence', () => {
  const router = routerOf(
    '{*rest}',
    'servers/{id}',
    'servers/{id:int}',
    'servers/power',
    'servers/{name}.{format}',
    'servers/{id}/usage',
    'files/{*path:file}',
    'files/{*path}',
  );
  it.each([
    ['/servers/power', 'servers/power'],
    ['/servers/42', 'servers/{id:int}'],
    ['/servers/report.csv', 'servers/{name}.{format}'],
    ['/servers/srv_1', 'servers/{id}'],
    ['/servers/srv_1/usage', 'servers/{id}/usage'],
    ['/servers/srv_1/else', '{*rest}'],
    ['/files/a/b.txt', 'files/{*path:file}'],
    ['/files/a/b', 'files/{*path}'],
    ['/', '{*rest}'],
  ])('%s is answered by %s', (path, template) => {
    expect(router.match('GET', path)?.value).toBe(template);
  });
});

describe('values', () => {
  const match = (template: string, path: string) => routerOf(template).match('GET', path)?.params;
  it.each([
    ['orders/{id}/lines/{n:int}', '/orders/ord_1/lines/3', { id: 'ord_1', n: '3' }],
    ['ORDERS/{id}', '/orders/X', { id: 'X' }],
    ['orders/{id}', '/orders/a%20b%2Fc', { id: 'a b%2Fc' }],
    ['orders/{id}', '/orders/%ff', { id: '%ff' }],
    ['orders/{id?}', '/orders', {}],
    ['orders/{id?}', '/orders/7/', { id: '7' }],
    ['report/{format=csv}', '/report', { format: 'csv' }],
    ['report/{format=csv}', '/report/pdf', { format: 'pdf' }],
    ['{a=1}/{b=2}', '/x', { a: 'x', b: '2' }],
    ['files/{*path}', '/files/a/b%20c', { path: 'a/b c' }],
    ['files/{*path}', '/files', {}],
    ['{name}.{ext?}', '/read.me.txt', { name: 'read', ext: 'me.txt' }],
    ['{name}.{ext?}', '/readme', { name: 'readme' }],
    ['v{major:int}.{minor:int}', '/v1.2', { major: '1', minor: '2' }],
    ['ssn/{n:regex(^\\d{{3}}-\\d{{2}}$)}', '/ssn/123-45', { n: '123-45' }],
    ['braces/{{x}}', '/braces/{x}', {}],
  ])('%s reads %s', (template, path, params) => {
    expect(match(template, path)).toEqual(params);
  });

  it.each([
    ['{n:int}', '/2147483648'],
    ['{n:long}', '/9223372036854775808'],
    ['{n:int}', '/1.5'],
    ['{b:bool}', '/yes'],
    ['{g:guid}', '/123'],
    ['{a:alpha}', '/a1'],
    ['{t:datetime}', '/soon'],
    ['{x:length(3)}', '/ab'],
    ['{x:minlength(3)}', '/ab'],
    ['{x:maxlength(1)}', '/ab'],
    ['{n:range(1,5)}', '/6'],
    ['{n:min(3)}', '/2'],
    ['{n:max(3)}', '/4'],
    ['{d:decimal}', '/1e3'],
    ['{f:nonfile}', '/a.b'],
    ['orders/{id}', '/orders'],
    ['orders/{id}', '/orders//x'],
    ['orders/{id}', '/orders/a/b'],
  ])('%s does not answer %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });
});

describe('methods', () => {
  it('goes on looking where only the method is wrong', () => {
    const router = routerOf('POST servers/power', 'GET|PUT servers/{id}', 'DELETE {*rest}');
    expect(router.match('GET', '/servers/power')).toEqual({ value: 'GET|PUT servers/{id}', params: { id: 'power' } });
    expect(router.match('DELETE', '/servers/power')?.value).toBe('DELETE {*rest}');
    expect(router.match('PATCH', '/servers/power')).toBeUndefined();
  });
  it('shares a path between functions of different methods', () => {
    const router = routerOf('GET orders', 'POST orders');
    expect(router.match('POST', '/orders')?.value).toBe('POST orders');
  });
});

describe('mistakes', () => {
  it.each([
    [['GET orders/{id}', 'GET|POST orders/{number}'], /same requests/],
    [['{id}/{ID}'], /appears twice/],
    [['{*rest}/more'], /last segment/],
    [['{id:integer}'], /'integer' is not a route constraint/],
    [['{id:range(1,x)}'], /range/],
    [['{a}{b}'], /literal between/],
    [['orders/{id'], /never closed/],
    [['orders//{id}'], /empty segment/],
  ])('%j is refused', (templates, why) => {
    expect(() => routerOf(...templates)).toThrow(why);
  });
  it('lets an exact route stand beside one whose tail is optional', () => {
    expect(routerOf('orders/{id?}', 'orders').match('GET', '/orders')?.value).toBe('orders');
  });
});

/** The same rules, the slow way: every template as a regular expression, tried in order of precedence. */
function slowMatch(templates: readonly string[], path: string): string | undefined {
  const rank = (segment: string) =>
    segment.startsWith('{*') ? 4 : segment === '{x:int}' ? 2 : segment.startsWith('{') ? 3 : 1;
  const source = (segment: string) =>
    segment.startsWith('{*')
      ? '(/.*)?'
      : segment === '{x:int}'
        ? '/\\d+'
        : segment.startsWith('{')
          ? '/[^/]+'
          : `/${segment}`;
  const matching = templates.filter((template) =>
    new RegExp(`^${template.split('/').map(source).join('')}$`).test(path),
  );
  const ranks = (template: string) => template.split('/').map(rank);
  return matching.sort((a, b) => {
    const [left, right] = [ranks(a), ranks(b)];
    for (let i = 0; i < Math.min(left.length, right.length); i++)
      if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
    return left.length - right.length;
  })[0];
}

it('finds what trying every template in order of precedence finds', () => {
  const segment = fc.constantFrom('a', 'b', '1', '{x:int}', '{x}');
  const template = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([segments, hasRest]) =>
      [...segments.map((each, i) => (each === '{x}' ? `{x${i}}` : each)), ...(hasRest ? ['{*rest}'] : [])].join('/'),
    );
  const templates = fc.uniqueArray(template, {
    minLength: 1,
    maxLength: 30,
    selector: (text) => text.replace(/x\d/g, 'x'),
  });
  const onlyOneInt = (text: string) => text.split('{x:int}').length <= 2;
  fc.assert(
    fc.property(
      templates,
      fc.array(fc.constantFrom('a', 'b', 'c', '1', '22'), { minLength: 1, maxLength: 5 }),
      (all, path) => {
        const usable = all.filter(onlyOneInt);
        expect(routerOf(...usable).match('GET', `/${path.join('/')}`)?.value).toBe(
          slowMatch(usable, `/${path.join('/')}`),
        );
      },
    ),
    { numRuns: 500 },
  );
});
