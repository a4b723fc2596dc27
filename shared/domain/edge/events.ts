import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';
import { DatacenterId } from '../../kernel/ids.ts';
import { BmcReading } from '../health/bmc-reading.ts';
import { EdgeReport } from './edge.api.ts';

/** What an agent observed. On the bus only: changes that follow have events of their own. */
export const edgeReported = eventType('edge.reported', EdgeReport, { staff: 'edge:read' });
/** Samples of management controllers. On the bus only. */
export const edgeReadings = eventType(
  'edge.readings',
  z.object({ datacenter: DatacenterId, readings: z.array(BmcReading) }),
  { staff: 'edge:read' },
);
export const agentEnrolled = eventType(
  'edge.agent_enrolled',
  z.object({ agentId: z.string(), datacenterId: z.string(), version: z.string(), from: z.string() }),
  { staff: 'edge:read' },
);
export const agentRevoked = eventType(
  'edge.agent_revoked',
  z.object({ agentId: z.string(), datacenterId: z.string(), by: z.string(), reason: z.string() }),
  { staff: 'edge:read' },
);

export const edgeEvents = [edgeReported, edgeReadings, agentEnrolled, agentRevoked] as const;
