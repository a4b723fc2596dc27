import { httpActivity } from '../contract/decisions.ts';
import { EventType, historyEvent, type HistoryEvent } from '../contract/history.ts';
import { isEntityId, type Instance } from '../contract/instance.ts';
import type { Message } from '../contract/messages.ts';
import type { Loaded, Polled, Step, TaskEnd, WorkerSession } from '../contract/store.ts';
import type { ActivityCall, TurnResult } from '../contract/turn-result.ts';
import { runEntityTurn } from '../core/entity-turn.ts';
import { activityFailure } from '../core/failure.ts';
import { gather } from '../core/gather.ts';
import { runHttpActivity } from '../core/http-activity.ts';
import { runTurn } from '../core/turn.ts';
import { Activities } from './activities.ts';
import { Lookout } from './lookout.ts';
import type { WorkerOptions } from './options.ts';
import { interruptedActivities, Owned } from './owned.ts';
import { UnderWay } from './under-way.ts';

/** How many turns run before the process looks at its sockets again. */
const turnsAtOnce = 16;
/** How many steps one statement stores at most. */
const stepsAtOnce = 200;
/** How many instances are claimed in one look: other workers, looking at the same time, get their share. */
const claimsAtOnce = 50;

/**
 * All that a worker knows and could lose: the instances it owns, what is ready, what runs. It lives as long as
 * the session with the store; when that is lost everything here is dropped and read again.
 */
export class Tenure {
  readonly #options: WorkerOptions;
  readonly #session: WorkerSession;
  readonly #onLost: (cause: unknown) => void;
  readonly #owned = new Map<string, Owned>();
  readonly #ready = new Set<Owned>();
  /** Of those owned: the ones with activities running or queued here. */
  readonly #withActivities = new Set<Owned>();
  readonly #activities: Activities;
  readonly #lookout: Lookout;
  readonly #underWay: UnderWay;
  readonly #commit: (step: Step) => Promise<boolean>;
  readonly #startInstance: (instance: Instance) => Promise<boolean>;
  readonly #finishTask: (end: TaskEnd) => Promise<void>;
  /** Rows we consumed while the store was being looked at: what was seen of them is out of date. */
  readonly #consumedMeanwhile = new Set<string>();
  #looks = 0;
  /** Whether the last look left something behind for want of room. */
  #leftSome = false;
  #isPumping = false;
  #isStopping = false;
  #isOver = false;

  constructor(options: WorkerOptions, session: WorkerSession, onLost: (cause: unknown) => void) {
    this.#options = options;
    this.#session = session;
    this.#onLost = onLost;
    this.#activities = new Activities(options.maxConcurrentActivities, options.choose);
    this.#underWay = new UnderWay(options.hold);
    this.#lookout = new Lookout(options.time, options.pollMilliseconds, () =>
      this.#underWay.run(async () => void (await this.#orLose(this.#look()))),
    );
    this.#commit = gather((steps) => this.#commitAll(steps), stepsAtOnce);
    this.#startInstance = gather((instances) => this.#startAll(instances), stepsAtOnce);
    this.#finishTask = gather((ends) => this.#finishAll(ends), stepsAtOnce);
  }

  /** Whether an instance more may be worked on here. */
  get hasRoom(): boolean {
    return !this.#isOver && !this.#isStopping && this.#room > 0;
  }

  /** Starts an instance as its owner. False: one of that id is running. */
  async start(instance: Instance): Promise<boolean> {
    return this.#underWay.run(async () => {
      if (!(await this.#startInstance(instance))) return false;
      // An earlier instance of that id may still be here: that it has ended is stored, but not yet heard.
      if (!this.#isOver) this.#own({ instance, history: [], messages: [], handedOut: [] });
      return true;
    });
  }

  /** There may be work. */
  wake(): void {
    this.#lookout.wake();
  }

  /** Takes nothing new; resolves when what is under way has ended and is stored, or time is up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#lookout.close();
    this.#activities.close();
    const deadline = Date.now() + this.#options.graceMilliseconds;
    while (!this.#underWay.isIdle && !this.#isOver && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    this.abandon();
  }

  /** From here on nothing that still comes back has any effect. */
  abandon(): void {
    this.#isOver = true;
    this.#lookout.close();
    this.#activities.close();
    this.#owned.clear();
    this.#ready.clear();
    this.#withActivities.clear();
    this.#underWay.forget();
  }

  // ── finding work ──

  async #look(): Promise<void> {
    this.#looks += 1;
    this.#consumedMeanwhile.clear();
    const room = Math.min(claimsAtOnce, Math.max(0, this.#room));
    const known = [...this.#owned.values()].flatMap(({ inbox }) => inbox.flatMap(({ rowId }) => rowId ?? []));
    const polled = await this.#session.poll(room, known);
    if (this.#isOver) return;
    this.#leftSome = polled.claimed.length >= room;
    for (const loaded of polled.claimed) {
      await this.#options.gap?.('after-claim', loaded.instance.instanceId);
      this.#own(loaded);
    }
    if (this.#leftSome && this.hasRoom) this.wake();
    this.#deliverPolled(polled);
    if (polled.hasTasks && this.#activities.room > 0) await this.#takeTasks();
    if (polled.nextDue !== null) this.#lookout.wakeAt(polled.nextDue);
  }

  /** An instance whose activity runs only waits for it, however long; one whose activity waits its turn counts. */
  get #room(): number {
    const attended = this.#owned.size - this.#withActivities.size;
    return this.#options.maxOwnedInstances - attended - this.#activities.waiting;
  }

  #deliverPolled({ messages }: Polled): void {
    for (const [id, found] of Map.groupBy(messages, ({ instanceId }) => instanceId)) {
      const owned = this.#owned.get(id);
      // Let go of, or begun again, since the store looked: what it saw is out of date.
      if (!owned || owned.sinceLook === this.#looks) this.wake();
      else
        this.#deliver(
          owned,
          found
            .map(({ message }) => message)
            .filter(({ rowId }) => rowId === null || !this.#consumedMeanwhile.has(rowId)),
        );
    }
  }

  #own(loaded: Loaded): void {
    const owned = new Owned(loaded, this.#looks);
    const earlier = this.#owned.get(owned.id);
    if (earlier) this.#forget(earlier);
    this.#owned.set(owned.id, owned);
    for (const call of interruptedActivities(loaded)) this.#runActivity(owned, call);
    this.#makeReady(owned);
  }

  #deliver(owned: Owned, messages: readonly Message[]): void {
    if (owned.receive(messages)) this.#makeReady(owned);
  }

  #forget(owned: Owned): void {
    if (this.#owned.get(owned.id) === owned) this.#owned.delete(owned.id);
    this.#withActivities.delete(owned);
  }

  // ── turns ──

  #makeReady(owned: Owned): void {
    if (owned.isBusy || this.#isOver) return;
    this.#ready.add(owned);
    if (!this.#isPumping) void this.#underWay.run(() => this.#pump());
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    for (let turns = 1; this.#ready.size > 0 && !this.#isOver; turns += 1) {
      const owned = this.#nextReady();
      if (owned) await this.#turn(owned);
      if (turns % turnsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isPumping = false;
  }

  #nextReady(): Owned | undefined {
    const place = this.#options.choose(this.#ready.size);
    const owned = this.#ready.values().drop(place).next().value;
    if (owned) this.#ready.delete(owned);
    return owned;
  }

  async #turn(owned: Owned): Promise<void> {
    owned.offered = [...owned.inbox];
    const { gap, log } = this.#options;
    try {
      if (owned.offered.some(({ event }) => event?.EventType === EventType.TimerFired))
        await gap?.('before-timer-turn', owned.id);
      const result = await this.#runTurn(owned, owned.offered);
      await gap?.(isEntityId(owned.id) ? 'before-entity-commit' : 'before-commit', owned.id);
      void this.#underWay.run(() => this.#store(owned, result));
    } catch (error) {
      // Nothing the user's code does comes here. Left aside, it is tried again by the next session.
      log.error(
        { instanceId: owned.id, err: error },
        'a turn broke off; the instance is left aside until the next start',
      );
    }
  }

  #runTurn({ instance, history, id }: Owned, messages: readonly Message[]): Promise<TurnResult> {
    const { app, time, newId, turn: options } = this.#options;
    const common = { instance, messages, app, now: time.now(), newId };
    if (isEntityId(id)) return runEntityTurn({ ...common, isAlive: (...who) => this.#session.isAlive(...who) });
    return runTurn({ ...common, history, options });
  }

  async #store(owned: Owned, result: TurnResult): Promise<void> {
    // With others to help, activities beyond our own capacity are for whoever has room.
    const here = this.#session.others > 0 ? Math.max(0, this.#activities.room) : Infinity;
    const step = owned.stepFor(result, result.activities.slice(here));
    const isStored = await this.#commit(step);
    await this.#options.gap?.('after-commit', owned.id);
    if (this.#isOver) return;
    if (!isStored) return this.#forget(owned); // somebody else's by now

    if (this.#lookout.isLooking) for (const rowId of step.consumed) this.#consumedMeanwhile.add(rowId);
    const hasMore = owned.apply(result);
    for (const call of result.activities.slice(0, here)) this.#runActivity(owned, call);
    this.#options.observe?.(owned.id, result.waitsFor);
    if (step.releases) this.#forget(owned);
    else if (hasMore) this.#makeReady(owned);
    if ((step.releases && hasMore) || (this.#leftSome && this.hasRoom)) this.wake();
    this.#followUp(step);
  }

  /** What the step set in motion may be for us: looks at once, or when the first timer is due. */
  #followUp({ outgoing, children, handedOut }: Step): void {
    const now = this.#options.time.now();
    if (children.length > 0 || handedOut.length > 0 || outgoing.some(({ visibleAt = 0 }) => visibleAt <= now))
      this.wake();
    for (const { visibleAt } of outgoing)
      if (visibleAt !== undefined && visibleAt > now) this.#lookout.wakeAt(visibleAt);
  }

  // ── activities ──

  #runActivity(owned: Owned, call: ActivityCall): void {
    const { executionId } = owned.instance;
    owned.activities += 1;
    this.#withActivities.add(owned);
    this.#activities.add(() =>
      this.#underWay.run(async () => {
        const event = await this.#endOf(call, owned.id);
        owned.activities -= 1;
        if (owned.activities === 0) this.#withActivities.delete(owned);
        if (!this.#isOver && this.#owned.get(owned.id) === owned)
          this.#deliver(owned, [{ rowId: null, executionId, event }]);
      }),
    );
  }

  async #takeTasks(): Promise<void> {
    for (const task of await this.#session.takeTasks(this.#activities.room)) {
      this.#activities.add(() =>
        this.#underWay.run(async () => {
          const event = await this.#endOf(task, task.instanceId);
          if (this.#isOver) return;
          await this.#finishTask({ task, event });
          this.wake(); // its instance may be ours, and there may be more to take
        }),
      );
    }
  }

  async #endOf({ taskId, name, input }: ActivityCall, instanceId: string): Promise<HistoryEvent> {
    const { app, gap, time } = this.#options;
    await gap?.('before-activity', instanceId);
    let end: HistoryEvent;
    try {
      const result =
        name === httpActivity ? await runHttpActivity(input) : await app.runActivity(name, input, instanceId);
      end = historyEvent(time.now(), { EventType: EventType.TaskCompleted, TaskScheduledId: taskId, Result: result });
    } catch (error) {
      end = historyEvent(time.now(), {
        EventType: EventType.TaskFailed,
        TaskScheduledId: taskId,
        ...activityFailure(name, error),
      });
    }
    await gap?.('after-activity', instanceId);
    return end;
  }

  // ── the store, a batch at a time ──

  async #commitAll(steps: readonly Step[]): Promise<boolean[]> {
    const stored = this.#isOver ? undefined : await this.#orLose(this.#session.commit(steps));
    return steps.map(({ before }) => stored?.has(before.instanceId) ?? false);
  }

  async #startAll(instances: readonly Instance[]): Promise<boolean[]> {
    const unique = [...new Map(instances.map((instance) => [instance.instanceId, instance])).values()];
    const started = await this.#session.start(unique).catch((error: unknown) => {
      this.#lose(error); // they may have been stored as ours: the next session will know
      throw error;
    });
    return instances.map((instance) => unique.includes(instance) && started.has(instance.instanceId));
  }

  async #finishAll(ends: readonly TaskEnd[]): Promise<undefined[]> {
    await this.#orLose(this.#session.finishTasks(ends));
    return ends.map(() => undefined);
  }

  /** Whether a call that failed had its effect is unknown: everything in memory is in doubt. */
  async #orLose<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      this.#lose(error);
      return undefined;
    }
  }

  #lose(error: unknown): void {
    if (this.#isOver) return;
    this.abandon();
    this.#onLost(error);
  }
}
