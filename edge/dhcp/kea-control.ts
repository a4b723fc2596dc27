// Kea's control commands over HTTP: its control agent up to 2.6, kea-dhcp4 itself from 2.7 on. The answer's `result`
// says how it went (0 done, 1 error, 2 unknown command, 3 nothing found); the HTTP status is 200 either way.
import { z } from 'zod';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { createHttp, type HttpOptions, type Reach } from '../../shared/kernel/http-client/client.ts';
import type { Secret } from '../../shared/kernel/secret.ts';
import type { Lease, OnLease } from './lease.ts';
import { circuitText, readRelayAgent } from './options.ts';

const RelayAgent = z.union([
  z.string(),
  z.object({ 'sub-options': z.string() }).transform((info) => info['sub-options']),
]);
export const KeaLease = z.object({
  'ip-address': z.string(),
  'hw-address': z.string(),
  /** When the client was last heard, seconds since 1970. */
  cltt: z.number(),
  hostname: z.string().optional(),
  /** 0 given, 1 declined, 2 expired and taken back. */
  state: z.number(),
  /** Option 82 as hexadecimal, where `store-extended-info` is on: bare text in Kea 2.2, an object from 2.3 on. */
  'user-context': z.object({ ISC: z.object({ 'relay-agent-info': RelayAgent.optional() }).optional() }).optional(),
});
export type KeaLease = z.infer<typeof KeaLease>;

const Result = z.object({ result: z.number(), text: z.string().optional(), arguments: z.unknown().optional() });
const Answer = z.union([
  z
    .array(Result)
    .min(1)
    .transform(([first]) => first),
  Result,
]);
const Page = z.object({ leases: z.array(KeaLease) });
const pageSize = 1000;

export interface KeaControl {
  /** Every lease that Kea holds as given, in order of address. */
  leases(): AsyncGenerator<Lease>;
  leaseOf(address: string): Promise<Lease | undefined>;
}

/**
 * `baseUrl` is the control agent's address (`http://127.0.0.1:8000`). Needs the hook library `libdhcp_lease_cmds.so`.
 */
const basicAuthorization = ({ user, password }: { user: string; password: Secret }): string =>
  `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;

export function createKeaControl(options: Reach & { credentials?: { user: string; password: Secret } }): KeaControl {
  const { credentials } = options;
  const authentication: HttpOptions['authentication'] = credentials && {
    headers: () =>
      Promise.resolve({
        authorization: basicAuthorization(credentials),
      }),
  };
  const http = createHttp({ ...options, system: 'kea', ...(authentication && { authentication }) });

  /** `undefined` where nothing was found. */
  async function command(name: string, args: Record<string, unknown>): Promise<unknown> {
    const { body } = await http.send({
      method: 'POST',
      path: '/',
      body: { command: name, service: ['dhcp4'], arguments: args },
      answers: { 200: Answer },
      repeatable: true,
    });
    if (body?.result === 0) return body.arguments;
    if (body?.result === 3) return undefined;
    const hint = body?.result === 2 ? " Load libdhcp_lease_cmds.so in Kea's configuration." : '';
    throw new AppError({
      code: 'kea.refused',
      kind: 'unavailable',
      publicMessage: `Kea refused ${name}: ${body?.text?.replace(/\.$/, '') ?? `result ${body?.result}`}.${hint}`,
    });
  }

  return {
    leases: async function* () {
      for (let from = 'start'; ;) {
        const { leases } = Page.parse((await command('lease4-get-page', { from, limit: pageSize })) ?? { leases: [] });
        yield* leases.filter(({ state }) => state === 0).map(toLease);
        const last = leases.at(-1);
        if (last === undefined || leases.length < pageSize) return;
        from = last['ip-address'];
      }
    },
    leaseOf: async (address) => {
      const found = await command('lease4-get', { 'ip-address': address });
      return found === undefined ? undefined : toLease(KeaLease.parse(found));
    },
  };
}

/**
 * Kea does not pass option 82 to its hook. This reads it from Kea, and hands the lease on without it where that fails.
 */
export const withCircuit =
  (kea: KeaControl, onLease: OnLease, onFault: (reason: string) => void): OnLease =>
  async (lease) => {
    const known =
      lease.circuitId !== undefined
        ? lease
        : await kea.leaseOf(lease.address).catch((error: unknown) => {
            onFault(`the switch port of ${lease.mac} could not be read from Kea: ${explain(error)}`);
            return undefined;
          });
    const circuitId = known?.mac === lease.mac ? known.circuitId : undefined;
    await onLease({ ...lease, ...(circuitId !== undefined && { circuitId }) });
  };

export function toLease(lease: KeaLease): Lease {
  const circuitId = circuitOf(lease);
  return {
    mac: lease['hw-address'].toLowerCase(),
    address: lease['ip-address'],
    at: isoTime(lease.cltt * 1000),
    ...(lease.hostname && { hostname: lease.hostname }),
    ...(circuitId !== undefined && { circuitId }),
  };
}

function circuitOf(lease: KeaLease): string | undefined {
  const info = lease['user-context']?.ISC?.['relay-agent-info'];
  if (info === undefined) return undefined;
  const circuit = readRelayAgent(Buffer.from(info.replace(/^0x/i, ''), 'hex')).get(1);
  return circuit && circuitText(circuit);
}
