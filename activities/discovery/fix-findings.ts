import { z } from 'zod';
import { days } from '../../shared/clock.ts';
import { getAsset } from '../../shared/db/assets.ts';
import { ServerId } from '../../shared/ids.ts';
import { step } from '../../shared/saga/step.ts';
import { askPerson, callOff } from '../../shared/tasks/ask-person.ts';

const fixWithin = days(1);

/** Has a technician put right what validation found. */
export const fixFindings = step({
  name: 'fix-findings',
  input: z.object({ serverId: ServerId, findings: z.array(z.object({ kind: z.string(), place: z.string(), expected: z.string(), found: z.string() })) }),
  output: z.object({}),
  atMost: days(7),
  run: async ({ serverId, findings }, world, context) => {
    const asset = await getAsset(world.db, serverId);
    const answer = await askPerson(world, context, {
      kind: 'fix', datacenterId: asset.datacenterId, serverId, orderId: asset.orderId, withinMilliseconds: fixWithin,
      title: `Fix ${findings.length} finding${findings.length === 1 ? '' : 's'} on ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: findings.map(({ kind, place, expected, found }) => `${kind} at ${place}: expected ${expected}, found ${found}.`),
    });
    return answer.outcome === 'pending' ? answer : {};
  },
  undo: { name: 'stop-fixing', run: async (_input, world, context) => void (await callOff(world, context)) },
});
