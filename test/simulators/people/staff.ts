// The company's staff: they hear of their work on the live stream and do it through the API, as people would.
import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalView } from '../../../shared/domain/approvals/approvals.api.ts';
import type { AssetView } from '../../../shared/domain/assets/assets.api.ts';
import type { ShipmentView } from '../../../shared/domain/receiving/shipments.api.ts';
import type { TaskView } from '../../../shared/domain/tasks/tasks.api.ts';
import type { Company } from '../kit/company.ts';
import { PlatformClient, PlatformProblem } from './platform-client.ts';

export interface StaffOptions {
  company: Company;
  platform: string;
  issuer: string;
  /** Whether the robots do the work, or only what hands do when a person has said that a task is done. */
  isAutopilot: boolean;
  /** Datacenters whose machines are none of the lab's: what is done to them, others do. */
  elsewhere: readonly string[];
  /** How long a person takes, in real milliseconds. */
  workMilliseconds: number;
  hands: Hands;
  /** Where the stream was read to, across restarts. */
  position: { get(): number | undefined; set(sequence: number): void };
}

/** What is done to the machines themselves when a task is completed. */
export interface Hands {
  cable(asset: AssetView): Promise<void>;
  pullCables(asset: AssetView): Promise<void>;
  repair(asset: AssetView): Promise<void>;
  /** Looks at a machine that cannot be helped from afar, and makes it well. */
  inspect(asset: AssetView): Promise<void>;
}

interface Page<T> {
  items: T[];
}

export class Staff {
  readonly #options: StaffOptions;
  readonly #clients = new Map<string, PlatformClient>();
  readonly #ended = new AbortController();
  readonly #busy = new Set<string>();

  constructor(options: StaffOptions) {
    this.#options = options;
  }

  /** Works until `stop`. */
  start(): void {
    void this.#follow();
  }
  stop(): void {
    this.#ended.abort();
  }

  #as(signIn: string): PlatformClient {
    const known = this.#clients.get(signIn);
    if (known) return known;
    const client = new PlatformClient({ url: this.#options.platform, issuer: this.#options.issuer, signIn });
    this.#clients.set(signIn, client);
    return client;
  }

  async #follow(): Promise<void> {
    const ops = this.#as('ops@rackline.example');
    while (!this.#ended.signal.aborted) {
      try {
        if (this.#options.isAutopilot) await this.#lookAround();
        for await (const { sequence, type, data } of ops.stream(this.#options.position.get(), this.#ended.signal)) {
          if (type === 'com.rackline.tasks.completed')
            await this.#useHands(String(data['kind']), String(data['serverId']));
          if (this.#options.isAutopilot && type === 'com.rackline.tasks.opened')
            this.#soon(`task ${String(data['taskId'])}`, () => this.#work(String(data['taskId'])));
          if (this.#options.isAutopilot && type === 'com.rackline.approvals.requested')
            this.#soon(`approval ${String(data['approvalId'])}`, () => this.#decide(String(data['approvalId'])));
          this.#options.position.set(sequence);
        }
      } catch (error) {
        if (!this.#ended.signal.aborted && !(error instanceof TypeError) && !isTimeout(error))
          console.error(`staff: ${error instanceof Error ? error.message : String(error)}`);
      }
      await delay(300, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }

  /** Work that was left lying: from before the lab was started, or while the platform was away. */
  async #lookAround(): Promise<void> {
    const ops = this.#as('ops@rackline.example');
    for (const { id } of (await ops.get<Page<TaskView>>('/api/v1/tasks?state=todo&limit=200')).items)
      this.#soon(`task ${id}`, () => this.#work(id));
    for (const { id } of (await ops.get<Page<ApprovalView>>('/api/v1/approvals?state=open&limit=200')).items)
      this.#soon(`approval ${id}`, () => this.#decide(id));
  }

  #soon(what: string, work: () => Promise<void>): void {
    if (this.#busy.has(what)) return;
    this.#busy.add(what);
    void this.#insist(what, work).finally(() => this.#busy.delete(what));
  }

  /** A platform that is away for a moment does not make people forget their work. */
  async #insist(what: string, work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; !this.#ended.signal.aborted; attempt++) {
      try {
        await delay(this.#options.workMilliseconds, undefined, { signal: this.#ended.signal });
        return await work();
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        if (error instanceof PlatformProblem && error.status < 500)
          return console.error(`staff: ${what}: ${error.message}`);
        await delay(Math.min(5000, 200 * attempt), undefined, { signal: this.#ended.signal }).catch(() => undefined);
      }
    }
  }

  async #work(id: string): Promise<void> {
    const task = await this.#as('ops@rackline.example').get<TaskView>(`/api/v1/tasks/${id}`);
    if (
      task.state === 'done' ||
      task.state === 'cancelled' ||
      (this.#hands[task.kind] && this.#options.elsewhere.includes(task.datacenterId))
    )
      return;
    const technician = this.#as(`technician@${task.datacenterId}.rackline.example`);
    if (task.state === 'open') await technician.post(`/api/v1/tasks/${id}/claim`);
    if (task.kind === 'receive' && task.orderId) await this.#scanAll(technician, task.orderId, task.shipmentId);
    await technician.post(`/api/v1/tasks/${id}/complete`, { confirmed: true });
  }

  async #scanAll(technician: PlatformClient, orderId: string, shipmentId: string | null): Promise<void> {
    const shipments = await technician.get<Page<ShipmentView>>(`/api/v1/shipments?orderId=${orderId}`);
    const shipment = shipments.items.find(({ id }) => id === shipmentId);
    for (const item of shipment?.items.filter(({ state }) => state === 'expected') ?? []) {
      await technician.post(`/api/v1/receiving/${shipmentId}/items`, {
        serial: item.serial,
        macs: [item.bmcMac, ...item.macs],
        condition: 'good',
      });
    }
  }

  async #decide(id: string): Promise<void> {
    const open = (
      await this.#as('ops@rackline.example').get<Page<ApprovalView>>('/api/v1/approvals?state=open&limit=200')
    ).items.find((each) => each.id === id);
    if (!open) return;
    const { people } = this.#options.company;
    const deciders = people.filter(({ roles, tenant }) =>
      open.kind === 'decommission' && open.tenantId
        ? roles.includes('tenant-admin') && tenant === open.tenantId
        : roles.includes('approver'),
    );
    const decider =
      deciders.find(({ email }) => email !== open.requestedBy) ??
      people.find(({ roles }) => roles.includes('approver'));
    if (decider)
      await this.#as(decider.email).post(`/api/v1/approvals/${id}/decision`, {
        decision: 'approve',
        reason: 'looks right to the lab’s autopilot',
      });
  }

  async #useHands(kind: string, serverId: string): Promise<void> {
    const act = this.#hands[kind];
    // An unknown machine is no server of ours.
    if (!act || serverId === 'null') return;
    const asset = await this.#as('ops@rackline.example').get<AssetView>(`/api/v1/assets/${serverId}`);
    if (!this.#options.elsewhere.includes(asset.datacenterId)) await act(asset);
  }

  /** The tasks in which a machine is touched, and how. */
  get #hands(): Readonly<Record<string, (asset: AssetView) => Promise<void>>> {
    const { hands } = this.#options;
    return {
      cable: hands.cable,
      uncable: hands.pullCables,
      remove: hands.pullCables,
      fix: hands.repair,
      inspect: hands.inspect,
      identify: hands.inspect,
    };
  }
}

const isTimeout = (error: unknown) =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
