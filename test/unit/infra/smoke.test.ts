import { expect, it } from '@jest/globals';
const x: number = 1;
it('runs on the pinned node', () => { expect(process.version.startsWith('v24') && x === 1).toBe(true); });
