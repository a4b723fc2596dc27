import { z } from 'zod';
import { MacText } from '../../facts/mac.ts';
import { contract } from '../../kernel/api/contract.ts';
import { ShipmentId } from '../../kernel/ids.ts';
import { Note } from '../../kernel/text.ts';

export const ReceiveItem = z.object({
  serial: z.string().trim().min(1).max(64),
  macs: z.array(MacText).min(1).max(32),
  condition: z.enum(['good', 'damaged']),
  note: Note.optional(),
  photos: z.array(z.string().max(500)).max(20).default([]),
});
export const ReceivedItem = z.object({ serial: z.string(), state: z.string(), remaining: z.number() });

export const receivingApi = {
  receive: contract({
    name: 'receive-item',
    route: 'POST /v1/receiving/{shipmentId}/items',
    summary: 'Record one machine of a shipment as scanned; it is checked against the manifest at once.',
    audience: 'users',
    permission: 'shipment:receive',
    subject: { noun: 'shipment', by: 'params.shipmentId' },
    params: z.object({ shipmentId: ShipmentId }),
    body: ReceiveItem,
    answer: ReceivedItem,
  }),
};
