import { z } from 'zod';
import { getShipment, itemsOf, type ShipmentItem } from '../../shared/domain/receiving/shipments.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ServerId, ShipmentId } from '../../shared/kernel/ids.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import { refused, step } from '../../shared/saga/step.ts';

const receiveWithin = days(1);

/** Has a technician unpack, scan and look at every machine of a shipment. The manifest is checked with each scan. */
export const receiveGoods = step({
  name: 'receive-goods',
  input: z.object({ shipmentId: ShipmentId }),
  output: z.object({ received: z.array(ServerId) }),
  atMost: days(7),
  run: async ({ shipmentId }, deps, context) => {
    const shipment = await getShipment(deps.db, shipmentId);
    const expected = await itemsOf(deps.db, shipmentId);
    const answer = await askPerson(deps, context, {
      kind: 'receive',
      datacenterId: shipment.datacenterId,
      orderId: shipment.orderId,
      shipmentId,
      withinMilliseconds: receiveWithin,
      title:
        `Receive ${expected.length} server${expected.length === 1 ? '' : 's'} from ${shipment.carrier} ` +
        `${shipment.trackingNumber}`,
      instructions: [
        'Check the packaging and photograph any damage.',
        'Scan the serial number and the MAC label of each server.',
        ...expected.map(
          ({ serial, manifest }) => `Expect ${manifest.manufacturer} ${manifest.model}, serial ${serial}.`,
        ),
      ],
    });
    if (answer.outcome === 'pending') return answer;
    const items = await itemsOf(deps.db, shipmentId);
    const bad = items.filter(({ state }) => state !== 'received');
    if (bad.length > 0)
      return refused(
        `not all goods are in order: ${bad.map((item) => `${item.serial} ${whatIsWrong(item)}`).join('; ')}`,
      );
    return { received: items.map(({ serverId }) => serverId) };
  },
  undo: { name: 'stop-receiving', run: async (_input, deps, context) => void (await callOff(deps, context)) },
});

const whatIsWrong = ({ state, scanned }: ShipmentItem): string =>
  state === 'expected' ? 'is missing' : (scanned?.note ?? 'is damaged');
