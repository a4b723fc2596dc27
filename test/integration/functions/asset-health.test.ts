import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteReadings, Readings } from '../../../functions/health/bmc-readings.event.ts';
import type { AssetDetail } from '../../../shared/domain/assets/assets.api.ts';
import type { BmcLogLine } from '../../../shared/domain/health/health.api.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { minutes } from '../../../shared/kernel/durations.ts';
import { anApi, edgeAgent, type Api } from './kit.ts';
import { belongings, type Belongings } from './seed.ts';

let api: Api;
let server: Belongings;
let reported = 0;
beforeAll(async () => {
  api = await anApi();
  server = await belongings(api, 'acme', 'dc-nyc-01');
});
afterAll(() => api.close());

const at = (minute: number) => isoTime(Date.parse('2026-11-02T08:00:00Z') + minutes(minute));
const fan = (name: string, health: string) => ({ kind: 'fan', name, reading: 9000, unit: 'RPM', health });
const entry = (id: number, message: string) => ({ id: String(id), at: at(id), severity: 'warning', message });
/** Posts it as an agent does; what was accepted is handed to its consumer. */
async function tell(datacenter: string, reading: object): Promise<number> {
  reported += 1;
  const event = {
    kind: 'bmc-readings',
    id: `readings-${reported}`,
    at: at(reported),
    datacenter,
    readings: [{ serverId: server.serverId, at: at(reported), ...reading }],
  };
  const { status } = await api.as(edgeAgent(datacenter))('POST /v1/edge/events', { body: { events: [event] } });
  if (status === 202) await noteReadings(Readings.parse(event), api.deps);
  return status;
}
const asset = async () =>
  (await api.as('ops@rackline.example')(`GET /v1/assets/${server.serverId}`)).body as AssetDetail;
const log = async (query = '') =>
  (await api.as('ops@rackline.example')(`GET /v1/assets/${server.serverId}/log${query}`)).body as unknown as {
    items: BmcLogLine[];
    next: string | null;
  };

describe('how a server does', () => {
  it('is not known before its management controller was looked at', async () => {
    expect((await asset()).health).toBeNull();
    expect(await log()).toEqual({ items: [], next: null });
  });

  it('is told by the agent of its own datacenter alone, what is not well first', async () => {
    expect(await tell('dc-fra-01', { health: 'critical', log: { entries: [entry(1, 'said by a stranger')] } })).toBe(
      202,
    );
    expect(
      await tell('dc-nyc-01', {
        health: 'warning',
        powerWatts: 310,
        inletCelsius: 22.5,
        sensors: {
          power: 'on',
          cpuPercent: 12,
          readings: [fan('Fan 1', 'ok'), fan('Fan 2', 'warning'), fan('Fan 3', 'critical')],
        },
        log: { entries: [entry(1, 'one'), entry(2, 'two'), entry(3, 'three')] },
      }),
    ).toBe(202);
    const { health } = await asset();
    expect(health).toMatchObject({
      health: 'warning',
      power: 'on',
      powerWatts: 310,
      inletCelsius: 22.5,
      cpuPercent: 12,
      unreachableSince: null,
      unreachable: null,
    });
    expect(health?.sensors.map(({ name }) => name)).toEqual(['Fan 3', 'Fan 2', 'Fan 1']);
    expect((await log()).items).toMatchObject([
      { message: 'three', at: at(3), code: null, action: null, gap: null },
      { message: 'two' },
      { message: 'one' },
    ]);
  });

  it('is in its log, page by page', async () => {
    const first = await log('?limit=2');
    expect(first.items.map(({ message }) => message)).toEqual(['three', 'two']);
    expect(await log(`?limit=2&after=${first.next}`)).toMatchObject({ items: [{ message: 'one' }], next: null });
    expect((await api.as('ops@rackline.example')(`GET /v1/assets/${server.serverId}/log?after=yesterday`)).status).toBe(
      400,
    );
  });

  it.each([
    ['text that a database cannot hold', { health: 'ok', log: { entries: [entry(9, 'a\0b')] } }],
    ['half a character', { health: 'ok', log: { entries: [entry(9, '\ud83d')] } }],
    [
      'a log without an end',
      { health: 'ok', log: { entries: Array.from({ length: 201 }, (_, index) => entry(index, 'x')) } },
    ],
    ['more words than anybody reads', { health: 'ok', log: { entries: [entry(9, 'x'.repeat(1001))] } }],
  ])('is not told by %s', async (_name, reading) => {
    expect(await tell('dc-nyc-01', reading)).toBe(400);
  });
});
