import type { Claims } from '../../shared/access/caller.ts';
import { company } from '../simulators/kit/company.ts';

/** What the lab's identity provider says of its people, by their sign-in; and of somebody without a role. */
export const claimsOf: ReadonlyMap<string, Claims> = new Map(
  [...company.people, { email: 'nobody@rackline.example', name: 'Nora Newcomer', roles: [] }].map(
    ({ email, name, roles, ...places }) => [
      email,
      { iss: 'https://issuer.example', sub: email, email, name, roles, ...places },
    ],
  ),
);
