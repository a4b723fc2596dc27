import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

const Alert = z.object({ serverId: z.string(), what: z.string(), since: z.string() });

export const criticalAlert = eventType('health.alert_critical', Alert, { staff: 'asset:read' });
export const warningAlert = eventType('health.alert_warning', Alert, { staff: 'asset:read' });

export const healthEvents = [criticalAlert, warningAlert] as const;
