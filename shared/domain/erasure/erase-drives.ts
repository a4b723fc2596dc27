import { z } from 'zod';
import type { Drive } from '../../facts/server.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { parse } from '../../kernel/errors/parse.ts';
import type { ServerId } from '../../kernel/ids.ts';
import { unnamedMethod, type Bmc, type BmcTarget, type DriveErased } from '../../ports/bmc.ts';
import { refused, type Submitted } from '../../ports/outcome.ts';
import { getAsset, type Asset } from '../assets/assets.db.ts';
import { bmcOf } from '../credentials/bmc-access.ts';
import { recordFindings, openFindings } from '../validation/findings.db.ts';
import type { DriveErasure, Erasure } from './certificate.ts';
import { erasuresOf, recordErasure } from './erasure.db.ts';
import { eraseDifferences, statementsIn } from './findings.ts';
import { judgeErasure, knownDrives, whatIsLeft, type DriveList, type EraseResult } from './rules.ts';

/** The call of the step that erases. */
export interface EraseCall {
  sagaId: string;
  stepKey: string;
  ticket: string | undefined;
  newId(kind: 'erasure' | 'finding', ...parts: readonly (string | number)[]): string;
}
/** What it works on. */
export interface EraseDeps {
  db: Database;
  bmc: Bmc;
  clock: Clock;
}

const powerPollSeconds = 5;
/** How often a host that was switched off may still be on: two minutes. */
const powerLooks = 24;
const SwitchingOff = z.object({ looksLeft: z.number().int() });

/**
 * Erases every drive of a server and judges the end by one rule, for every step that erases. The host is off before
 * anything is erased. A drive that is known and that the management controller does not show keeps all of them from
 * being touched. What it came to is on record either way; drives that are left are findings of the server.
 */
export async function eraseDrives(
  deps: EraseDeps,
  call: EraseCall,
  serverId: ServerId,
): Promise<Submitted<{ erasure: Erasure; erasureId: string }> & { waitingFor?: string }> {
  const asset = await getAsset(deps.db, serverId);
  const target = bmcOf(asset);
  const stage = stageOf(call.ticket);
  if ('looksLeft' in stage) {
    const waiting = await switchOff(deps, target, stage.looksLeft);
    if (waiting) return waiting;
    const hidden = (await judge(deps, asset, target, [])).drives.filter(({ knownFrom }) => !knownFrom.includes('bmc'));
    if (await noteLeft(deps, call, asset, hidden)) return refused(whatIsLeft(hidden));
  }
  const answer = await deps.bmc.eraseDrives(target, 'looksLeft' in stage ? {} : { ticket: stage.ticket });
  if (answer.outcome === 'pending') return { ...answer, waitingFor: 'the drives to be erased' };
  if (answer.outcome === 'refused') return answer;
  const erasure = await judge(deps, asset, target, answer.drives.map(resultOf));
  const erasureId = call.newId('erasure', JSON.stringify(erasure));
  await recordErasure(deps.db, deps.clock, {
    id: erasureId,
    serverId,
    sagaId: call.sagaId,
    stepKey: call.stepKey,
    erasure,
  });
  await noteLeft(deps, call, asset, erasure.drives);
  return erasure.isComplete ? { outcome: 'done', erasure, erasureId } : refused(whatIsLeft(erasure.drives));
}

/** Ours is JSON; what the management controller is asked with is not. */
const stageOf = (ticket: string | undefined): { looksLeft: number } | { ticket: string } => {
  if (ticket === undefined) return { looksLeft: powerLooks };
  return ticket.startsWith('{') ? parse(SwitchingOff, JSON.parse(ticket), 'ticket of an erasure') : { ticket };
};

/** While the host is off nothing can be written: an erasure whose answer was lost still counts when we look again. */
async function switchOff(
  { bmc }: EraseDeps,
  target: BmcTarget,
  looksLeft: number,
): Promise<(Submitted<never> & { waitingFor?: string }) | undefined> {
  const before = await bmc.readPower(target);
  if (before === 'off') return undefined;
  if (before !== 'changing') await bmc.setPower(target, { action: 'off' });
  const power = await bmc.readPower(target);
  if (power === 'off') return undefined;
  if (looksLeft <= 0)
    return refused(
      `nothing was erased: the host does not go off, its management controller says that its power is ${power}`,
    );
  return {
    outcome: 'pending',
    ticket: JSON.stringify({ looksLeft: looksLeft - 1 } satisfies z.infer<typeof SwitchingOff>),
    pollAfterSeconds: powerPollSeconds,
    waitingFor: 'the host to be off',
  };
}

async function judge(
  { db, bmc }: EraseDeps,
  asset: Asset,
  target: BmcTarget,
  results: readonly EraseResult[],
): Promise<Erasure> {
  const [shown, before, standing] = [
    await bmc.listDrives(target),
    await erasuresOf(db, asset.id),
    await openFindings(db, asset.id),
  ];
  return judgeErasure(knownDrives(listsOf(asset, shown, before)), results, statementsIn(standing));
}

/** Everybody who has named drives of this server. The older and the less direct lists count by serial numbers only. */
function listsOf(
  { facts, measured, manifest }: Asset,
  shown: readonly Drive[],
  erasures: readonly Erasure[],
): DriveList[] {
  const named = (drives: readonly Drive[]) => drives.filter(({ serial }) => serial !== undefined);
  return [
    { source: 'bmc', drives: shown },
    { source: 'validation-image', drives: measured?.drives ?? [] },
    { source: 'bmc-before', drives: named(facts?.drives ?? []) },
    {
      source: 'ship-notice',
      drives: (manifest?.parts ?? [])
        .filter(({ kind }) => kind === 'drive')
        .map(({ serial, place }) => ({ serial, name: place ?? serial })),
    },
    ...erasures.map(({ drives }): DriveList => ({
      source: 'erase-report',
      drives: drives.flatMap(({ serial, name }) => (serial === null ? [] : [{ serial, name }])),
    })),
  ];
}

const resultOf = ({ serial, method, isVerified, evidence }: DriveErased): EraseResult => ({
  serial,
  method: method === unnamedMethod ? null : method,
  isProved: isVerified,
  evidence: evidence ?? (isVerified ? 'the management controller ended it well' : 'nothing shows that it is erased'),
});

/** Notes drives that are left as findings, and ends those of drives that no longer are. Answers whether any is open. */
async function noteLeft(
  { db, clock }: EraseDeps,
  call: EraseCall,
  asset: Asset,
  drives: readonly DriveErasure[],
): Promise<boolean> {
  await recordFindings(db, clock, asset, eraseDifferences(drives), (n) => call.newId('finding', clock.now(), n), [
    'erase',
  ]);
  return drives.some(({ outcome }) => outcome === 'not-erased');
}
