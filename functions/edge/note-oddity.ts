import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport, Anomaly } from '../../shared/domain/edge/edge.api.ts';
import { openTask } from '../../shared/domain/tasks/tasks.db.ts';
import { openAnomalyFinding } from '../../shared/domain/validation/anomaly-findings.db.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { TaskId } from '../../shared/kernel/ids.ts';
import { derivedId } from '../../shared/kernel/new-id.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { noteMeasured } from './note-inventory.ts';
import { assetNamed, observe } from './observed.ts';

type Oddity = Extract<EdgeReport, { kind: 'anomaly' }>;

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
  const { what, look } = judge(seen.anomaly, mac);
  deps.log.anomaly({ reason: `${seen.datacenter}: ${what}`, ...(asset && { serverId: asset.id }) });
  if (seen.anomaly.kind === 'unexpected-origin') return [];
  const isCompared = asset !== undefined && (await compareInstead(seen, asset, deps));
  if (look && !isCompared) await haveItLookedAt(seen, look, what, asset, deps);
  if (asset)
    await observe(
      seen,
      asset,
      `${mac} ${look?.case ?? seen.anomaly.kind}`,
      { kind: 'anomaly', what, detail: detailOf(mac, seen.anomaly) },
      deps,
    );
  return isCompared ? [asset] : [];
}

/**
 * A server that is being measured is judged by whoever has it measured: what another machine in its place measured goes
 * to the comparison, which finds the wrong serial number and has it put right. Of any other server it is nothing.
 */
async function compareInstead(seen: Oddity, asset: Asset, deps: Deps): Promise<boolean> {
  if (seen.anomaly.kind !== 'other-serial' || asset.state !== 'DISCOVERED') return false;
  await noteMeasured(seen, asset, `${seen.anomaly.found} at ${asset.id}`, seen.anomaly.facts, deps);
  return true;
}

/** All that was measured does not belong into a history. */
const detailOf = (mac: MacAddress, anomaly: Anomaly): Record<string, unknown> =>
  anomaly.kind === 'other-serial'
    ? { mac, kind: anomaly.kind, expected: anomaly.expected, found: anomaly.found }
    : { mac, ...anomaly };

async function haveItLookedAt(
  { datacenter, at }: Oddity,
  look: NonNullable<Judgement['look']>,
  what: string,
  asset: Asset | undefined,
  { db, clock, relay }: Deps,
): Promise<void> {
  const dedupeKey = `anomaly/${datacenter}/${look.case}`;
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
      openAnomalyFinding(tx, clock, asset, task.id, { ...look.finding, said: what, hint: look.advice }),
    );
  relay.kick();
}

function judge(anomaly: Anomaly, mac: MacAddress): Judgement {
  switch (anomaly.kind) {
    case 'duplicate-mac': {
      const [one, other] = [...anomaly.circuits].sort();
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
        what: `The MAC address ${mac} was at ${anomaly.from} and is now at ${anomaly.to}.`,
        look: {
          case: `moved/${mac}/${anomaly.from}/${anomaly.to}`,
          title: `See why ${mac} was moved to another switch port`,
          advice: 'If it was meant to be moved, have the cable written down in NetBox. Else plug it back.',
          finding: { place: mac, expected: anomaly.from, found: anomaly.to },
        },
      };
    case 'swapped-board':
      return {
        what: `The unknown MAC address ${mac} is at ${anomaly.circuitId}, where a known server was.`,
        look: {
          case: `swapped-board/${mac}/${anomaly.circuitId}`,
          title: `See which machine is at ${anomaly.circuitId}: its MAC address ${mac} is new`,
          advice:
            'If a mainboard or network card was changed, tell operations the new addresses and serial ' +
            'number, so that it is checked again. Else find out whose machine this is, and unplug it.',
          finding: {
            place: anomaly.circuitId,
            expected: 'a port of this server',
            found: `the unknown MAC address ${mac}`,
          },
        },
      };
    case 'other-serial':
      return {
        what: `The machine at ${mac} says its serial number is ${anomaly.found}, not ${anomaly.expected}.`,
        look: {
          case: `other-serial/${mac}/${anomaly.expected}/${anomaly.found}`,
          title: `Read the serial number of the machine that should be ${anomaly.expected}`,
          advice:
            'Read it from the label. If a mainboard was changed, have its number written again, or tell ' +
            'operations the new one. If two machines were taken for each other, put them where they belong.',
          finding: { place: 'serial', expected: anomaly.expected, found: anomaly.found },
        },
      };
    case 'outside-prefixes':
      return {
        what:
          `The BMC ${mac} was given ${anomaly.address}, which is outside the management network ` +
          `(${anomaly.prefixes.join(', ')}). It is not spoken to there.`,
        look: {
          case: `outside-prefixes/${mac}/${anomaly.address}`,
          title: `See where the management cable of ${mac} is plugged in`,
          advice:
            'It should lead to the management switch. If it does, tell operations: the DHCP server gives ' +
            'addresses that are not meant for BMCs, or the list of management networks is not complete.',
          finding: { place: 'BMC address', expected: anomaly.prefixes.join(', '), found: anomaly.address },
        },
      };
    case 'bonded':
      return { what: `The MAC address ${mac} is on ${anomaly.circuits.join(' and ')}: the server's ports are bonded.` };
    case 'unexpected-origin':
      return { what: `The MAC address ${mac} at ${anomaly.circuitId} was made by no factory: ${anomaly.reason}.` };
    case 'unreadable-report':
      return { what: `The validation image at ${mac} posted what cannot be read: ${anomaly.reason}` };
  }
}
