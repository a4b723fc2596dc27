import { expect, it } from '@jest/globals';
import { tone } from '../../../../portal/src/ui/tones.ts';
import { Condition, states } from '../../../../shared/lifecycle/states.ts';

it('shows a server that nobody can use as good only when it is at its goal', () => {
  expect(Object.keys(states).filter((state) => tone(state) === 'good')).toEqual(['READY', 'IN_SERVICE']);
});

it('shows every condition but working as something to look at', () => {
  expect(Condition.options.filter((condition) => !['waiting', 'bad'].includes(tone(condition)))).toEqual(['working']);
});
