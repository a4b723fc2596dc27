import { z } from 'zod';
import { hasEnded, ImageWork, WorkResult, WorkState, type ImageOrder } from '../../shared/facts/image-work.ts';
import { days, hours, minutes } from '../../shared/kernel/durations.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { InTurn } from '../kernel/in-turn.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { Store } from '../kernel/store.ts';
import type { EdgeTime } from '../kernel/time.ts';
import type { Emit } from '../platform/emit.ts';
import type { WorkProgress } from './job-format.ts';

export interface WorkOrder {
  serverId: string;
  /** With its id: an order is given once, however often it is told. */
  work: ImageWork;
  /**
   * Milliseconds since 1970. After that it is not begun any more: nobody may find an old order to erase on a server
   * that has moved on. A day, where it is not said.
   */
  expiresAt?: number;
}

export interface WorkStatus extends Required<WorkOrder> {
  state: WorkState;
  percent: number;
  results: WorkResult[];
}

export type Cancelled =
  /** It was not begun, and never will be. */
  | 'cancelled'
  /** The image is at it and cannot be stopped; restart the server. It is not begun again. */
  | 'under-way'
  | 'ended'
  | 'unknown';

const schema = `
  CREATE TABLE IF NOT EXISTS image_order (
    id TEXT PRIMARY KEY, server TEXT NOT NULL, work TEXT NOT NULL, state TEXT NOT NULL,
      percent INTEGER NOT NULL DEFAULT 0, results TEXT NOT NULL DEFAULT '[]', given_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL, is_called_off INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS image_order_open ON image_order (server, given_at) WHERE state IN ('waiting', 'running');`;
const columns =
  'id, server AS "serverId", work, state, percent, results, given_at AS "givenAt", expires_at AS ' +
  '"expiresAt", heard_at AS "heardAt", is_called_off AS "isCalledOff"';
const json = <S extends z.ZodType>(of: S) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(of);
const Row = z.object({
  id: z.string(),
  serverId: z.string(),
  work: json(ImageWork),
  state: WorkState,
  percent: z.number(),
  results: json(z.array(WorkResult)),
  givenAt: z.number(),
  expiresAt: z.number(),
  heardAt: z.number(),
  isCalledOff: z.number().transform((flag) => flag === 1),
});
type Row = z.infer<typeof Row>;
const Count = z.object({ state: WorkState, count: z.number() });

const validFor = days(1);
/** Progress is told this often at most, the end always. */
const progressEvery = minutes(1);
/** An order that is begun and past its time has not ended as long as its image is heard. */
const silentFor = hours(1);
const lookEvery = minutes(1);
const endedKept = days(30);

/**
 * What each server's validation image is to do, one thing after the other. An order is on disk before it is said to be
 * given; it is handed out until its end is heard, also after a restart of the server or of the agent; and it ends, at
 * the latest when its time is up. What becomes of it the platform is told.
 */
export class JobQueue {
  readonly #options: {
    store: Store;
    emit: Emit;
    time: EdgeTime;
    log: EdgeLog;
    datacenter: string;
    onFault: (reason: string) => void;
  };
  readonly #turns = new InTurn();
  /** What was heard since it was written down last. */
  readonly #latest = new Map<string, number>();
  #cancelLook: (() => void) | undefined;

  constructor(options: {
    store: Store;
    emit: Emit;
    time: EdgeTime;
    log: EdgeLog;
    datacenter: string;
    onFault: (reason: string) => void;
  }) {
    options.store.make(schema);
    this.#options = options;
  }

  start(): void {
    const { time, onFault } = this.#options;
    this.#expireOld().catch((error: unknown) =>
      onFault(`orders past their time could not be ended: ${explain(error)}`),
    );
    this.#cancelLook = time.schedule(time.now() + lookEvery, () => this.start());
  }

  stop(): void {
    this.#cancelLook?.();
  }

  /**
   * Resolves when the order is on disk. Throws `work.other-order` where the id was given to something else,
   * `input.invalid` where the image could not read it.
   */
  give({ serverId, work, expiresAt }: WorkOrder): 'given' | 'known' {
    const { store, time, log, datacenter } = this.#options;
    const text = JSON.stringify(ImageWork.parse(work));
    const known = this.#find(work.id);
    if (known) {
      if (known.serverId === serverId && JSON.stringify(known.work) === text) return 'known';
      throw new AppError({
        code: 'work.other-order',
        kind: 'conflict',
        publicMessage: `The order ${work.id} is another one already, of ${known.serverId}. Give this one its own id.`,
      });
    }
    const now = time.now();
    store.surely(() =>
      store
        .prepare(
          'INSERT INTO image_order (id, server, work, state, given_at, expires_at, heard_at) VALUES (?, ?, ' +
            "?, 'waiting', ?, ?, ?)",
        )
        .run(work.id, serverId, text, now, expiresAt ?? now + validFor, now),
    );
    log.workGiven({ datacenter, orderId: work.id, serverId });
    return 'given';
  }

  /**
   * Makes its orders those that the platform wants now: takes what is new, calls off what is wanted no more. Rejects
   * where that could not be told; the next time does the rest.
   */
  async become(wanted: readonly { serverId: string; order: ImageOrder }[]): Promise<void> {
    for (const {
      serverId,
      order: { work, expiresAt },
    } of wanted) {
      try {
        this.give({ serverId, work: ImageWork.parse(work), expiresAt: Date.parse(expiresAt) });
      } catch (error) {
        this.#options.onFault(`the order ${work.id} (${work.kind}) for ${serverId} is not taken: ${explain(error)}`);
      }
    }
    const ids = new Set(wanted.map(({ order }) => order.work.id));
    for (const id of this.#open()) if (!ids.has(id)) await this.cancel(id);
  }

  cancel(id: string): Promise<Cancelled> {
    return this.#inTurn(id, async () => {
      const order = this.#find(id);
      if (order === undefined) return 'unknown';
      if (hasEnded(order.state)) return 'ended';
      if (order.state === 'waiting') {
        await this.#end(order, { state: 'cancelled', percent: 0, results: [] });
        return 'cancelled';
      }
      const { store } = this.#options;
      store.surely(() => store.prepare('UPDATE image_order SET is_called_off = 1 WHERE id = ?').run(id));
      return 'under-way';
    });
  }

  status(id: string): WorkStatus | undefined {
    const order = this.#find(id);
    if (order === undefined) return undefined;
    const { serverId, work, expiresAt, state, results } = order;
    return { serverId, work, expiresAt, state, results, percent: this.#latest.get(id) ?? order.percent };
  }

  /** How many orders there are, by state. */
  counts(): Partial<Record<WorkState, number>> {
    return Object.fromEntries(
      this.#options.store
        .prepare('SELECT state, count(*) AS count FROM image_order GROUP BY state')
        .all()
        .map((row) => Count.parse(row))
        .map(({ state, count }) => [state, count]),
    );
  }

  /**
   * A server's image asks what to do. It asks only when it is not at anything: what it had begun before, it no longer
   * knows.
   */
  next(serverId: string): Promise<ImageWork | undefined> {
    return this.#turns.do(serverId, async () => {
      const { store, time, emit } = this.#options;
      for (;;) {
        const found = store
          .prepare(
            `SELECT ${columns} FROM image_order WHERE server = ? AND state IN ('waiting', 'running')
              ORDER BY given_at, rowid LIMIT 1`,
          )
          .get(serverId);
        if (found === undefined) return undefined;
        const order = Row.parse(found);
        if (order.isCalledOff || time.now() >= order.expiresAt) {
          await this.#end(order, {
            state: order.isCalledOff ? 'cancelled' : 'expired',
            percent: order.percent,
            results: [],
          });
          continue;
        }
        if (order.state === 'waiting') await emit(eventOf(order, { state: 'running', percent: 0, results: [] }));
        store.prepare("UPDATE image_order SET state = 'running', heard_at = ? WHERE id = ?").run(time.now(), order.id);
        return order.work;
      }
    });
  }

  /** A server's image says how far it is. Resolves when what there is to tell is on disk. */
  note(serverId: string, id: string, progress: WorkProgress): Promise<'noted' | 'unknown'> {
    return this.#turns.do(serverId, async () => {
      const { store, time, emit } = this.#options;
      const order = this.#find(id);
      if (order === undefined || order.serverId !== serverId) return 'unknown';
      if (hasEnded(order.state)) return 'noted'; // it was told before, and its answer was lost
      if (progress.state !== 'running') {
        await this.#end(order, { ...progress, state: progress.state });
        return 'noted';
      }
      this.#latest.set(id, progress.percent);
      if (time.now() - order.heardAt < progressEvery) return 'noted';
      await emit(eventOf(order, { state: 'running', percent: progress.percent, results: [] }));
      store
        .prepare("UPDATE image_order SET state = 'running', percent = ?, heard_at = ? WHERE id = ?")
        .run(progress.percent, time.now(), id);
      return 'noted';
    });
  }

  /** The event first: should we end in between, the same is told again under the same id. */
  async #end(
    order: Row,
    end: { state: WorkState & ('done' | 'failed' | 'cancelled' | 'expired'); percent: number; results: WorkResult[] },
  ): Promise<void> {
    const { store, time, emit, log, datacenter } = this.#options;
    await emit({ ...eventOf(order, end), id: `work-${order.id}-${end.state}` });
    store.surely(() =>
      store
        .prepare('UPDATE image_order SET state = ?, percent = ?, results = ?, heard_at = ? WHERE id = ?')
        .run(end.state, end.percent, JSON.stringify(end.results), time.now(), order.id),
    );
    this.#latest.delete(order.id);
    log.workEnded({ datacenter, orderId: order.id, serverId: order.serverId, reason: end.state });
  }

  async #expireOld(): Promise<void> {
    const { store, time } = this.#options;
    const now = time.now();
    store
      .prepare("DELETE FROM image_order WHERE state NOT IN ('waiting', 'running') AND heard_at < ?")
      .run(now - endedKept);
    for (const { id } of store
      .prepare("SELECT id FROM image_order WHERE state IN ('waiting', 'running') AND expires_at <= ?")
      .all(now)
      .map((row) => z.object({ id: z.string() }).parse(row))) {
      await this.#inTurn(id, async () => {
        const order = this.#find(id);
        if (
          order === undefined ||
          hasEnded(order.state) ||
          (order.state === 'running' && now - order.heardAt < silentFor)
        )
          return;
        await this.#end(order, { state: 'expired', percent: order.percent, results: [] });
      });
    }
  }

  /** Orders that have not ended and are not called off. */
  #open(): string[] {
    return this.#options.store
      .prepare("SELECT id FROM image_order WHERE state IN ('waiting', 'running') AND is_called_off = 0")
      .all()
      .map((row) => z.object({ id: z.string() }).parse(row).id);
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.do(this.#find(id)?.serverId ?? id, work);
  }

  #find(id: string): Row | undefined {
    const found = this.#options.store.prepare(`SELECT ${columns} FROM image_order WHERE id = ?`).get(id);
    return found && Row.parse(found);
  }
}

const eventOf = (
  { id, serverId, work }: Row,
  { state, percent, results }: { state: Exclude<WorkState, 'waiting'>; percent: number; results: WorkResult[] },
) => ({ kind: 'work-progress' as const, serverId, orderId: id, work: work.kind, state, percent, results });
