import { describe, expect, it } from '@jest/globals';
import { topics } from '../../../../shared/domain/catalogue.ts';
import { states, stages, type State, type StateInfo } from '../../../../shared/lifecycle/states.ts';
import { causesFrom } from '../../../../shared/lifecycle/transitions.ts';

const all = Object.entries(states) as [State, StateInfo][];
const ends = ['DECOMMISSIONED', 'CANCELLED', 'RETURNED_TO_VENDOR'];
/** Where a server may stay as long as nobody wants anything of it. */
const rests = ['RECEIVED', 'READY', 'IN_SERVICE'];

describe('every state', () => {
  it.each(all)('%s has a way out and a time limit, or is an end, or a rest', (state, { leaveWithin, owner }) => {
    expect(causesFrom(state).length === 0).toBe(ends.includes(state));
    expect(leaveWithin === null).toBe(ends.includes(state) || rests.includes(state));
    if (!ends.includes(state) && state !== 'READY') expect(owner).not.toBe('nobody');
  });

  it.each(all)('%s has an event of its own, in a stage that exists', (_state, { topic, stage }) => {
    expect(topics).toContain(topic);
    expect(stages).toContain(stage);
    expect(all.filter(([, each]) => each.topic === topic)).toHaveLength(1);
  });
});
