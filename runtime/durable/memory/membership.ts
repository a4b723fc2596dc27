import { EventType, type HistoryEvent } from '../contract/history.ts';
import { isFinished, type Instance } from '../contract/instance.ts';
import type { OffloadedTask, Loaded, Polled, TurnCommit, TaskEnd, Membership } from '../contract/store.ts';
import type { ChildStart } from '../contract/turn-result.ts';
import { childInstance, refusedChild } from '../core/child.ts';
import { byArrival, readEpisodes, readMessage, type StoredInstance, type StoredMessage } from './rows.ts';
import type { MemoryStore } from './store.ts';

/** Calls of a member whose process has died are never answered. */
const never = () => new Promise<never>(() => {});

export class MemoryMembership implements Membership {
  readonly #id: number;
  readonly #store: MemoryStore;

  constructor(id: number, store: MemoryStore) {
    this.#id = id;
    this.#store = store;
  }

  get others(): number {
    return this.#store.liveMembers - 1;
  }

  async poll(room: number, known: readonly string[]): Promise<Polled> {
    return this.#call(() => {
      const isKnown = new Set(known);
      const now = this.#store.now();
      const polled: Polled = { claimed: [], messages: [], hasTasks: false, nextDue: null };
      for (const [instanceId, stored] of this.#store.instances) {
        const { owner, inbox } = stored;
        if (owner === null && inbox.length === 0) continue;
        const isLeftBehind = owner !== null && !this.#store.isLive(owner);
        const due = inbox.filter(({ isDeferred, visibleAt }) => !isDeferred && visibleAt <= now).sort(byArrival);
        if (owner === this.#id)
          polled.messages.push(
            ...due
              .filter(({ rowId }) => !isKnown.has(rowId))
              .map((message) => ({ instanceId, message: readMessage(message) })),
          );
        else if ((isLeftBehind || (owner === null && due.length > 0)) && polled.claimed.length < room)
          polled.claimed.push(this.#claim(stored));
        for (const { isDeferred, visibleAt } of inbox)
          if (!isDeferred && visibleAt > now) polled.nextDue = Math.min(visibleAt, polled.nextDue ?? Infinity);
      }
      for (const task of this.#store.tasks)
        if (task.owner !== null && !this.#store.isLive(task.owner)) task.owner = null;
      return { ...polled, hasTasks: this.#store.tasks.some(({ owner }) => owner === null) };
    });
  }

  async commit(commits: readonly TurnCommit[]): Promise<ReadonlySet<string>> {
    return this.#call(() => {
      const stored = new Set(commits.filter((commit) => this.#keep(commit)).map(({ before }) => before.instanceId));
      this.#store.announce();
      return stored;
    });
  }

  async start(instances: readonly Instance[]): Promise<ReadonlySet<string>> {
    return this.#call(
      () =>
        new Set(
          instances.filter((instance) => this.#store.insert(instance, this.#id)).map(({ instanceId }) => instanceId),
        ),
    );
  }

  async takeTasks(room: number): Promise<OffloadedTask[]> {
    return this.#call(() => {
      const taken = this.#store.tasks.filter(({ owner }) => owner === null).slice(0, room);
      for (const task of taken) task.owner = this.#id;
      return taken.map(({ owner: _, ...task }) => task);
    });
  }

  async finishTasks(ends: readonly TaskEnd[]): Promise<void> {
    await this.#call(() => {
      for (const { task, event } of ends) {
        const mine = this.#store.tasks.find(({ rowId, owner }) => rowId === task.rowId && owner === this.#id);
        if (!mine) continue;
        this.#store.tasks = this.#store.tasks.filter((each) => each !== mine);
        this.#store.put({ to: task.instanceId, executionId: task.executionId, event });
      }
      this.#store.announce();
    });
  }

  async isAlive(instanceId: string, executionId: string): Promise<boolean> {
    return this.#call(() => {
      const found = this.#store.instances.get(instanceId)?.instance;
      return found !== undefined && found.executionId === executionId && !isFinished(found.status);
    });
  }

  async leave(): Promise<void> {
    this.#store.endMembership(this.#id);
  }

  async #call<T>(run: () => T): Promise<T> {
    await this.#store.takeTime();
    if (!this.#store.isLive(this.#id)) return never();
    const answer = run();
    await this.#store.takeTime();
    return this.#store.isLive(this.#id) ? answer : never();
  }

  #claim(stored: StoredInstance): Loaded {
    stored.owner = this.#id;
    const { instance, episodes } = stored;
    const offloaded = this.#store.tasks
      .filter(({ instanceId }) => instanceId === instance.instanceId)
      .map(({ taskId }) => taskId);
    return {
      instance,
      history: readEpisodes(episodes),
      messages: this.#store.visibleOf(stored).map(readMessage),
      offloaded,
    };
  }

  #keep(commit: TurnCommit): boolean {
    const { before, after } = commit;
    const { instanceId: id } = before;
    const stored = this.#store.instances.get(id);
    if (
      !stored ||
      stored.owner !== this.#id ||
      stored.instance.turn !== before.turn ||
      stored.instance.executionId !== before.executionId
    )
      return false;
    stored.instance = { ...after, turn: before.turn + 1 };
    if (commit.replacesHistory) stored.episodes = [];
    if (commit.events.length > 0) stored.episodes.push(JSON.stringify(commit.events));
    if (commit.releases) stored.owner = null;
    stored.inbox = stored.inbox.filter((message) => !isOver(commit, message));
    for (const message of stored.inbox) if (commit.deferred.includes(message.rowId)) message.isDeferred = true;
    if (isFinished(after.status)) this.#store.tasks = this.#store.tasks.filter(({ instanceId }) => instanceId !== id);
    for (const call of commit.offloaded)
      this.#store.tasks.push({
        ...call,
        rowId: this.#store.nextRowId(),
        instanceId: id,
        executionId: before.executionId,
        owner: null,
      });
    for (const message of commit.outgoing) this.#store.put(message);
    for (const child of commit.children) this.#startChild(child);
    return true;
  }

  #startChild(child: ChildStart): void {
    const at = this.#store.now();
    if (this.#store.insert(childInstance(child, at), null)) return;
    const { instanceId, executionId } = child.parent;
    this.#store.put({ to: instanceId, executionId, event: refusedChild(child, at) });
  }
}

/** Read, or never to be read. */
function isOver(
  { before, after, consumed, canceledTimers }: TurnCommit,
  { rowId, executionId, body }: StoredMessage,
): boolean {
  if (consumed.includes(rowId) || isFinished(after.status)) return true;
  if (executionId !== before.executionId) return false;
  if (after.executionId !== before.executionId) return true;
  const { event } = JSON.parse(body) as { event?: HistoryEvent };
  return event?.EventType === EventType.TimerFired && canceledTimers.includes(event.TimerId);
}
