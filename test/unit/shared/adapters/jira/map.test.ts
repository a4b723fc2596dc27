import { describe, expect, it } from '@jest/globals';
import { closingTransition, issueAbout, labelOf, toDocument, toText } from '../../../../../shared/adapters/jira/map.ts';

describe("Jira's words", () => {
  it('carries text there and back', () => {
    const text = 'First line\nsecond line\n\nA new paragraph.';
    expect(toText(toDocument(text))).toBe(text);
  });

  it('reads through kinds of node it does not know, and through what is no document', () => {
    expect(toText({ type: 'doc', content: [{ type: 'panel', content: [{ type: 'mention', text: '@ops' }] }] })).toBe(
      '@ops',
    );
    expect(toText('plain')).toBe('');
  });

  it('makes a label without spaces of any fault id', () => {
    expect(labelOf('fan 3/left')).toBe('rackline-fan-3-left');
  });

  it('takes only the issue that says itself to be about the fault', () => {
    const issues = [
      { key: 'A-1', properties: { 'rackline.fault': 'other' } },
      { key: 'A-2', properties: { 'rackline.fault': 'mine' } },
      { key: 'A-3' },
    ];
    expect(issueAbout({ issues }, 'mine')).toBe('A-2');
    expect(issueAbout({}, 'mine')).toBeUndefined();
  });

  it('finds the way to an end by its category, whatever the workflow calls it', () => {
    expect(
      closingTransition({
        transitions: [
          { id: '5', name: 'Escalate', to: { statusCategory: { key: 'indeterminate' } } },
          { id: '9', name: 'Abgeschlossen', to: { statusCategory: { key: 'done' } } },
        ],
      }),
    ).toBe('9');
    expect(closingTransition({ transitions: [{ id: '5' }] })).toBeUndefined();
  });
});
