import { describe, expect, it } from '@jest/globals';
import { blocked, credentialsBlocked } from '../../../../portal/src/ui/may-do.ts';
import { states } from '../../../../shared/lifecycle/states.ts';
import { causesFrom } from '../../../../shared/lifecycle/transitions.ts';

const everything = () => true;

describe('what may be done with a server', () => {
  it.each(Object.keys(states) as (keyof typeof states)[])('in %s is what the lifecycle allows', (state) => {
    expect(blocked('maintain', state, everything) === null).toBe(causesFrom(state).includes('maintenance-started'));
    expect(blocked('decommission', state, everything) === null).toBe(
      causesFrom(state).includes('decommission-proposed'),
    );
  });

  it('says which state it takes', () => {
    expect(blocked('maintain', 'READY', everything)).toBe('Needs a server that is “In service”; this one is “Ready”.');
  });

  it('says that it is the role where it is the role', () => {
    expect(blocked('maintain', 'IN_SERVICE', () => false)).toBe('Your role does not include this.');
    expect(credentialsBlocked('IN_SERVICE', () => false)).toBe('Your role does not show credentials.');
  });

  it('shows credentials only while a tenant works with the server', () => {
    expect(Object.keys(states).filter((state) => credentialsBlocked(state, everything) === null)).toEqual([
      'IN_SERVICE',
      'MAINTENANCE',
    ]);
  });
});
