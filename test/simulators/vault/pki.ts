// Vault's PKI engine as the lab has it: a root, an authority below it that really signs, and the roles `rackline-edge`
// and `rackline-server`.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Authority } from '../kit/authority.ts';
import type { Routed } from '../kit/routes.ts';
import { json, type SimAnswer } from '../kit/simulator.ts';
import { envelope, failure } from './answers.ts';

export interface PkiRole {
  usage: 'client' | 'server';
  /** A URI must begin so; undefined: none may be had. */
  uris?: string;
  /** Whether hosts and addresses may be had, any of them. */
  anyHost: boolean;
  /** Vault's own default is true: then the names of the request count and ours do not. */
  useCsrSans: boolean;
  maxSeconds: number;
}
export interface PkiState {
  root: string;
  issuer: Authority;
  roles: Record<string, PkiRole>;
  /** By serial number, with when it was revoked. */
  certificates: Record<string, { certificate: string; revokedAt: number | null }>;
}

export interface HoldsPki {
  /** The certificate authority; null until somebody needs it. */
  pki: PkiState | null;
}

export const pkiMount = 'pki';
export const pkiRoles = { edge: 'rackline-edge', server: 'rackline-server' } as const;

const day = 86_400;
const backdatedSeconds = 30; // Vault's not_before_duration
const Sign = z.strictObject({
  csr: z.string(),
  format: z.literal('pem').optional(),
  ttl: z.string().regex(/^\d+s$/),
  uri_sans: z.array(z.string()).default([]),
  alt_names: z.string().default(''),
  ip_sans: z.array(z.string()).default([]),
  exclude_cn_from_sans: z.boolean().optional(),
});
const Revoke = z.strictObject({ serial_number: z.string() });

/** The library takes a third of a second to load: a lab whose agents all have their certificates does without. */
const authority = () => import('../kit/authority.ts');

// Made when first needed; whoever asks meanwhile waits for the same one.
const inFlight = new WeakMap<HoldsPki, Promise<PkiState>>();

export async function pkiOf(state: HoldsPki, now: number): Promise<PkiState> {
  if (state.pki) return state.pki;
  const making = inFlight.get(state) ?? make(now);
  inFlight.set(state, making);
  state.pki = await making;
  return state.pki;
}

async function make(now: number): Promise<PkiState> {
  const { makeAuthority, makeIntermediate } = await authority();
  // The lab's systems run on virtual time too; what checks certificates in TLS does not. Both must find them good.
  const from = Math.min(now, Date.now());
  const root = await makeAuthority(`CN=Rackline lab root ${randomUUID().slice(0, 8)}`, from);
  const issuer = await makeIntermediate(root, 'CN=Rackline lab authority', {
    notBefore: new Date(from - 60_000),
    notAfter: new Date(from + 5 * 365 * day * 1000),
  });
  return {
    root: root.certificate,
    issuer,
    certificates: {},
    roles: {
      [pkiRoles.edge]: {
        usage: 'client',
        uris: 'urn:rackline:edge:',
        anyHost: false,
        useCsrSans: false,
        maxSeconds: 7 * day,
      },
      [pkiRoles.server]: { usage: 'server', anyHost: true, useCsrSans: false, maxSeconds: 365 * day },
    },
  };
}

export async function signWithRole({ request, state, context, params }: Routed<HoldsPki>): Promise<SimAnswer> {
  const { certify, readRequest } = await authority();
  const body = Sign.safeParse(request.body);
  if (!body.success) return failure(400, body.error.message);
  const pki = await pkiOf(state, context.now());
  const role = pki.roles[params['role'] ?? ''];
  if (!role) return failure(400, `unknown role: ${params['role']}`);
  const asked = await readRequest(body.data.csr).catch(() => undefined);
  if (!asked?.isSigned) return failure(400, 'certificate request could not be parsed');
  const names = role.useCsrSans
    ? asked.names
    : [
        ...body.data.uri_sans.map((value) => ({ type: 'url' as const, value })),
        ...body.data.ip_sans.map((value) => ({ type: 'ip' as const, value })),
        ...body.data.alt_names
          .split(',')
          .filter(Boolean)
          .map((value) => ({ type: 'dns' as const, value })),
      ];
  const forbidden = names.find(({ type, value }) =>
    type === 'url' ? role.uris === undefined || !value.startsWith(role.uris) : !role.anyHost,
  );
  if (forbidden) return failure(400, `subject alternate name ${forbidden.value} not allowed by this role`);
  const from = context.now() - backdatedSeconds * 1000;
  const until = context.now() + Math.min(Number.parseInt(body.data.ttl, 10), role.maxSeconds) * 1000;
  const { certificate, serial } = await certify(pki.issuer, asked.publicKey, {
    names,
    usages: [role.usage],
    notBefore: new Date(from),
    notAfter: new Date(until),
  });
  pki.certificates[serial] = { certificate, revokedAt: null };
  return json(
    200,
    envelope({
      data: {
        certificate,
        issuing_ca: pki.issuer.certificate,
        ca_chain: [pki.issuer.certificate, pki.root],
        serial_number: serial,
        expiration: Math.floor(until / 1000),
      },
    }),
  );
}

export async function readChain({ state, context }: Routed<HoldsPki>): Promise<SimAnswer> {
  const pki = await pkiOf(state, context.now());
  const chain = [pki.issuer.certificate, pki.root].map((each) => each.trim()).join('\n');
  return json(200, envelope({ data: { ca_chain: chain, certificate: chain, revocation_time: 0 } }));
}

export async function revokeCertificate({ request, state, context }: Routed<HoldsPki>): Promise<SimAnswer> {
  const body = Revoke.safeParse(request.body);
  if (!body.success) return failure(400, 'The serial number must be provided');
  const known = (await pkiOf(state, context.now())).certificates[body.data.serial_number];
  if (!known) return failure(400, `certificate with serial ${body.data.serial_number} not found`);
  known.revokedAt ??= context.now();
  return json(
    200,
    envelope({
      data: {
        revocation_time: Math.floor(known.revokedAt / 1000),
        revocation_time_rfc3339: new Date(known.revokedAt).toISOString(),
        state: 'revoked',
      },
    }),
  );
}
