import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport, Remark } from '../../shared/domain/edge/edge.api.ts';
import { openTask } from '../../shared/domain/tasks/tasks.db.ts';
import { openSightingFinding } from '../../shared/domain/validation/sighting-findings.db.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { TaskId } from '../../shared/kernel/ids.ts';
import { derivedId } from '../../shared/kernel/new-id.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { noteMeasured } from './note-inventory.ts';
import { assetNamed, observe } from './observed.ts';

type Oddity = Extract<EdgeReport, { kind: 'odd-sighting' }>;

/** What is to be done about a remark. Without `look` it is only remembered. */
interface Judgement {
  /** One sentence, for the server's history. */
  what: string;
  look?: {
    /** Tells this case from others: it is looked at once. */
    case: string;
    title: string;
    /** What may have happened, and what to do. */
    advice: string;
    finding: { place: string; expected: string; found: string };
  };
}

const lookWithin = hours(24);

/**
 * Something odd was seen. A claim that somebody has to check becomes one technician's task per case, and a finding on
 * the server it concerns until the task is done. An address proves nothing: no state changes for it.
 */
export async function noteOddity(seen: Oddity, deps: Deps): Promise<Asset[]> {
  const mac = MacAddress.parse(seen.mac);
  const asset = await assetNamed(deps.db, seen, seen.serverId);
  const { what, look } = judge(seen.remark, mac);
  deps.log.oddSighting({ reason: `${seen.datacenter}: ${what}`, ...(asset && { serverId: asset.id }) });
  if (seen.remark.kind === 'odd-origin') return [];
  const isCompared = asset !== undefined && (await compareInstead(seen, asset, deps));
  if (look && !isCompared) await haveItLookedAt(seen, look, what, asset, deps);
  if (asset)
    await observe(
      seen,
      asset,
      `${mac} ${look?.case ?? seen.remark.kind}`,
      { kind: 'oddity', what, detail: detailOf(mac, seen.remark) },
      deps,
    );
  return isCompared ? [asset] : [];
}

/**
 * A server that is being measured is judged by whoever has it measured: what another machine in its place measured goes
 * to the comparison, which finds the wrong serial number and has it put right. Of any other server it is nothing.
 */
async function compareInstead(seen: Oddity, asset: Asset, deps: Deps): Promise<boolean> {
  if (seen.remark.kind !== 'other-serial' || asset.state !== 'DISCOVERED') return false;
  await noteMeasured(seen, asset, `${seen.remark.found} at ${asset.id}`, seen.remark.facts, deps);
  return true;
}

/** All that was measured does not belong into a history. */
const detailOf = (mac: MacAddress, remark: Remark): Record<string, unknown> =>
  remark.kind === 'other-serial'
    ? { mac, kind: remark.kind, expected: remark.expected, found: remark.found }
    : { mac, ...remark };

async function haveItLookedAt(
  { datacenter, at }: Oddity,
  look: NonNullable<Judgement['look']>,
  what: string,
  asset: Asset | undefined,
  { db, clock, relay }: Deps,
): Promise<void> {
  const dedupeKey = `odd-sighting/${datacenter}/${look.case}`;
  const task = await openTask(db, clock, {
    id: TaskId.parse(derivedId('task', clock.now(), dedupeKey)),
    kind: 'identify',
    dedupeKey,
    datacenterId: datacenter,
    serverId: asset?.id ?? null,
    sagaId: null,
    dueAt: clock.now() + lookWithin,
    title: look.title,
    instructions: [
      `${what} Seen on ${at}.`,
      ...(asset
        ? [
            `It concerns the server ${asset.serial ?? asset.id}` +
              `${asset.rackName === null ? '' : ` in ${asset.rackName}, unit ${asset.rackUnit}`}.`,
          ]
        : []),
      look.advice,
    ],
  });
  const isOpen = task.state === 'open' || task.state === 'claimed';
  if (asset && isOpen)
    await db.transaction((tx) =>
      openSightingFinding(tx, clock, asset, task.id, { ...look.finding, said: what, hint: look.advice }),
    );
  relay.kick();
}

function judge(remark: Remark, mac: MacAddress): Judgement {
  switch (remark.kind) {
    case 'duplicate-mac': {
      const [one, other] = [...remark.circuits].sort();
      return {
        what: `The MAC address ${mac} was on two switch ports at a time: ${one} and ${other}.`,
        look: {
          case: `duplicate-mac/${mac}/${one}/${other}`,
          title: `Find out who has the MAC address ${mac}: it is in two places`,
          advice:
            'Follow both cables. Two machines must not have one address: unplug the one that is not what ' +
            'it says, and tell operations its serial number. If both lead to one server, say so.',
          finding: { place: mac, expected: 'one place', found: `${one} and ${other} at a time` },
        },
      };
    }
    case 'moved':
      return {
        what: `The MAC address ${mac} was at ${remark.from} and is now at ${remark.to}.`,
        look: {
          case: `moved/${mac}/${remark.from}/${remark.to}`,
          title: `See why ${mac} was moved to another switch port`,
          advice: 'If it was meant to be moved, have the cable written down in NetBox. Else plug it back.',
          finding: { place: mac, expected: remark.from, found: remark.to },
        },
      };
    case 'swapped-board':
      return {
        what: `The unknown MAC address ${mac} is at ${remark.circuitId}, where a known server was.`,
        look: {
          case: `swapped-board/${mac}/${remark.circuitId}`,
          title: `See which machine is at ${remark.circuitId}: its MAC address ${mac} is new`,
          advice:
            'If a mainboard or network card was changed, tell operations the new addresses and serial ' +
            'number, so that it is checked again. Else find out whose machine this is, and unplug it.',
          finding: {
            place: remark.circuitId,
            expected: 'a port of this server',
            found: `the unknown MAC address ${mac}`,
          },
        },
      };
    case 'other-serial':
      return {
        what: `The machine at ${mac} says its serial number is ${remark.found}, not ${remark.expected}.`,
        look: {
          case: `other-serial/${mac}/${remark.expected}/${remark.found}`,
          title: `Read the serial number of the machine that should be ${remark.expected}`,
          advice:
            'Read it from the label. If a mainboard was changed, have its number written again, or tell ' +
            'operations the new one. If two machines were taken for each other, put them where they belong.',
          finding: { place: 'serial', expected: remark.expected, found: remark.found },
        },
      };
    case 'outside-prefixes':
      return {
        what:
          `The BMC ${mac} was given ${remark.address}, which is outside the management network ` +
          `(${remark.prefixes.join(', ')}). It is not spoken to there.`,
        look: {
          case: `outside-prefixes/${mac}/${remark.address}`,
          title: `See where the management cable of ${mac} is plugged in`,
          advice:
            'It should lead to the management switch. If it does, tell operations: the DHCP server gives ' +
            'addresses that are not meant for BMCs, or the list of management networks is not complete.',
          finding: { place: 'BMC address', expected: remark.prefixes.join(', '), found: remark.address },
        },
      };
    case 'bonded':
      return { what: `The MAC address ${mac} is on ${remark.circuits.join(' and ')}: the server's ports are bonded.` };
    case 'odd-origin':
      return { what: `The MAC address ${mac} at ${remark.circuitId} was made by no factory: ${remark.reason}.` };
    case 'unreadable-report':
      return { what: `The validation image at ${mac} posted what cannot be read: ${remark.reason}` };
  }
}
