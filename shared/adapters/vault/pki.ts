import { z } from 'zod';
import { readRequest } from '../../kernel/certificate-request.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { CertificateAuthority } from '../../ports/certificate-authority.ts';
import { ChainAnswer, ErrorAnswer, SignAnswer } from './contract.ts';
import { openVault, type VaultReach } from './open-vault.ts';
import { complaintAbout, toChain, toSigned } from './pki-map.ts';

export interface VaultPkiOptions extends VaultReach {
  /** Where the PKI engine is mounted. */
  mount: string;
  /** Under which role it signs: its limits stand there. The role must take names from us (`use_csr_sans=false`). */
  role: string;
}

/** The certificate authority in Vault's PKI engine. */
export function createVaultPki(options: VaultPkiOptions): CertificateAuthority {
  const { mount, role } = options;
  const http = openVault(options);

  const revoke = async (serial: string): Promise<void> => {
    const { status, body } = await http.send({
      method: 'POST',
      path: `v1/${mount}/revoke`,
      body: { serial_number: serial },
      answers: { 200: z.unknown(), 400: ErrorAnswer },
      repeatable: true,
    });
    if (status === 200 || isForgotten(body.errors)) return;
    throw new AppError({
      code: 'vault.refused',
      kind: 'bug',
      publicMessage: `Vault refused to revoke the certificate ${serial}: ${body.errors.join('; ')}.`,
    });
  };

  return {
    sign: async ({ request, names, lifetimeSeconds }) => {
      const key = readRequest(request);
      const { status, body } = await http.send({
        method: 'POST',
        path: `v1/${mount}/sign/${role}`,
        body: {
          csr: request,
          format: 'pem',
          ttl: `${lifetimeSeconds}s`,
          uri_sans: names.uris ?? [],
          alt_names: (names.hosts ?? []).join(','),
          ip_sans: names.addresses ?? [],
          exclude_cn_from_sans: true,
        },
        answers: { 200: SignAnswer, 400: ErrorAnswer },
        repeatable: true, // once more is one certificate more, which nobody gets to see
      });
      if (status === 400)
        throw new AppError({
          code: 'vault.refused',
          kind: 'bug',
          publicMessage: `Vault refused to sign under the role ${role} of ${mount}: ${body.errors.join('; ')}.`,
        });
      const signed = toSigned(body);
      const complaint = complaintAbout(signed, key, names);
      if (complaint === undefined) return signed;
      await revoke(signed.serial);
      throw new AppError({
        code: 'vault.wrong-certificate',
        kind: 'bug',
        publicMessage:
          `The certificate that Vault signed is not the one asked for: ${complaint}. The role ${role} of ` +
          `${mount} must have use_csr_sans=false and use_csr_common_name=false.`,
      });
    },
    chain: async () =>
      toChain(
        (
          await http.send({
            method: 'GET',
            path: `v1/${mount}/cert/ca_chain`,
            answers: { 200: ChainAnswer },
            authenticated: false,
          })
        ).body,
      ),
    revoke,
  };
}

/** Vault tidies away certificates that are over. */
const isForgotten = (errors: readonly string[]): boolean => errors.some((error) => error.includes('not found'));
