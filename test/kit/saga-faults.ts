import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { steps as allSteps } from '../../activities/index.ts';
import { isFinished } from '../../runtime/durable/contract/instance.ts';
import type { ActivityInterceptor } from '../../runtime/durable/memory/engine.ts';
import { findSaga, sagaFamily } from '../../shared/domain/sagas/sagas.db.ts';
import { sagaId } from '../../shared/saga/define-saga.ts';
import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import { hasUndo } from '../../shared/saga/step.ts';
import { journalActivity, SagaEnd } from '../../shared/saga/wire.ts';
import { company } from '../simulators/kit/company.ts';
import { aTestPlatform, type TestPlatform } from './test-platform.ts';

/** A story to be spoiled at every step: what it is about has to be there before, and is not part of what it does. */
export interface FaultStory {
  name: string;
  saga: SagaDefinition;
  /** Makes what the saga is about: an order, a decommission. Called once per cell, after the world was looked at. */
  begin(deps: TestPlatform, datacenter: string): Promise<{ key: string; input: object }>;
  /** Sees to it that there is something to start from, before the world is looked at. */
  prepare?(deps: TestPlatform, datacenter: string): Promise<void>;
}

interface Place {
  /** `commission-server/harden-server#6`: one call of one step, in whichever of the story's sagas. */
  id: string;
  step: string;
  hasUndo: boolean;
  isPastNoReturn: boolean;
}
interface Call {
  place: string;
  isUndo: boolean;
  isPoll: boolean;
}

const CallInput = z.object({
  saga: z.object({ name: z.string() }),
  key: z.string(),
  ticket: z.string().optional(),
  pointOfNoReturn: z.string().optional(),
  input: z.unknown(),
});
const undoNames = new Map(
  allSteps.flatMap((step) => (hasUndo(step.undo) ? [[step.undo.name, step.name] as const] : [])),
);
const sagaNameOf = (instanceId: string) => /^(.*?)-(ord|srv|shp|dec|mnt)_/.exec(instanceId)?.[1] ?? instanceId;

function readCall({ name, input }: Parameters<ActivityInterceptor>[0]): Call | undefined {
  if (name === journalActivity || input === null) return undefined;
  const call = CallInput.parse(JSON.parse(input));
  const isUndo = undoNames.has(name);
  // An undo may be called by a parent: its place is that of the step, in the saga that ran it.
  const saga = isUndo ? sagaNameOf(z.object({ sagaId: z.string() }).parse(call.input).sagaId) : call.saga.name;
  return { place: `${saga}/${call.key}`, isUndo, isPoll: call.ticket !== undefined };
}

/** Each cell has its turn in another datacenter: no rack is filled up by servers that were delivered. */
let turn = 0;
const nextDatacenter = (): string => company.datacenters[turn++ % company.datacenters.length]?.id ?? '';

const refusal = JSON.stringify({ outcome: 'refused', reason: 'the fault suite says no' });

/** Refuses one step wherever it is asked, and everything else runs. */
const refusing =
  (place: string): ActivityInterceptor =>
  async (call, run) => {
    const read = readCall(call);
    return read?.place === place && !read.isUndo ? refusal : run();
  };
const losing = (place: string, times: number): ActivityInterceptor => {
  let left = times;
  return async (call, run) => {
    const answer = await run();
    const read = readCall(call);
    if (read?.place !== place || read.isUndo || left === 0) return answer;
    left -= 1;
    throw new Error('the answer was lost');
  };
};
const repeating =
  (place: string): ActivityInterceptor =>
  async (call, run) => {
    const read = readCall(call);
    if (read?.place === place && !read.isUndo) await run();
    return run();
  };
/** Somebody cancels in the moment a step begins for the first time. */
const whenReached = (place: string, act: () => Promise<unknown>): ActivityInterceptor => {
  let isFirst = true;
  return async (call, run) => {
    const read = readCall(call);
    if (isFirst && read?.place === place && !read.isUndo) {
      isFirst = false;
      await act();
    }
    return run();
  };
};
const undoingTwice =
  (next: string): ActivityInterceptor =>
  async (call, run) => {
    const read = readCall(call);
    if (read?.isUndo) await run();
    return read?.place === next && !read.isUndo ? refusal : run();
  };
const undoFailing =
  (place: string, next: string): ActivityInterceptor =>
  async (call, run) => {
    const read = readCall(call);
    if (read?.isUndo && read.place === place) throw new Error('the undo does not work');
    return read?.place === next && !read.isUndo ? refusal : run();
  };

/**
 * Spoils a story at every step in turn: refused, answer lost once and for good, repeated, taken back twice, undo
 * failing. Before the point of no return the world must equal the one before, or the saga is stuck and says what
 * it holds, until a person decides; past it the story ends done, or stuck. Call at a test file's top level.
 */
export async function describeSagaFaults(
  story: FaultStory,
  shard: { index: number; of: number } = { index: 0, of: 1 },
): Promise<void> {
  const w = await aTestPlatform();
  const places = (await enumerate(w, story)).map((place, index, all) => ({ ...place, next: all[index + 1] }));
  let cells = 0;

  describe(`${story.name}, spoiled at every step`, () => {
    afterAll(async () => {
      process.stdout.write(`saga faults: ${cells} cells of ${story.name} (${places.length} steps)\n`);
      await w.close();
    });
    for (const [index, place] of places.entries()) {
      if (index % shard.of !== shard.index) continue;
      describe(place.id, () => (place.isPastNoReturn ? pastNoReturn(place) : beforeNoReturn(place)));
    }
  });

  function cell(name: string, run: () => Promise<void>): void {
    cells += 1;
    it(name, run);
  }

  function beforeNoReturn(place: Place & { next: Place | undefined }): void {
    cell('refused: the world is as before', () => unwinds(refusing(place.id)));
    cell('its answer lost once: done all the same, nothing twice', () => succeeds(losing(place.id, 1)));
    cell('its answer lost for good: the world is as before', () => unwinds(losing(place.id, Infinity)));
    cell('repeated: done, nothing twice', () => succeeds(repeating(place.id)));
    cell('cancelled meanwhile: the world is as before', () => unwindsWhenCancelled(place));
    const { next } = place;
    if (!place.hasUndo || !next || next.isPastNoReturn) return;
    cell('taken back twice: the world is as before', () => unwinds(undoingTwice(next.id)));
    cell('its undo failing: stuck, and says what is held, until a person decides', () =>
      getsStuck(undoFailing(place.id, next.id), place),
    );
  }
  function pastNoReturn(place: Place): void {
    cell('refused: stuck until a person decides, then done', () => goesOn(refusing(place.id), place));
    cell('its answer lost once: done all the same, nothing twice', () => succeeds(losing(place.id, 1)));
    cell('its answer lost for good: stuck until a person decides, then done', () =>
      goesOn(losing(place.id, Infinity), place),
    );
    cell('repeated: done, nothing twice', () => succeeds(repeating(place.id)));
  }

  async function begin(spoiling: (sagaId: string) => ActivityInterceptor): Promise<{ id: string; before: unknown }> {
    const datacenter = nextDatacenter();
    await story.prepare?.(w, datacenter);
    const before = await w.snapshot();
    const { key, input } = await story.begin(w, datacenter);
    w.intercept(spoiling(sagaId(story.saga, key)));
    return { id: await w.start(story.saga, key, input), before };
  }
  async function end(id: string): Promise<SagaEnd> {
    await untilOverOrStuck(id);
    w.intercept(undefined);
    expect(await stuckOf(id)).toBeUndefined();
    const status = await w.engine.client.status(id);
    expect(status?.status).toBe('Completed');
    return SagaEnd.parse(JSON.parse(status?.output ?? 'null'));
  }
  async function unwinds(interceptor: ActivityInterceptor): Promise<void> {
    const { id, before } = await begin(() => interceptor);
    expect(await end(id)).toMatchObject({ outcome: 'failed' });
    expect(await w.snapshot()).toEqual(before);
    expect(w.lab.effects.repeated()).toEqual([]);
  }
  async function unwindsWhenCancelled(place: Place): Promise<void> {
    const { id, before } = await begin((root) =>
      whenReached(place.id, () => w.sagas.cancel(root, { by: 'the fault suite', reason: 'it changed its mind' })),
    );
    expect(await end(id)).toMatchObject({ outcome: 'cancelled' });
    expect(await w.snapshot()).toEqual(before);
    expect(w.lab.effects.repeated()).toEqual([]);
  }
  async function succeeds(interceptor: ActivityInterceptor): Promise<void> {
    const { id } = await begin(() => interceptor);
    expect(await end(id)).toMatchObject({ outcome: 'done' });
    expect(w.lab.effects.repeated()).toEqual([]);
  }
  const isOver = async (id: string) => isFinished((await w.engine.client.status(id))?.status ?? 'Pending');
  const untilOverOrStuck = (id: string) =>
    w.engine.runUntil(async () => (await isOver(id)) || (await stuckOf(id)) !== undefined);
  async function stuckOf(id: string) {
    return (await sagaFamily(w.db, id)).find(({ state }) => state === 'stuck');
  }
  async function stuckOne(id: string) {
    await untilOverOrStuck(id);
    const stuck = await stuckOf(id);
    if (!stuck)
      throw new Error(
        `No saga of the family is stuck: it ended ${(await w.engine.client.status(id))?.output ?? 'with nothing'}.`,
      );
    return stuck;
  }
  async function decideToRetry(id: string): Promise<void> {
    await w.sagas.decide(id, { verb: 'retry', by: 'the fault suite', reason: 'it works now' });
    await w.engine.runUntil(async () => (await findSaga(w.db, id))?.state !== 'stuck');
  }
  async function getsStuck(interceptor: ActivityInterceptor, place: Place): Promise<void> {
    const { id, before } = await begin(() => interceptor);
    const stuck = await stuckOne(id);
    expect(stuck.held?.reason).toContain('the undo does not work');
    expect(stuck.held?.steps[0]).toContain(place.step);
    w.intercept(undefined);
    await decideToRetry(stuck.id);
    await end(id);
    expect((await findSaga(w.db, id))?.state).toBe('failed');
    expect(await w.snapshot()).toEqual(before);
  }
  async function goesOn(interceptor: ActivityInterceptor, place: Place): Promise<void> {
    const { id } = await begin(() => interceptor);
    const stuck = await stuckOne(id);
    expect(stuck.held?.step).toBe(place.step);
    w.intercept(undefined);
    await decideToRetry(stuck.id);
    expect(await end(id)).toMatchObject({ outcome: 'done' });
    expect(w.lab.effects.repeated()).toEqual([]);
  }
}

/** Runs the story once, unspoiled, and notes every call of a step in its order. */
async function enumerate(w: TestPlatform, story: FaultStory): Promise<Place[]> {
  const places = new Map<string, Place>();
  const datacenter = nextDatacenter();
  await story.prepare?.(w, datacenter);
  const { key, input } = await story.begin(w, datacenter);
  w.intercept(async (call, run) => {
    const read = readCall(call);
    const step = allSteps.find(({ name }) => name === call.name);
    if (read && step && !places.has(read.place)) {
      const isPastNoReturn = CallInput.parse(JSON.parse(call.input ?? '{}')).pointOfNoReturn !== undefined;
      places.set(read.place, { id: read.place, step: step.name, hasUndo: hasUndo(step.undo), isPastNoReturn });
    }
    return run();
  });
  const status = await w.engine.runToEnd(await w.start(story.saga, key, input));
  w.intercept(undefined);
  const end = SagaEnd.parse(JSON.parse(status.output ?? 'null'));
  if (end.outcome !== 'done') throw new Error(`Unspoiled, ${story.name} ended ${end.outcome}: ${end.reason}`);
  return [...places.values()];
}
