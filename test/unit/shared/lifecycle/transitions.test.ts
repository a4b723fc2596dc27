import { describe, expect, it } from '@jest/globals';
import { specifiedStates, states, type State } from '../../../../shared/lifecycle/states.ts';
import { proofs, transitions, type Proof } from '../../../../shared/lifecycle/transitions.ts';

interface Place {
  state: State;
  proofs: readonly Proof[];
  tenant: boolean;
}
const key = (place: Place) => `${place.state} ${[...place.proofs].sort().join('+')} ${place.tenant}`;
const terminal: State[] = ['DECOMMISSIONED', 'CANCELLED', 'RETURNED_TO_VENDOR'];

/** Every place reachable from `start`; the tenant comes and goes where the table lets it. */
function reachable(start: readonly Place[], mayPass: (to: Place) => boolean = () => true): Map<string, Place> {
  const seen = new Map(start.map((place) => [key(place), place]));
  const queue = [...start];
  for (let place = queue.shift(); place; place = queue.shift()) {
    const here = place;
    const moves = transitions
      .filter(
        (each) =>
          each.from === here.state &&
          (each.tenant === 'any' || (each.tenant === 'held') === here.tenant) &&
          each.requires.every((proof) => here.proofs.includes(proof)),
      )
      .map((each): Place => ({
        state: each.to,
        proofs: [...new Set([...here.proofs.filter((proof) => !each.voids.includes(proof)), ...each.proves])],
        tenant: each.to === 'ASSIGNED_TO_TENANT' ? true : here.tenant,
      }));
    const tenantLeaves: Place[] = here.tenant ? [{ ...here, tenant: false }] : [];
    for (const next of [...moves, ...tenantLeaves].filter(mayPass)) {
      if (seen.has(key(next))) continue;
      seen.set(key(next), next);
      queue.push(next);
    }
  }
  return seen;
}

const beginnings: Place[] = transitions
  .filter((each) => each.from === null)
  .map((each) => ({ state: each.to, proofs: each.proves, tenant: each.to === 'IN_SERVICE' }));

describe('the lifecycle table', () => {
  it("knows the specification's 22 states and three more ends and one wash between tenants", () => {
    expect(specifiedStates).toHaveLength(22);
    expect(
      Object.keys(states)
        .filter((state) => !specifiedStates.includes(state as never))
        .sort(),
    ).toEqual(['CANCELLED', 'RETURNED_TO_VENDOR', 'SANITIZING']);
  });

  it('lets a server reach every state', () => {
    const reached = new Set([...reachable(beginnings).values()].map(({ state }) => state));
    expect([...reached].sort()).toEqual(Object.keys(states).sort());
  });

  it.each(Object.keys(states).filter((state) => !terminal.includes(state as State)))(
    'leads from %s to an end',
    (state) => {
      const ends = [...reachable([{ state: state as State, proofs: [], tenant: true }]).values()].filter((place) =>
        terminal.includes(place.state),
      );
      expect(ends).not.toEqual([]);
    },
  );

  it.each(terminal)('leads nowhere from %s', (state) => {
    expect(transitions.filter(({ from }) => from === state)).toEqual([]);
  });

  it('never leads from a tenant to READY without an erase proof, a firmware check and fresh BMC credentials', () => {
    const touchedByTenant: Place = { state: 'IN_SERVICE', proofs: [], tenant: true };
    const readyAgain = [...reachable([touchedByTenant]).values()].filter(({ state }) => state === 'READY');
    expect(readyAgain.length).toBeGreaterThan(0);
    for (const place of readyAgain) expect([...place.proofs].sort()).toEqual([...proofs].sort());
    for (const proof of proofs) {
      const without = reachable([touchedByTenant], (place) => !place.proofs.includes(proof));
      expect([...without.values()].map(({ state }) => state)).not.toContain('READY');
    }
  });

  it('voids every proof when a tenant takes over', () => {
    const handedOver = transitions.filter(({ cause }) => cause === 'handed-over');
    expect(handedOver.map(({ voids }) => voids)).toEqual([proofs]);
  });

  it('has one meaning for each cause in each state', () => {
    const meanings = transitions.map(({ from, cause, tenant }) => `${from} ${cause} ${tenant}`);
    expect(new Set(meanings).size).toBe(meanings.length);
    const split = transitions.filter((each) =>
      transitions.some((other) => other !== each && other.from === each.from && other.cause === each.cause),
    );
    for (const each of split) expect(each.tenant).not.toBe('any');
  });
});
