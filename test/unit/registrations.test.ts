import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { steps } from '../../activities/index.ts';
import { consumers, endpoints, timers } from '../../functions/areas.ts';
import { sagas } from '../../orchestrations/index.ts';
import { apis, contracts } from '../../shared/access/contracts.ts';
import { systems } from '../../shared/adapters/systems.ts';
import { catalogue } from '../../shared/domain/catalogue.ts';
import { repositoryFiles } from '../kit/import-graph.ts';
import { standIns } from '../simulators/systems.ts';

/** Lists in which something stands so that it is there at all, and the files that declare what belongs into each. */
const registrations: Record<string, { listed: readonly unknown[]; files: RegExp; is: (exported: object) => boolean }> =
  {
    endpoints: {
      listed: endpoints,
      files: /^functions\/.*\.http\.ts$/,
      is: (each) => 'contract' in each && 'respond' in each,
    },
    apis: {
      listed: Object.values(apis),
      files: /^shared\/.*\.api\.ts$/,
      is: (each) => {
        const members: unknown[] = Object.values(each);
        return members.length > 0 && members.every(isContract);
      },
    },
    consumers: {
      listed: consumers,
      files: /^functions\/.*\.event\.ts$/,
      is: (each) => 'topics' in each && 'handle' in each,
    },
    timers: { listed: timers, files: /^functions\/.*\.timer\.ts$/, is: (each) => 'schedule' in each && 'run' in each },
    steps: { listed: steps, files: /^activities\/.*\.ts$/, is: (each) => 'undo' in each && 'run' in each },
    sagas: { listed: sagas, files: /^orchestrations\/.*\.saga\.ts$/, is: (each) => 'story' in each },
    'outside systems': {
      listed: systems,
      files: /^shared\/adapters\/[^/]+\/system\.ts$/,
      is: (each) => 'configure' in each && 'capabilities' in each,
    },
    'stand-ins of outside systems': {
      listed: standIns,
      files: /^test\/simulators\/[^/]+\/system\.ts$/,
      is: (each) => 'simulator' in each && 'system' in each,
    },
    events: {
      listed: catalogue,
      files: /^shared\/(domain|lifecycle)\/.*events\.ts$/,
      is: (each) => 'topic' in each && 'audience' in each,
    },
  };
const isContract = (what: unknown): boolean =>
  typeof what === 'object' && what !== null && 'route' in what && 'answer' in what;
/** By what a member is called for: its topic, its contract's name, or its own. */
const nameOf = (each: unknown): string => {
  const { topic, name, contract } = each as { topic?: string; name?: string; contract?: { name: string } };
  return topic ?? contract?.name ?? name ?? Object.values(each as Record<string, { name: string }>)[0]!.name;
};
const files = repositoryFiles();

describe.each(Object.entries(registrations))('the list of %s', (_name, { listed, files: pattern, is }) => {
  const declared = async (): Promise<{ where: string; what: unknown }[]> => {
    const found = files
      .filter((file) => pattern.test(file) && !file.endsWith('/index.ts'))
      .map(async (file) => {
        const exports = (await import(pathToFileURL(path.resolve(file)).href)) as Record<string, unknown>;
        return Object.entries(exports)
          .filter(([, what]) => (typeof what === 'object' || typeof what === 'function') && what !== null && is(what))
          .map(([exported, what]) => ({ where: `${file} ${exported}`, what }));
      });
    return (await Promise.all(found)).flat();
  };
  const missingIn = (list: readonly unknown[], all: readonly { where: string; what: unknown }[]): string[] =>
    all.filter(({ what }) => !list.includes(what)).map(({ where }) => where);

  it('has everything that is declared', async () => {
    expect(missingIn(listed, await declared())).toEqual([]);
  });

  it('is missed line by line: whatever is taken away is named', async () => {
    const all = await declared();
    expect(all.length).toBeGreaterThan(0);
    for (const { where, what } of all)
      expect(
        missingIn(
          listed.filter((each) => each !== what),
          all,
        ),
      ).toEqual([where]);
  });

  it('has each once, under a name of its own', () => {
    const names = listed.map(nameOf);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

describe('contracts', () => {
  const unbound = (bound: readonly unknown[]) =>
    contracts.filter((each) => !bound.includes(each)).map(({ name }) => name);
  const bound = endpoints.map(({ contract }) => contract);

  it('have a handler each, and handlers a contract that is listed', () => {
    expect(unbound(bound)).toEqual([]);
    expect(bound.filter((each) => !contracts.includes(each)).map(({ name }) => name)).toEqual([]);
  });

  it('are missed handler by handler: the contract that has none is named', () => {
    for (const { name } of contracts) expect(unbound(bound.filter((each) => each.name !== name))).toEqual([name]);
  });
});
