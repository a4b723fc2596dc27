import { describe, expect, it } from '@jest/globals';
import type { Proof } from '../../../../../shared/domain/proofs/proofs.db.ts';
import { proofsForTenant, proofView } from '../../../../../shared/domain/proofs/views.ts';

const minute = (n: number) => `2026-11-02T08:${String(n).padStart(2, '0')}:00.000Z`;
const proof = (kind: Proof['kind'], at: number, evidence: object, voided?: { at: number; reason: string }): Proof => ({
  id: `prf_${kind}_${at}`,
  serverId: 'srv_1',
  kind,
  evidence: { ...evidence },
  madeBy: 'a-step',
  sagaId: 'a-saga',
  stepKey: 'a-step#1',
  madeAt: minute(at),
  voided: voided ? { at: minute(voided.at), by: 'a-step', reason: voided.reason } : null,
});
const drive = {
  name: 'Bay 0',
  knownFrom: ['bmc'],
  method: null,
  category: null,
  evidence: 'read back',
  unverified: [],
};
const erased = {
  serial: 'X1',
  erasureId: null,
  category: 'purge',
  unverified: ['samples'],
  drives: [
    { ...drive, serial: 'S1', outcome: 'erased' },
    { ...drive, serial: 'S2', outcome: 'accounted-for' },
  ],
};
const run = { jobId: '12', playbook: 'harden-server', serial: 'X1', resultSha256: 'a'.repeat(64), result: null };
const handedTo = (tenantId: string) => ({ orderId: 'ord_1', tenantId, secretRef: 'bmc/srv_1/tenant', account: 't-a' });
const atHandOver = { at: 20, reason: 'handed over' };

describe('a proof as staff read it', () => {
  it('says in a sentence what was seen, and what was not verified', () => {
    expect(proofView(proof('erase-verified', 1, erased))).toMatchObject({
      summary: '1 drive erased, purge; 1 no longer in the machine; not verified: samples',
      madeBy: 'a-step',
      evidence: erased,
    });
    expect(proofView(proof('hardened', 1, run)).summary).toBe(
      'playbook harden-server ended well, job 12, result aaaaaaaaaaaa',
    );
  });

  it('says where it was recorded before evidence was kept', () => {
    const before = { recorded: 'before evidence was kept' };
    expect(proofView(proof('firmware-checked', 1, before)).summary).toBe('before evidence was kept');
  });
});

describe('what a tenant reads', () => {
  const proofs = [
    proof('firmware-checked', 30, { recorded: 'before evidence was kept' }),
    proof('handed-over', 20, handedTo('acme')),
    proof('hardened', 11, run, atHandOver),
    proof('erase-verified', 10, erased, atHandOver),
    proof('handed-over', 5, handedTo('globex'), { at: 8, reason: 'the server is SANITIZING: released' }),
    proof('erase-verified', 3, erased, { at: 5, reason: 'handed over' }),
  ];

  it('is what held when the server was handed over, without names of ours and without how', () => {
    expect(proofsForTenant(proofs, 'acme').map(({ kind, madeAt, summary }) => [kind, madeAt, summary])).toEqual([
      ['handed-over', minute(20), null],
      ['hardened', minute(11), null],
      ['erase-verified', minute(10), '1 drive erased, purge; 1 no longer in the machine'],
    ]);
    for (const { madeBy, sagaId, evidence, voided } of proofsForTenant(proofs, 'acme'))
      expect([madeBy, sagaId, evidence, voided]).toEqual([null, null, null, null]);
  });

  it('is nothing of a server that was not handed over to them', () => {
    expect(proofsForTenant(proofs, 'globex')).toEqual([]);
    expect(proofsForTenant(proofs.slice(2), 'acme')).toEqual([]);
  });
});
