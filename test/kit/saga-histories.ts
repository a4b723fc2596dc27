import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sagaFamily } from '../../shared/domain/sagas/sagas.db.ts';
import { recordHistory, type RecordedHistory } from './conformance/replay.ts';
import type { FaultStory } from './saga-faults.ts';
import type { TestPlatform } from './test-platform.ts';

const folder = path.resolve('test/fixtures/histories/sagas');

/** What to do when today's code no longer plays what instances in flight have gone through. */
export const whatToDo = `
Orders under way would break at the next deployment: their past no longer fits the story.
  - If the change was not meant, take it back.
  - If it was: leave the saga as it is, add the changed story under a new name (fulfill-order-v2), start new ones
    there, and delete the old one when none is left in flight (GET /api/v1/sagas?name=…&state=running).
  - Only where no such instance can exist anywhere, record anew:
    RECORD_HISTORIES=1 npm test -- --selectProjects integration --testPathPatterns sagas/histories`;

/**
 * Runs a story to its end; answers the histories of its saga and all parts, by `<story>--<saga>` (`-2` … where a saga
 * occurs again).
 */
export async function recordStory(
  w: TestPlatform,
  name: string,
  story: FaultStory,
  datacenter: string,
): Promise<Map<string, RecordedHistory>> {
  await story.prepare?.(w, datacenter);
  const { key, input } = await story.begin(w, datacenter);
  const root = await w.start(story.saga, key, input);
  await w.engine.runToEnd(root);
  const recorded = new Map<string, RecordedHistory>();
  for (const { id } of await sagaFamily(w.db, root)) {
    const history = await recordHistory(w.engine.client, id);
    const same = [...recorded.values()].filter((each) => each.name === history.name).length;
    recorded.set(`${name}--${history.name}${same === 0 ? '' : `-${same + 1}`}`, history);
  }
  return recorded;
}

export function keepHistories(recorded: ReadonlyMap<string, RecordedHistory>): void {
  mkdirSync(folder, { recursive: true });
  // One event a line: a later recording can be compared with an earlier one.
  for (const [name, { history, ...instance }] of recorded) {
    const events = history.map((event) => `    ${JSON.stringify(event)}`).join(',\n');
    writeFileSync(
      path.join(folder, `${name}.json`),
      `${JSON.stringify(instance, null, 2).replace(/\n\}$/, '')},\n  "history": [\n${events}\n  ]\n}\n`,
    );
  }
}

export const keptHistories = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => path.basename(file, '.json'));
export const keptHistory = (name: string): RecordedHistory =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as RecordedHistory;
