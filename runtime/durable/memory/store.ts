import type { EntityStatus, InstanceFilter, InstanceStatus } from '../contract/engine.ts';
import type { HistoryEvent } from '../contract/history.ts';
import { entityNameAndKey, isEntityId, isFinished, type Instance } from '../contract/instance.ts';
import type { EntityRequest, MessageBody, Outgoing } from '../contract/messages.ts';
import type { OffloadedTask, MembershipEvents, Store, Membership } from '../contract/store.ts';
import { MemoryMembership } from './membership.ts';
import type { Random } from './random.ts';
import { byArrival, readEpisodes, statusOf, type StoredInstance, type StoredMessage } from './rows.ts';

/**
 * What outlives a process: rows in maps, and who is at work on them. Several workers may share it in one process.
 * Every call of a member takes a different number of ticks, so that calls overtake each other.
 */
export class MemoryStore implements Store {
  readonly instances = new Map<string, StoredInstance>();
  tasks: (OffloadedTask & { owner: number | null })[] = [];
  readonly now: () => number;
  readonly #random: Random;
  readonly #members = new Map<number, MembershipEvents>();
  #lastMember = 0;
  #rows = 0;

  constructor(now: () => number, random: Random) {
    this.now = now;
    this.#random = random;
  }

  async join(events: MembershipEvents): Promise<Membership> {
    const id = ++this.#lastMember;
    this.#members.set(id, events);
    return new MemoryMembership(id, this);
  }

  // ── for members ──

  isLive(membership: number): boolean {
    return this.#members.has(membership);
  }

  get liveMembers(): number {
    return this.#members.size;
  }

  /** The process of that member is gone, and the others notice. */
  endMembership(membership: number): void {
    this.#members.delete(membership);
    this.announce();
  }

  /** All connections break; the processes live and are told. */
  breakMemberships(cause: Error): void {
    const broken = [...this.#members.values()];
    this.#members.clear();
    for (const { lost } of broken) lost(cause);
  }

  announce(): void {
    for (const { wake } of this.#members.values()) wake();
  }

  async takeTime(): Promise<void> {
    for (let ticks = this.#random.below(4); ticks > 0; ticks -= 1) await Promise.resolve();
  }

  nextRowId(): string {
    return String(++this.#rows);
  }

  /** False if one of that id exists and has not ended. */
  insert(instance: Instance, owner: number | null): boolean {
    const old = this.instances.get(instance.instanceId);
    if (old && !isFinished(old.instance.status)) return false;
    this.instances.set(instance.instanceId, { instance, owner, episodes: [], inbox: [] });
    if (owner === null) this.put({ to: instance.instanceId, executionId: instance.executionId });
    return true;
  }

  /** Drops what nobody would read. */
  put({ to, executionId, visibleAt, event, entity, toFinished }: Outgoing): void {
    if (entity) this.ensureEntity(to);
    const target = this.instances.get(to);
    if (!target || (isFinished(target.instance.status) && !toFinished)) return;
    const body: MessageBody = { ...(event && { event }), ...(entity && { entity }) };
    target.inbox.push({
      rowId: this.nextRowId(),
      executionId,
      visibleAt: visibleAt ?? this.now(),
      isDeferred: false,
      body: JSON.stringify(body),
    });
  }

  ensureEntity(id: string): void {
    if (this.instances.has(id)) return;
    const at = this.now();
    const instance: Instance = {
      instanceId: id,
      executionId: '',
      name: entityNameAndKey(id).name,
      version: null,
      status: 'Running',
      input: null,
      output: null,
      customStatus: null,
      parent: null,
      createdAt: at,
      updatedAt: at,
      turn: 0,
      state: null,
      lock: null,
    };
    this.instances.set(id, { instance, owner: null, episodes: [], inbox: [] });
  }

  /** What may be read by now, in order of arrival; deferred messages too. */
  visibleOf({ inbox }: StoredInstance): StoredMessage[] {
    return inbox.filter(({ visibleAt }) => visibleAt <= this.now()).sort(byArrival);
  }

  // ── for clients ──

  async start(instance: Instance): Promise<boolean> {
    const isStarted = this.insert(instance, null);
    this.announce();
    return isStarted;
  }

  async send(message: Outgoing): Promise<void> {
    this.put(message);
    this.announce();
  }

  async revive(instanceId: string, message: Outgoing): Promise<void> {
    const stored = this.instances.get(instanceId);
    if (stored?.instance.status !== 'Failed') return;
    stored.instance = { ...stored.instance, status: 'Running' };
    await this.send(message);
  }

  async sendToEntity(id: string, entity: EntityRequest): Promise<void> {
    await this.send({ to: id, executionId: null, entity });
  }

  async purge(instanceId: string): Promise<number> {
    const stored = this.instances.get(instanceId);
    if (!stored || isEntityId(instanceId) || !isFinished(stored.instance.status)) return 0;
    this.instances.delete(instanceId);
    return 1;
  }

  async purgeWhere(filter: InstanceFilter): Promise<number> {
    let purged = 0;
    for (const { instanceId } of this.#matching(filter)) purged += await this.purge(instanceId);
    return purged;
  }

  async status(instanceId: string): Promise<InstanceStatus | undefined> {
    const stored = this.instances.get(instanceId);
    return stored && !isEntityId(instanceId) ? statusOf(stored.instance) : undefined;
  }

  async history(instanceId: string): Promise<HistoryEvent[]> {
    return readEpisodes(this.instances.get(instanceId)?.episodes ?? []);
  }

  async query(
    filter: InstanceFilter,
    page?: { size: number; after?: string },
  ): Promise<{ instances: InstanceStatus[]; next?: string }> {
    const all = this.#matching(filter);
    const start = page?.after === undefined ? 0 : Number(page.after);
    const end = page ? start + page.size : all.length;
    return { instances: all.slice(start, end).map(statusOf), ...(end < all.length && { next: String(end) }) };
  }

  async readEntity(id: string): Promise<EntityStatus | undefined> {
    const state = this.instances.get(id)?.instance.state ?? null;
    return state === null ? undefined : { ...entityNameAndKey(id), state };
  }

  async queryEntities(name?: string): Promise<EntityStatus[]> {
    return [...this.instances.values()].flatMap(({ instance: { instanceId, state, name: entityName } }) =>
      isEntityId(instanceId) && state !== null && (name === undefined || name === entityName)
        ? [{ ...entityNameAndKey(instanceId), state }]
        : [],
    );
  }

  #matching({ statuses, createdFrom = -Infinity, createdTo = Infinity, idPrefix = '' }: InstanceFilter): Instance[] {
    return [...this.instances.values()]
      .map(({ instance }) => instance)
      .filter(
        ({ instanceId, status, createdAt }) =>
          !isEntityId(instanceId) &&
          instanceId.startsWith(idPrefix) &&
          createdAt >= createdFrom &&
          createdAt <= createdTo &&
          (!statuses || statuses.includes(status)),
      );
  }
}
