import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Child } from '../../../../infra/local/child.ts';
import { freePort } from '../../../../infra/local/postgres.ts';
import { until } from '../../../kit/until.ts';

const said: string[] = [];
let url: string;
let child: Child;
/** Lets five seconds pass for the supervisor. */
let beat = () => {};
const ask = async (path: string) => Number(await (await fetch(`${url}${path}`)).text());
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  child = new Child({
    name: 'platform 1',
    script: 'test/integration/infra/local/hanging-process.ts',
    flags: [],
    env: { PORT: String(port) },
    health: `${url}/healthz`,
    log: (line) => said.push(line),
    every: (_milliseconds, run) => {
      beat = run;
      return () => (beat = () => {});
    },
  });
  await child.start();
});
afterAll(() => child.stop());

it('ends a process whose event loop stands still when it has not answered for 30 s, and starts it again', async () => {
  const pid = await ask('/hang');
  for (let seconds = 0; seconds <= 25; seconds += 5) beat();
  expect(said).toEqual([]);
  beat();
  expect(said).toEqual(['platform 1 has not answered for 30 s: it hangs, and is ended']);
  await until('it to be there again', () => child.pid !== pid && said.length === 2);
  expect(said[1]).toBe('platform 1 ended with SIGKILL; starting it again');
  await until('it to answer again', () =>
    ask('/healthz').then(
      (now) => now === child.pid,
      () => false,
    ),
  );
});
