import { httpActivity } from '../contract/decisions.ts';
import { EventType, historyEvent, type HistoryEvent } from '../contract/history.ts';
import { isEntityId, type Instance } from '../contract/instance.ts';
import type { Message } from '../contract/messages.ts';
import type { Loaded, Polled, TurnCommit, TaskEnd, Membership } from '../contract/store.ts';
import type { ActivityCall, TurnResult } from '../contract/turn-result.ts';
import { runEntityTurn } from '../core/entity-turn.ts';
import { activityFailure } from '../core/failure.ts';
import { gather } from '../core/gather.ts';
import { runHttpActivity } from '../core/http-activity.ts';
import { runTurn } from '../core/turn.ts';
import { Activities } from './activities.ts';
import { InFlight } from './in-flight.ts';
import type { WorkerOptions } from './options.ts';
import { interruptedActivities, OwnedInstance } from './owned-instance.ts';
import { Poller } from './poller.ts';

/** How many turns run before the process looks at its sockets again. */
const turnsAtOnce = 16;
/** How many turns one statement stores at most. */
const commitsAtOnce = 200;
/** How many instances are claimed in one poll: other workers, polling at the same time, get their share. */
const claimsAtOnce = 50;

/**
 * All that a worker knows and could lose: the instances it owns, what is ready, what runs. It lives as long as
 * the membership with the store; when that is lost everything here is dropped and read again.
 */
export class WorkerLease {
  readonly #options: WorkerOptions;
  readonly #membership: Membership;
  readonly #onLost: (cause: unknown) => void;
  readonly #owned = new Map<string, OwnedInstance>();
  readonly #ready = new Set<OwnedInstance>();
  /** Of those owned: the ones with activities running or queued here. */
  readonly #withActivities = new Set<OwnedInstance>();
  readonly #activities: Activities;
  readonly #poller: Poller;
  readonly #inFlight: InFlight;
  readonly #commit: (commit: TurnCommit) => Promise<boolean>;
  readonly #startInstance: (instance: Instance) => Promise<boolean>;
  readonly #finishTask: (end: TaskEnd) => Promise<void>;
  /** Rows we consumed while the store was being polled: what was seen of them is out of date. */
  readonly #consumedMeanwhile = new Set<string>();
  #polls = 0;
  /** Whether the last poll left something behind for want of room. */
  #leftSome = false;
  #isPumping = false;
  #isStopping = false;
  #isOver = false;

  constructor(options: WorkerOptions, membership: Membership, onLost: (cause: unknown) => void) {
    this.#options = options;
    this.#membership = membership;
    this.#onLost = onLost;
    this.#activities = new Activities(options.maxConcurrentActivities, options.pickNext);
    this.#inFlight = new InFlight(options.blockTime);
    this.#poller = new Poller(options.time, options.pollMilliseconds, () =>
      this.#inFlight.run(async () => void (await this.#orLose(this.#poll()))),
    );
    this.#commit = gather((commits) => this.#commitAll(commits), commitsAtOnce);
    this.#startInstance = gather((instances) => this.#startAll(instances), commitsAtOnce);
    this.#finishTask = gather((ends) => this.#finishAll(ends), commitsAtOnce);
  }

  /** Whether an instance more may be worked on here. */
  get hasRoom(): boolean {
    return !this.#isOver && !this.#isStopping && this.#room > 0;
  }

  /** Starts an instance as its owner. False: one of that id is running. */
  async start(instance: Instance): Promise<boolean> {
    return this.#inFlight.run(async () => {
      if (!(await this.#startInstance(instance))) return false;
      // An earlier instance of that id may still be here: that it has ended is stored, but not known here yet.
      if (!this.#isOver) this.#own({ instance, history: [], messages: [], offloaded: [] });
      return true;
    });
  }

  /** There may be work. */
  wake(): void {
    this.#poller.wake();
  }

  /** Takes nothing new; resolves when what is in flight has ended and is stored, or time is up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#poller.close();
    this.#activities.close();
    const deadline = Date.now() + this.#options.graceMilliseconds;
    while (!this.#inFlight.isIdle && !this.#isOver && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    this.abandon();
  }

  /** From here on nothing that still comes back has any effect. */
  abandon(): void {
    this.#isOver = true;
    this.#poller.close();
    this.#activities.close();
    this.#owned.clear();
    this.#ready.clear();
    this.#withActivities.clear();
    this.#inFlight.forget();
  }

  // ── finding work ──

  async #poll(): Promise<void> {
    this.#polls += 1;
    this.#consumedMeanwhile.clear();
    const room = Math.min(claimsAtOnce, Math.max(0, this.#room));
    const known = [...this.#owned.values()].flatMap(({ inbox }) => inbox.flatMap(({ rowId }) => rowId ?? []));
    const polled = await this.#membership.poll(room, known);
    if (this.#isOver) return;
    this.#leftSome = polled.claimed.length >= room;
    for (const loaded of polled.claimed) {
      await this.#options.failpoint?.('after-claim', loaded.instance.instanceId);
      this.#own(loaded);
    }
    if (this.#leftSome && this.hasRoom) this.wake();
    this.#deliverPolled(polled);
    if (polled.hasTasks && this.#activities.room > 0) await this.#takeTasks();
    if (polled.nextDue !== null) this.#poller.wakeAt(polled.nextDue);
  }

  /** An instance whose activity runs only waits for it, however long; one whose activity waits its turn counts. */
  get #room(): number {
    const attended = this.#owned.size - this.#withActivities.size;
    return this.#options.maxOwnedInstances - attended - this.#activities.waiting;
  }

  #deliverPolled({ messages }: Polled): void {
    for (const [id, found] of Map.groupBy(messages, ({ instanceId }) => instanceId)) {
      const owned = this.#owned.get(id);
      // Released, or begun again, since the store was read: what was read is out of date.
      if (!owned || owned.sincePoll === this.#polls) this.wake();
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
    const owned = new OwnedInstance(loaded, this.#polls);
    const earlier = this.#owned.get(owned.id);
    if (earlier) this.#forget(earlier);
    this.#owned.set(owned.id, owned);
    for (const call of interruptedActivities(loaded)) this.#runActivity(owned, call);
    this.#makeReady(owned);
  }

  #deliver(owned: OwnedInstance, messages: readonly Message[]): void {
    if (owned.receive(messages)) this.#makeReady(owned);
  }

  #forget(owned: OwnedInstance): void {
    if (this.#owned.get(owned.id) === owned) this.#owned.delete(owned.id);
    this.#withActivities.delete(owned);
  }

  // ── turns ──

  #makeReady(owned: OwnedInstance): void {
    if (owned.isBusy || this.#isOver) return;
    this.#ready.add(owned);
    if (!this.#isPumping) void this.#inFlight.run(() => this.#pump());
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

  #nextReady(): OwnedInstance | undefined {
    const place = this.#options.pickNext(this.#ready.size);
    const owned = this.#ready.values().drop(place).next().value;
    if (owned) this.#ready.delete(owned);
    return owned;
  }

  async #turn(owned: OwnedInstance): Promise<void> {
    owned.offered = [...owned.inbox];
    const { failpoint, log } = this.#options;
    try {
      if (owned.offered.some(({ event }) => event?.EventType === EventType.TimerFired))
        await failpoint?.('before-timer-turn', owned.id);
      const result = await this.#runTurn(owned, owned.offered);
      await failpoint?.(isEntityId(owned.id) ? 'before-entity-commit' : 'before-commit', owned.id);
      void this.#inFlight.run(() => this.#store(owned, result));
    } catch (error) {
      // Nothing the user's code does comes here. Left aside, it is tried again after the next join.
      log.error(
        { instanceId: owned.id, err: error },
        'a turn broke off; the instance is left aside until the next start',
      );
    }
  }

  #runTurn({ instance, history, id }: OwnedInstance, messages: readonly Message[]): Promise<TurnResult> {
    const { app, time, newId, turn: options } = this.#options;
    const common = { instance, messages, app, now: time.now(), newId };
    if (isEntityId(id)) return runEntityTurn({ ...common, isAlive: (...who) => this.#membership.isAlive(...who) });
    return runTurn({ ...common, history, options });
  }

  async #store(owned: OwnedInstance, result: TurnResult): Promise<void> {
    // With others to help, activities beyond our own capacity are for whoever has room.
    const here = this.#membership.others > 0 ? Math.max(0, this.#activities.room) : Infinity;
    const commit = owned.commitFor(result, result.activities.slice(here));
    const isStored = await this.#commit(commit);
    await this.#options.failpoint?.('after-commit', owned.id);
    if (this.#isOver) return;
    if (!isStored) return this.#forget(owned); // somebody else's by now

    if (this.#poller.isPolling) for (const rowId of commit.consumed) this.#consumedMeanwhile.add(rowId);
    const hasMore = owned.apply(result);
    for (const call of result.activities.slice(0, here)) this.#runActivity(owned, call);
    this.#options.observe?.(owned.id, result.waitsFor);
    if (commit.releases) this.#forget(owned);
    else if (hasMore) this.#makeReady(owned);
    if ((commit.releases && hasMore) || (this.#leftSome && this.hasRoom)) this.wake();
    this.#followUp(commit);
  }

  /** What the turn set in motion may be for us: polls at once, or when the first timer is due. */
  #followUp({ outgoing, children, offloaded }: TurnCommit): void {
    const now = this.#options.time.now();
    if (children.length > 0 || offloaded.length > 0 || outgoing.some(({ visibleAt = 0 }) => visibleAt <= now))
      this.wake();
    for (const { visibleAt } of outgoing)
      if (visibleAt !== undefined && visibleAt > now) this.#poller.wakeAt(visibleAt);
  }

  // ── activities ──

  #runActivity(owned: OwnedInstance, call: ActivityCall): void {
    const { executionId } = owned.instance;
    owned.activities += 1;
    this.#withActivities.add(owned);
    this.#activities.add(() =>
      this.#inFlight.run(async () => {
        const event = await this.#endOf(call, owned.id);
        owned.activities -= 1;
        if (owned.activities === 0) this.#withActivities.delete(owned);
        if (!this.#isOver && this.#owned.get(owned.id) === owned)
          this.#deliver(owned, [{ rowId: null, executionId, event }]);
      }),
    );
  }

  async #takeTasks(): Promise<void> {
    for (const task of await this.#membership.takeTasks(this.#activities.room)) {
      this.#activities.add(() =>
        this.#inFlight.run(async () => {
          const event = await this.#endOf(task, task.instanceId);
          if (this.#isOver) return;
          await this.#finishTask({ task, event });
          this.wake(); // its instance may be ours, and there may be more to take
        }),
      );
    }
  }

  async #endOf({ taskId, name, input }: ActivityCall, instanceId: string): Promise<HistoryEvent> {
    const { app, failpoint, time } = this.#options;
    await failpoint?.('before-activity', instanceId);
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
    await failpoint?.('after-activity', instanceId);
    return end;
  }

  // ── the store, a batch at a time ──

  async #commitAll(commits: readonly TurnCommit[]): Promise<boolean[]> {
    const stored = this.#isOver ? undefined : await this.#orLose(this.#membership.commit(commits));
    return commits.map(({ before }) => stored?.has(before.instanceId) ?? false);
  }

  async #startAll(instances: readonly Instance[]): Promise<boolean[]> {
    const unique = [...new Map(instances.map((instance) => [instance.instanceId, instance])).values()];
    const started = await this.#membership.start(unique).catch((error: unknown) => {
      this.#lose(error); // they may have been stored as ours: the next membership reads it
      throw error;
    });
    return instances.map((instance) => unique.includes(instance) && started.has(instance.instanceId));
  }

  async #finishAll(ends: readonly TaskEnd[]): Promise<undefined[]> {
    await this.#orLose(this.#membership.finishTasks(ends));
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
