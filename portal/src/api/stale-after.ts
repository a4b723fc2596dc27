import type { CloudEvent } from '../../../shared/events/cloud-event.ts';

/** The beginning of a query's key: everything below it is read again. */
export type KeyStart = readonly [kind: string, id?: string];

/** What an event makes stale: the lists its kind appears in and the pages about what it names. */
export function staleAfter({ type, subject, data }: Pick<CloudEvent, 'type' | 'subject' | 'data'>): KeyStart[] {
  const named = (field: string, ...kinds: string[]): KeyStart[] => {
    const id = data[field];
    return typeof id === 'string' ? kinds.map((kind) => [kind, id] as const) : [];
  };
  const [, area] = /^com\.rackline\.([a-z]+)\./.exec(type) ?? [];
  const common: KeyStart[] = [
    ['events'],
    ...named('orderId', 'order', 'timeline', 'quotes'),
    ...named('sagaId', 'saga', 'saga-history'),
    ...named('serverId', 'server', 'asset', 'history', 'asset-log', 'proofs'),
  ];
  return [
    ...common,
    ...(lists[area ?? ''] ?? []).map((kind) => [kind] as const),
    ...(subject.startsWith('ord_')
      ? ([
          ['order', subject],
          ['timeline', subject],
        ] as const)
      : []),
  ];
}

const lists: Readonly<Record<string, readonly string[]>> = {
  orders: ['orders', 'shipments'],
  assets: ['assets', 'servers', 'orders', 'shipments'],
  approvals: ['approvals', 'timeline', 'decommissions'],
  tasks: ['tasks', 'task', 'timeline'],
  sagas: ['sagas', 'saga', 'saga-history', 'timeline', 'assets', 'decommissions'],
  tenant: ['servers'],
};
