import type { VirtualTime } from '../../runtime/durable/memory/virtual-time.ts';
import { decideApproval, getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { findAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { itemsOf } from '../../shared/domain/receiving/shipments.db.ts';
import type { TaskResult } from '../../shared/domain/tasks/task-lines.ts';
import { completeTask, getTask, type Task } from '../../shared/domain/tasks/tasks.db.ts';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import { program } from '../../shared/kernel/actor.ts';
import { ApprovalId, ShipmentId, TaskId } from '../../shared/kernel/ids.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import type { PhysicalFault, ServerHardware } from '../simulators/bmc/hardware.ts';

export interface Hands {
  cable(asset: Asset): Promise<void>;
  pullCables(asset: Asset): Promise<void>;
  repair(asset: Asset): Promise<void>;
  /** Looks at a machine that cannot be helped from afar, and makes it well. */
  inspect(asset: Asset): Promise<void>;
}

const minutesToWork = 30;

/** The company's people in virtual time: half an hour after they hear of their work it is done. */
export class Robots {
  readonly #options: { deps: Deps; time: VirtualTime; hands: Hands };
  /** What approvers decide from now on. */
  decision: 'approved' | 'rejected' = 'approved';
  /** Whether the next goods to be scanned are damaged. */
  goodsAre: 'good' | 'damaged' = 'good';
  /** What is wrong with the next machine to be plugged in, or with how it is plugged in. */
  nextMistake: ((server: ServerHardware) => PhysicalFault[]) | undefined;
  /** Whether the next machine is cabled with its plugs not pushed home: nothing of it comes on. */
  leavesCablesLoose = false;
  /** What is done to a machine that has to be looked at, instead of making it well. */
  atInspection: ((asset: Asset) => Promise<void>) | undefined;
  /** What is said at the end of a task. */
  says: ((task: Task) => TaskResult) | undefined;
  /** False while everybody is away. */
  areAtWork = true;

  constructor(options: { deps: Deps; time: VirtualTime; hands: Hands }) {
    this.#options = options;
  }

  hear(event: CloudEvent): void {
    const { time } = this.#options;
    if (!this.areAtWork) return;
    const later = (work: () => Promise<void>) => void time.schedule(time.now() + minutesToWork * 60_000, work);
    if (event.type === 'com.rackline.tasks.opened') later(() => this.#work(TaskId.parse(event.data['taskId'])));
    if (event.type === 'com.rackline.approvals.requested')
      later(() => this.#decide(ApprovalId.parse(event.data['approvalId'])));
  }

  async #work(id: TaskId): Promise<void> {
    const {
      deps: { db, clock, relay },
      hands,
    } = this.#options;
    const task = await getTask(db, id);
    if (task.state === 'done' || task.state === 'cancelled') return;
    if (task.kind === 'receive' && task.shipmentId) await this.#scan(ShipmentId.parse(task.shipmentId));
    const asset = task.serverId === null ? undefined : await findAsset(db, task.serverId);
    await completeTask(db, clock, id, program('robot'), this.says?.(task) ?? {});
    const look = this.atInspection ?? hands.inspect;
    const act = {
      cable: hands.cable,
      uncable: hands.pullCables,
      remove: hands.pullCables,
      fix: hands.repair,
      inspect: look,
      identify: look,
    }[task.kind as string];
    if (act && asset) await act(asset);
    relay.kick();
  }

  async #scan(shipmentId: ShipmentId): Promise<void> {
    const { db } = this.#options.deps;
    const state = this.goodsAre === 'good' ? 'received' : 'rejected';
    for (const { serial, manifest } of await itemsOf(db, shipmentId)) {
      const scanned = { serial, macs: [manifest.bmcMac], condition: this.goodsAre, photos: [] };
      await db.run(
        "UPDATE shipment_item SET state = $3, scanned = $4, received_by = 'robot' WHERE shipment_id = $1 " +
          'AND serial = $2',
        [shipmentId, serial, state, JSON.stringify(scanned)],
      );
    }
  }

  async #decide(id: ApprovalId): Promise<void> {
    const {
      deps: { db, clock, relay },
    } = this.#options;
    await decideApproval(db, clock, await getApproval(db, id), this.decision, program('robot'), 'as told');
    relay.kick();
  }
}
