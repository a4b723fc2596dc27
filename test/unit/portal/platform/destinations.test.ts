import { describe, expect, it } from '@jest/globals';
import { destinationsFor, startOf } from '../../../../portal/src/platform/parts/destinations.ts';
import { Caller, type Action } from '../../../../shared/access/caller.ts';
import { claimsOf } from '../../../kit/portal-people.ts';

describe.each([...claimsOf])('%s', (_word, claims) => {
  const caller = new Caller(claims);
  const may = (action: Action) => caller.may(action);
  const links = destinationsFor(may).flatMap((group) => group.links);

  it('is led only where their role may read', () => {
    expect(links.filter(({ needs }) => !may(needs))).toEqual([]);
  });

  it('begins at a page they are led to', () => {
    const start = startOf(caller.roles, may);
    if (links.length === 0) expect(start).toBeUndefined();
    else expect(links.map(({ to }) => to)).toContain(start);
  });
});
