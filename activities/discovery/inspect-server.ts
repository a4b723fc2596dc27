import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { factorySecret } from '../../shared/domain/credentials/bmc-access.ts';
import { Trouble } from '../../shared/facts/trouble.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { noteCondition } from '../../shared/lifecycle/condition.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { step } from '../../shared/saga/step.ts';

const inspectWithin = hours(4);

/**
 * Has a technician look at a server that cannot be helped from afar. Answers what they say; or, where the trouble
 * passed before they came, that it did.
 */
export const inspectServer = step({
  name: 'inspect-server',
  input: z.object({ serverId: ServerId, trouble: Trouble }),
  output: z.object({ said: z.string(), by: z.string().nullable() }),
  atMost: hours(24),
  run: async ({ serverId, trouble }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    if (isOver(trouble, asset, context.at)) {
      await callOff(deps, context);
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
      return { said: 'it passed by itself', by: null };
    }
    const { what, todo } = await workOn(trouble, asset, deps);
    const answer = await askPerson(deps, context, {
      kind: trouble.kind === 'wrong-serial' || trouble.kind === 'no-serial' ? 'identify' : 'inspect',
      datacenterId: asset.datacenterId,
      serverId,
      orderId: asset.orderId,
      withinMilliseconds: inspectWithin,
      title: `${what} ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [`What is wrong: ${trouble.reason}.`, ...todo, 'Write down what you found.'],
    });
    if (answer.outcome === 'pending') {
      await noteCondition(deps.db, deps.clock, serverId, {
        condition: 'waiting',
        for: `a technician in ${asset.datacenterId}`,
        reason: trouble.reason,
        until: isoTime(context.at + hours(24)),
        sagaId: context.sagaId,
        taskId: answer.ticket,
      });
      return answer;
    }
    await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
    const { note } = z.object({ note: z.string().optional() }).parse(answer.task.result ?? {});
    return { said: note ?? 'done', by: answer.task.completedBy };
  },
  undo: {
    name: 'stop-inspecting',
    run: async ({ serverId }, deps, context) => {
      await callOff(deps, context);
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
    },
  },
});

function isOver({ kind }: Trouble, { bmcAddress, measuredAt }: Asset, since: number): boolean {
  if (kind === 'no-address') return bmcAddress !== null;
  return kind === 'silent' && measuredAt !== null && Date.parse(measuredAt) >= since;
}

/** What to do about a trouble, in the order in which one would try it. */
async function workOn({ kind }: Trouble, asset: Asset, { dcim }: Deps): Promise<{ what: string; todo: string[] }> {
  const cable = (await dcim.readCables(asset.id)).find((each) => each.kind === 'management');
  const cableText = cable
    ? `Follow the management cable: it belongs from ${cable.localPort} into ${cable.peerDevice}, port ` +
      `${cable.peerPort}, and both lights have to be on.`
    : 'Follow the management cable: the inventory has none for this server.';
  const coldStart =
    'Pull all power cords, wait half a minute, and plug them in again: that restarts the management controller.';
  switch (kind) {
    case 'no-address':
      return {
        what: 'Find out why its BMC asks for no address:',
        todo: [
          'Look whether its power supplies are lit.',
          cableText,
          coldStart,
          `Compare the MAC address on its label with ${asset.bmcMac}.`,
        ],
      };
    case 'unreachable':
    case 'hangs':
    case 'refuses':
      return { what: 'Bring the BMC to answer:', todo: [cableText, coldStart] };
    case 'login-refused':
      return {
        what: 'Reset the BMC login of',
        todo: [
          'Reset the management controller to its factory settings, by its button or from its setup screen.',
          'If its label shows a password of its own, give it to operations: it belongs into the safe at ' +
            `${factorySecret(asset.manufacturer)}.`,
        ],
      };
    case 'no-credentials':
      return {
        what: 'Have the BMC login put into the safe for',
        todo: [
          `Operations: put the login that ${asset.manufacturer ?? 'this maker'}'s machines leave the ` +
            `factory with into the safe at ${factorySecret(asset.manufacturer)}.`,
        ],
      };
    case 'wrong-serial':
    case 'no-serial':
      return {
        what: 'Find out which machine this is:',
        todo: [
          `Read the serial number on the label of the machine that stands there. It should be ${asset.serial}.`,
          'If it is another machine, bring the right one to this place and cable it as planned.',
          'If it is the right one, its board has another number: write down both.',
        ],
      };
    case 'no-network-boot':
      return {
        what: 'Switch on network boot of',
        todo: ['Enable network boot (PXE or HTTP, UEFI) in the setup of its BIOS, for the first network port.'],
      };
    default:
      return {
        what: 'Look at',
        todo: [
          'Connect a screen and see where it stops: in its self-test, at the network boot, or in the validation image.',
          'Look whether the first network port has a link, and whether drives or cards are in the way of the boot.',
          'Start it again.',
        ],
      };
  }
}
