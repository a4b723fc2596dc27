import type { z } from 'zod';
import type { Approval } from '../../shared/domain/approvals/approvals.db.ts';
import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EventData, Topic } from '../../shared/domain/catalogue.ts';
import type { Datacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import type { Decommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import type { BmcHealth } from '../../shared/domain/health/bmc-health.db.ts';
import type { BmcLogEntry } from '../../shared/domain/health/bmc-log.db.ts';
import type { Order } from '../../shared/domain/orders/orders.db.ts';
import type { Quote } from '../../shared/domain/procurement/procurement.db.ts';
import type { Proof } from '../../shared/domain/proofs/proofs.db.ts';
import type { Shipment, ShipmentItem } from '../../shared/domain/receiving/shipments.db.ts';
import type { SagaRow, StepRow, TimelineRow } from '../../shared/domain/sagas/sagas.db.ts';
import type { Task } from '../../shared/domain/tasks/tasks.db.ts';
import type { Finding } from '../../shared/domain/validation/findings.db.ts';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import type { DeadLetterView } from '../../shared/events/dead-letters.api.ts';
import { typeOf } from '../../shared/events/event-type.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';

/** Everything the platform knows, in memory. */
export interface MockPlatform {
  datacenters: readonly Omit<Datacenter, 'managementPrefixes'>[];
  orders: Map<string, Order>;
  assets: Map<string, Asset>;
  findings: Map<string, Finding[]>;
  /** By server, the newest first. */
  proofs: Map<string, Proof[]>;
  /** By server, as their management controllers say. */
  health: Map<string, BmcHealth>;
  bmcLogs: Map<string, BmcLogEntry[]>;
  quotes: Quote[];
  approvals: Map<string, Approval>;
  shipments: Map<string, Shipment>;
  items: ShipmentItem[];
  tasks: Map<string, Task>;
  sagas: Map<string, SagaRow>;
  steps: StepRow[];
  timeline: TimelineRow[];
  decommissions: Map<string, Decommission>;
  deadLetters: Map<number, z.infer<typeof DeadLetterView>>;
  log: CloudEvent[];
  /** What a person decided about a stuck saga, until it is taken up. */
  decisions: Map<string, { verb: 'retry' | 'skip' | 'give-up'; by: string; reason: string }>;
  /** Tells that something changed. Answers how to stop listening. */
  onChange(listener: () => void): () => void;
  changed(): void;
  /** Seals an event into the log. `at`: milliseconds since 1970. */
  emit<T extends Topic>(
    topic: T,
    subject: string,
    data: EventData<T>,
    about: { at: number; tenantId?: string | null; datacenterId?: string | null },
  ): void;
}

const datacenter = (id: string, name: string, region: string): Omit<Datacenter, 'managementPrefixes'> => ({
  id: DatacenterId.parse(id),
  name,
  region,
});

export function createPlatform(): MockPlatform {
  const listeners = new Set<() => void>();
  const log: CloudEvent[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    datacenters: [
      datacenter('dc-fra-01', 'Frankfurt 1', 'eu-central'),
      datacenter('dc-lon-01', 'London 1', 'eu-west'),
      datacenter('dc-nyc-01', 'New York 1', 'us-east'),
      datacenter('dc-sin-01', 'Singapore 1', 'ap-southeast'),
      datacenter('dc-sjc-01', 'San José 1', 'us-west'),
    ],
    orders: new Map(),
    assets: new Map(),
    findings: new Map(),
    proofs: new Map(),
    health: new Map(),
    bmcLogs: new Map(),
    quotes: [],
    approvals: new Map(),
    shipments: new Map(),
    items: [],
    tasks: new Map(),
    sagas: new Map(),
    steps: [],
    timeline: [],
    decommissions: new Map(),
    deadLetters: new Map(),
    log,
    decisions: new Map(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    emit: (topic, subject, data, { at, tenantId, datacenterId }) => {
      log.push({
        specversion: '1.0',
        id: newId('event', at),
        type: typeOf(topic),
        source: '/rackline',
        subject,
        time: isoTime(at),
        datacontenttype: 'application/json',
        partitionkey: subject,
        sequence: String(log.length + 1).padStart(16, '0'),
        ...(tenantId && { tenantid: tenantId }),
        ...(datacenterId && { datacenterid: datacenterId }),
        data,
      });
      changed();
    },
  };
}

/** Resolves when a condition holds; looks again whenever something changed. */
export function until<T>(platform: MockPlatform, condition: () => T | undefined | false): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const found = condition();
      if (found === undefined || found === false) return false;
      stop();
      resolve(found);
      return true;
    };
    const stop = platform.onChange(look);
    look();
  });
}
