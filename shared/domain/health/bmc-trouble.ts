import type { Trouble } from '../../facts/trouble.ts';
import { AppError, explain } from '../../kernel/errors/app-error.ts';
import type { Bmc, BmcTarget } from '../../ports/bmc.ts';

/**
 * What can be wrong with a management controller when something is asked of it. `unreachable`: not even its service
 * root answers. `hangs`: that answers, and what was asked does not. A connection that fails is no verdict on a machine:
 * whoever asks decides how often to ask again.
 */
export type BmcTrouble =
  | 'unreachable'
  | 'hangs'
  | 'login-refused'
  | 'no-credentials'
  | 'no-network-boot'
  | 'foreign-address'
  | 'refuses';
/** Those that may pass by themselves. After a refused login nobody asks again: accounts get locked. */
export const passing: readonly string[] = ['unreachable', 'hangs'] satisfies BmcTrouble[];

/**
 * `unreachable`: nobody could ask, because the datacenter's agent or its line is down. That says nothing of the
 * controller.
 */
export type BmcAnswer<T> = { ok: T } | { trouble: Trouble } | { unreachable: string };

/** Errors go by their code: they may have come from the datacenter's agent, as text. */
const byCode: Readonly<Record<string, BmcTrouble>> = {
  'redfish.auth': 'login-refused',
  'redfish.login-refused': 'login-refused',
  'redfish.no-credentials': 'no-credentials',
  'redfish.network-boot-missing': 'no-network-boot',
  'edge.foreign-address': 'foreign-address',
  'redfish.conflict': 'refuses',
  'redfish.invalid': 'refuses',
  'redfish.notFound': 'refuses',
  'redfish.power-action-missing': 'refuses',
  'redfish.restart-missing': 'refuses',
  'redfish.password-change-required': 'refuses',
};
const beforeTheController: readonly string[] = ['edge-agent.not-fetched', 'edge.too-late'];

const inWords: Record<BmcTrouble, string> = {
  unreachable: 'does not answer',
  hangs: 'answers, but does not do what it is asked',
  'login-refused': 'refuses the login',
  'no-credentials': 'cannot be opened: nobody has put its login into the safe',
  'no-network-boot': 'cannot boot the server from the network',
  'foreign-address': 'is not in a management network of its datacenter',
  refuses: 'refuses what it is asked',
};

/**
 * Asks something of a controller. What is the controller's trouble, or its agent's, is answered; everything else is
 * thrown.
 */
export async function askBmc<T>(bmc: Bmc, target: BmcTarget, ask: () => Promise<T>): Promise<BmcAnswer<T>> {
  try {
    return { ok: await ask() };
  } catch (error) {
    const kind = await kindOf(error, bmc, target);
    if (kind === undefined) throw error;
    return kind === 'away'
      ? { unreachable: explain(error) }
      : { trouble: { kind, reason: `the BMC at ${target.address} ${inWords[kind]} (${explain(error)})` } };
  }
}

async function kindOf(error: unknown, bmc: Bmc, target: BmcTarget): Promise<BmcTrouble | 'away' | undefined> {
  if (!(error instanceof AppError)) return undefined;
  if (beforeTheController.includes(error.code)) return 'away';
  const known = byCode[error.code];
  if (known) return known;
  // The secrets store may not answer either: only what the controller or the way to it did counts.
  if (error.kind !== 'unavailable' || !/^(redfish|edge-agent)\./.test(error.code)) return undefined;
  try {
    await bmc.probe(target);
    return 'hangs';
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    return beforeTheController.includes(cause.code) ? 'away' : 'unreachable';
  }
}
