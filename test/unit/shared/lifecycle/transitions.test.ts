import { describe, expect, it } from '@jest/globals';
import { wayOf } from '../../../../shared/lifecycle/apply.ts';
import { noDataLeft, proofKinds, untrueAfterTenant, type ProofKind } from '../../../../shared/lifecycle/proof-kinds.ts';
import { specifiedStates, states, type State } from '../../../../shared/lifecycle/states.ts';
import { fitForTenant, transitions } from '../../../../shared/lifecycle/transitions.ts';

interface Place {
  state: State;
  proved: readonly ProofKind[];
  tenant: boolean;
}
const key = (place: Place) => `${place.state} ${[...place.proved].sort().join('+')} ${place.tenant}`;
const terminal: State[] = ['DECOMMISSIONED', 'CANCELLED', 'RETURNED_TO_VENDOR'];
/** Only what some transition asks for makes a difference to where a server can go. */
const asked = new Set(transitions.flatMap(({ requires }) => requires.flat()));

/**
 * Every place reachable from `start`. The tenant comes and goes where the table lets it, and anything may be proved at
 * any time: nothing here leans on the steps to prove in the right order.
 */
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
          each.requires.every((kinds) => kinds.some((kind) => here.proved.includes(kind))),
      )
      .map((each): Place => ({
        state: each.to,
        proved: here.proved.filter((kind) => !each.voids.includes(kind)),
        tenant: each.to === 'ASSIGNED_TO_TENANT' ? true : here.tenant,
      }));
    const tenantLeaves: Place[] = here.tenant ? [{ ...here, tenant: false }] : [];
    const proves = [...asked]
      .filter((kind) => !here.proved.includes(kind))
      .map((kind): Place => ({ ...here, proved: [...here.proved, kind] }));
    for (const next of [...moves, ...tenantLeaves, ...proves].filter(mayPass)) {
      if (seen.has(key(next))) continue;
      seen.set(key(next), next);
      queue.push(next);
    }
  }
  return seen;
}

const beginnings: Place[] = transitions
  .filter((each) => each.from === null)
  .map((each) => ({ state: each.to, proved: [], tenant: each.to === 'IN_SERVICE' }));
const lacks = (kinds: readonly ProofKind[]) => (place: Place) => !kinds.some((kind) => place.proved.includes(kind));

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
      const ends = [...reachable([{ state: state as State, proved: [], tenant: true }]).values()].filter((place) =>
        terminal.includes(place.state),
      );
      expect(ends).not.toEqual([]);
    },
  );

  it.each(terminal)('leads nowhere from %s', (state) => {
    expect(transitions.filter(({ from }) => from === state)).toEqual([]);
  });

  it.each(fitForTenant.map((kinds) => [kinds.join(' or '), kinds] as const))(
    'never leads to READY, from a tenant or from the beginning, without a live proof of %s',
    (_name, kinds) => {
      const start: Place[] = [{ state: 'IN_SERVICE', proved: proofKinds, tenant: true }, ...beginnings];
      const statesOf = (places: Map<string, Place>) => [...places.values()].map(({ state }) => state);
      expect(statesOf(reachable(start))).toContain('READY');
      const withoutIt = start.map((place) => ({
        ...place,
        proved: place.proved.filter((kind) => !kinds.includes(kind)),
      }));
      expect(statesOf(reachable(withoutIt, lacks(kinds)))).not.toContain('READY');
    },
  );

  it.each(['handed-over', 'released', 'decommission-approved'])(
    'voids what a tenant can make untrue when a server is %s',
    (cause) => {
      const ways = transitions.filter((each) => each.cause === cause);
      expect(ways).not.toEqual([]);
      for (const { voids } of ways) expect(untrueAfterTenant.filter((kind) => !voids.includes(kind))).toEqual([]);
    },
  );

  it('takes no proof that a drive is erased from before the server came to be sanitized', () => {
    for (const { from, to, voids } of transitions)
      if (to === 'SANITIZING' && from !== 'PHYSICAL_VALIDATED')
        expect(voids).toEqual(expect.arrayContaining([...noDataLeft]));
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

describe('a transition', () => {
  it.each([
    ['SANITIZING', 'erased', [], "'erased' needs erase-verified"],
    ['SANITIZING', 'erased', ['factory-new'], "'erased' needs erase-verified"],
    [
      'PROVISIONED_TO_VENDOR_TOOL',
      'made-ready',
      ['firmware-checked'],
      "'made-ready' needs erase-verified or factory-new, credentials-rotated",
    ],
    ['DISCOVERED', 'validated', proofKinds.filter((kind) => kind !== 'validated'), "'validated' needs validated"],
    ['ORDERED', 'racked', proofKinds, "nothing called 'racked' can happen in ORDERED"],
  ] as const)('from %s by %s is refused with live proofs of %j', (state, cause, proved, refusal) => {
    expect(wayOf(state, cause, proved, false)).toEqual({ refusal });
  });

  it.each([['factory-new'], ['erase-verified']] as const)('to READY takes %s for drives that hold no data', (kind) => {
    const proved = ['firmware-checked', 'credentials-rotated', kind] as const;
    expect(wayOf('PROVISIONED_TO_VENDOR_TOOL', 'made-ready', proved, false)).toMatchObject({ to: 'READY' });
    expect(wayOf('PROVISIONED_TO_VENDOR_TOOL', 'made-ready', proved, true)).toEqual({
      refusal: "'made-ready' is not possible while a tenant holds it",
    });
  });
});
