import type { InstanceStatus, RuntimeStatus } from '../contract/engine.ts';
import { reviveEvent, type HistoryEvent, type ParentLink } from '../contract/history.ts';
import type { EntityLock, Instance } from '../contract/instance.ts';
import type { Message, MessageBody } from '../contract/messages.ts';

// What the driver makes of the tables: bigint comes as text, timestamptz as Date, json parsed.

export interface InstanceRow {
  id: string;
  execution_id: string;
  name: string;
  version: string | null;
  status: RuntimeStatus;
  input: string | null;
  output: string | null;
  custom_status: string | null;
  parent: ParentLink | null;
  created_at: Date;
  updated_at: Date;
  turn: number;
  state: string | null;
  lock: EntityLock | null;
}

export const instanceColumns = [
  'id',
  'execution_id',
  'name',
  'version',
  'status',
  'input',
  'output',
  'custom_status',
  'parent',
  'created_at',
  'updated_at',
  'turn',
  'state',
  'lock',
] as const satisfies readonly (keyof InstanceRow)[];

export interface MessageRow {
  id: string;
  instance_id: string;
  execution_id: string | null;
  body: MessageBody;
}

export const toInstance = (row: InstanceRow): Instance => ({
  instanceId: row.id,
  executionId: row.execution_id,
  name: row.name,
  version: row.version,
  status: row.status,
  input: row.input,
  output: row.output,
  customStatus: row.custom_status,
  parent: row.parent,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  turn: row.turn,
  state: row.state,
  lock: row.lock,
});

export function toStatus(row: InstanceRow): InstanceStatus {
  const { instanceId, name, status, input, output, customStatus, createdAt, updatedAt, parent } = toInstance(row);
  return {
    instanceId,
    name,
    status,
    input,
    output,
    customStatus,
    createdAt,
    updatedAt,
    parentInstanceId: parent?.instanceId ?? null,
  };
}

export const toMessage = ({ id, execution_id: executionId, body: { event, entity } }: MessageRow): Message => ({
  rowId: id,
  executionId,
  ...(event && { event: reviveEvent(event) }),
  ...(entity && { entity }),
});

export const toHistory = (rows: readonly { events: HistoryEvent[] }[]): HistoryEvent[] =>
  rows.flatMap(({ events }) => events.map(reviveEvent));
