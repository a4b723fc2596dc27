import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { SagaRow, StepRow, TimelineRow } from '../../../shared/domain/sagas/sagas.db.ts';
import type { Task, TaskKind } from '../../../shared/domain/tasks/tasks.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { hours, minutes } from '../../../shared/kernel/durations.ts';
import { TaskId, type TenantId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { states } from '../../../shared/lifecycle/states.ts';
import { transitionsBy, type Cause } from '../../../shared/lifecycle/transitions.ts';
import { until, type MockPlatform } from '../platform.ts';
import { prove, voidProofs } from './proofs.ts';

/** What happens to a story that is cancelled while it waits. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export interface Pace {
  /** Milliseconds that an unattended step takes to the eye. */
  stepMilliseconds: number;
  /**
   * Where a story that began in the past is now: people did what was asked of them up to here, and time ran by
   * itself. Nothing for a story that begins now.
   */
  past?: { from: number; done: readonly (TaskKind | 'approve')[] };
}

/** Writes sagas as the platform's journal does: rows, steps, timeline, events. */
export class Teller {
  readonly platform: MockPlatform;
  private readonly pace: Pace;
  private readonly done: (TaskKind | 'approve')[];
  private pastNow: number | undefined;

  constructor(platform: MockPlatform, pace: Pace) {
    this.platform = platform;
    this.pace = pace;
    this.done = [...(pace.past?.done ?? [])];
    this.pastNow = pace.past?.from;
  }

  now = (): number => Math.min(this.pastNow ?? Number.POSITIVE_INFINITY, Date.now());
  iso = (): string => isoTime(this.now());

  /** Lets time pass: at once where the story lies in the past, a moment otherwise. */
  private async pass(milliseconds: number): Promise<void> {
    if (this.pastNow !== undefined) this.pastNow += milliseconds;
    else await new Promise((resolve) => setTimeout(resolve, this.pace.stepMilliseconds));
  }

  /** Whether a person did this already; after the first thing that nobody did, the story goes on in the present. */
  private isDone(what: TaskKind | 'approve'): boolean {
    if (this.pastNow === undefined) return false;
    if (this.done[0] === what) return this.done.shift() !== undefined;
    this.pastNow = undefined;
    return false;
  }

  begin(name: string, about: string, of: Partial<SagaRow> & { subject: string }, parent?: SagaRow): SagaRow {
    const id = `${name}-${about}`;
    const saga: SagaRow = {
      id,
      name,
      parentId: parent?.id ?? null,
      rootId: parent?.rootId ?? id,
      orderId: parent?.orderId ?? null,
      serverId: null,
      tenantId: parent?.tenantId ?? null,
      datacenterId: parent?.datacenterId ?? null,
      state: 'running',
      waitingFor: null,
      waitingUntil: null,
      cancelRequested: null,
      pointOfNoReturn: null,
      held: null,
      endedReason: null,
      startedAt: this.iso(),
      updatedAt: this.iso(),
      endedAt: null,
      engineEnd: null,
      ...of,
    };
    this.platform.sagas.set(id, saga);
    this.tell(saga, 'began', `${name} began`);
    return saga;
  }

  end(saga: SagaRow, state: 'done' | 'failed' | 'cancelled', reason: string | null = null): void {
    Object.assign(saga, {
      state,
      endedReason: reason,
      endedAt: this.iso(),
      updatedAt: this.iso(),
      waitingFor: null,
      waitingUntil: null,
      held: null,
    });
    this.tell(saga, state, reason ? `${saga.name} ${state}: ${reason}` : `${saga.name} done`);
    this.platform.emit('sagas.ended', saga.id, { sagaId: saga.id, name: saga.name, state, reason }, { at: this.now() });
  }

  tell(saga: SagaRow, kind: string, text: string, step: string | null = null, attempt: number | null = null): void {
    const entry: TimelineRow = {
      position: this.platform.timeline.length + 1,
      sagaId: saga.id,
      at: this.iso(),
      kind,
      step,
      attempt,
      text,
    };
    this.platform.timeline.push(entry);
    this.platform.changed();
  }

  /** A step that takes care of itself. */
  async step(saga: SagaRow, name: string, text: string, takes = minutes(2)): Promise<void> {
    const row = this.row(saga, name);
    await this.pass(takes);
    this.refuseIfCancelled(saga);
    this.close(saga, row, text);
  }

  /** A step that waits for the world: it comes by itself after a while. */
  async wait(saga: SagaRow, name: string, waitingFor: string, text: string, takes: number): Promise<void> {
    const row = this.row(saga, name);
    this.waitFor(saga, row, waitingFor, this.now() + takes * 4);
    await this.pass(takes);
    if (this.pastNow === undefined) await this.pass(takes);
    this.refuseIfCancelled(saga);
    this.close(saga, row, text);
  }

  /**
   * A step that waits for somebody to decide: `decided` answers once they have, `past` decides where it was long ago.
   */
  async ask<T extends object>(
    saga: SagaRow,
    name: string,
    waitingFor: string,
    within: number,
    decided: () => T | undefined,
    past: () => void,
  ): Promise<T> {
    const row = this.row(saga, name);
    this.waitFor(saga, row, waitingFor, this.now() + within);
    if (this.isDone('approve')) {
      await this.pass(hours(2));
      past();
    }
    const answer = await until(
      this.platform,
      () => decided() ?? (this.rootOf(saga).cancelRequested ? ('cancelled' as const) : undefined),
    );
    if (answer === 'cancelled') throw this.cancellation(saga);
    this.close(saga, row, `${waitingFor} decided`);
    return answer;
  }

  /** A step that is a technician's task. */
  async task(
    saga: SagaRow,
    name: string,
    kind: TaskKind,
    of: Pick<Task, 'datacenterId' | 'title' | 'instructions'> &
      Partial<Pick<Task, 'serverId' | 'orderId' | 'shipmentId' | 'lines' | 'rackName' | 'rackUnit'>>,
    within = hours(24),
  ): Promise<Task> {
    const row = this.row(saga, name);
    const id = TaskId.parse(newId('task', this.now()));
    const task: Task = {
      id,
      kind,
      dedupeKey: id,
      serverId: null,
      orderId: null,
      shipmentId: null,
      lines: [],
      rackName: null,
      rackUnit: null,
      sagaId: saga.id,
      state: 'open',
      claimedBy: null,
      claimedById: null,
      result: null,
      completedBy: null,
      dueAt: isoTime(this.now() + within),
      createdAt: this.iso(),
      updatedAt: this.iso(),
      ...of,
    };
    this.platform.tasks.set(id, task);
    this.platform.emit(
      'tasks.opened',
      id,
      {
        taskId: id,
        kind,
        title: task.title,
        datacenterId: task.datacenterId,
        serverId: task.serverId,
        dueAt: task.dueAt,
      },
      { at: this.now(), datacenterId: task.datacenterId },
    );
    this.waitFor(saga, row, `a technician in ${task.datacenterId}`, this.now() + within);
    const technician = `technician@${task.datacenterId}.rackline.example`;
    if (this.isDone(kind)) {
      await this.pass(hours(3));
      Object.assign(task, {
        state: 'done',
        claimedBy: technician,
        claimedById: technician,
        completedBy: technician,
        updatedAt: this.iso(),
      });
    }
    await until(this.platform, () => task.state === 'done' || this.rootOf(saga).cancelRequested !== null);
    if (task.state !== 'done') Object.assign(task, { state: 'cancelled', updatedAt: this.iso() });
    this.refuseIfCancelled(saga);
    this.close(saga, row, `${task.completedBy ?? 'somebody'} did it`);
    return task;
  }

  private row(saga: SagaRow, name: string): StepRow {
    const row: StepRow = {
      sagaId: saga.id,
      key: `${name}#${this.platform.steps.filter(({ sagaId }) => sagaId === saga.id).length + 1}`,
      step: name,
      state: 'running',
      attempts: 1,
      detail: {},
      startedAt: this.iso(),
      updatedAt: this.iso(),
    };
    this.platform.steps.push(row);
    this.platform.changed();
    return row;
  }

  close(saga: SagaRow, row: StepRow, text: string, state: StepRow['state'] = 'done'): void {
    Object.assign(row, { state, updatedAt: this.iso(), detail: { ...row.detail, text } });
    if (saga.endedAt === null)
      Object.assign(saga, {
        state: state === 'undone' ? 'unwinding' : 'running',
        waitingFor: null,
        waitingUntil: null,
        updatedAt: this.iso(),
      });
    this.tell(saga, state, text, row.step, row.attempts);
  }

  /** Takes a step back. Whether the story is cancelled does not matter any more. */
  async undo(saga: SagaRow, row: StepRow, name: string): Promise<void> {
    Object.assign(row, { state: 'undoing', updatedAt: this.iso() });
    await this.pass(minutes(1));
    this.close(saga, row, `${name}: taken back`, 'undone');
  }

  private waitFor(saga: SagaRow, row: StepRow, waitingFor: string, at: number): void {
    Object.assign(row, {
      state: 'waiting',
      detail: { text: `waiting for ${waitingFor}`, waitingFor },
      updatedAt: this.iso(),
    });
    Object.assign(saga, { state: 'waiting', waitingFor, waitingUntil: isoTime(at), updatedAt: this.iso() });
    this.tell(saga, 'waiting', `waiting for ${waitingFor}`, row.step, row.attempts);
  }

  private rootOf(saga: SagaRow): SagaRow {
    return this.platform.sagas.get(saga.rootId) ?? saga;
  }
  private cancellation(saga: SagaRow): Cancelled {
    const cancel = this.rootOf(saga).cancelRequested;
    return new Cancelled(cancel ? `${cancel.by} asked for it: ${cancel.reason}` : 'it was cancelled');
  }
  private refuseIfCancelled(saga: SagaRow): void {
    if (this.rootOf(saga).cancelRequested) throw this.cancellation(saga);
  }

  /** Moves a server by the lifecycle's own table. */
  move(asset: Asset, cause: Cause, saga: SagaRow | null, actor = 'platform', tenantId?: TenantId | null): void {
    const way = transitionsBy(cause).find(({ from }) => from === asset.state);
    if (!way)
      throw new Error(`The mock moved ${asset.id} by '${cause}' in ${asset.state}, which the lifecycle does not know.`);
    const from = asset.state;
    const holder = asset.tenantId;
    Object.assign(asset, {
      state: way.to,
      stateSince: this.iso(),
      updatedAt: this.iso(),
      version: asset.version + 1,
      condition: 'working',
      conditionDetail: {},
      conditionSince: this.iso(),
      ...(tenantId !== undefined && { tenantId }),
    });
    const by = { actor, sagaId: saga?.id ?? null };
    const proved = (this.platform.proofs.get(asset.id) ?? []).filter(({ voided }) => voided === null);
    for (const kinds of way.requires.filter((each) => !proved.some(({ kind }) => each.includes(kind)))) {
      const [kind] = kinds.filter(
        (each) => kinds.length === 1 || (each === 'factory-new') === (asset.origin === 'bought'),
      );
      if (kind) prove(this.platform, asset, kind, by, this.now());
    }
    voidProofs(this.platform, asset, way.voids, `the server is ${way.to}: ${cause}`, actor, this.now());
    this.platform.emit(
      states[way.to].topic,
      asset.id,
      {
        serverId: asset.id,
        from,
        to: way.to,
        cause,
        version: asset.version,
        datacenterId: asset.datacenterId,
        tenantId: asset.tenantId,
        orderId: asset.orderId,
        serial: asset.serial,
        sagaId: saga?.id ?? null,
        actor,
        reason: null,
      },
      { at: this.now(), tenantId: asset.tenantId ?? holder, datacenterId: asset.datacenterId },
    );
  }
}
