import { describe, expect, it } from '@jest/globals';
import { addMacs, compareMacs } from '../../../../portal/src/receiving/forms/scan.ts';

describe('scanned addresses', () => {
  it('are understood as labels print them, and each counts once', () => {
    expect(addMacs(['b0:7b:25:00:00:01'], 'B07B25000001, B0-7B-25-00-00-02\nb0:7b:25:00:00:03')).toEqual([
      'b0:7b:25:00:00:01',
      'b0:7b:25:00:00:02',
      'b0:7b:25:00:00:03',
    ]);
  });

  it('stay as they are where they are no addresses, so that the form can say so', () => {
    expect(addMacs([], '12345')).toEqual(['12345']);
  });

  it('are compared with the manifest: how many of its machine, and which are strangers', () => {
    expect(compareMacs(['b0:7b:25:00:00:01', 'ff:ff:ff:00:00:00'], ['B0:7B:25:00:00:01', 'b0:7b:25:00:00:02'])).toEqual(
      { seen: 1, unknown: ['ff:ff:ff:00:00:00'] },
    );
  });
});
