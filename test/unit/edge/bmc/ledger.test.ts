import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLedger } from '../../../../edge/bmc/ledger.ts';

let folder: string;
let ledger: CommandLedger;
const file = () => path.join(folder, 'commands.db');
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-ledger-'));
  ledger = new CommandLedger(file());
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

const begin = (id: string, fence: number, server = 'srv-1') => ledger.begin({ id, fence, server, now: 1 });

describe('the ledger of writes', () => {
  it('lets each begin once, also after a restart', () => {
    expect(begin('c1', 1)).toBe('begun');
    expect(begin('c1', 1)).toBe('again');
    ledger.close();
    ledger = new CommandLedger(file());
    expect(begin('c1', 1)).toBe('again');
  });

  it('never lets an earlier one begin after a later one at the same controller', () => {
    expect(begin('c2', 2)).toBe('begun');
    expect(begin('c1', 1)).toBe('stale');
    expect(begin('c3', 1, 'srv-2')).toBe('begun');
  });

  it('knows after a restart what was begun and not ended', () => {
    begin('c1', 1);
    begin('c2', 2, 'srv-2');
    ledger.end('c1', 5);
    ledger.close();
    ledger = new CommandLedger(file());
    expect(ledger.brokenOff()).toEqual([{ id: 'c2', server: 'srv-2' }]);
  });

  it('forgets what ended long ago, and keeps the fence', () => {
    begin('c5', 5);
    ledger.end('c5', 10);
    ledger.forget(11);
    expect(begin('c5', 5)).toBe('begun'); // nobody would ask for it any more
    expect(begin('c4', 4)).toBe('stale');
  });

  it('is one process’s own: a second agent on the same folder does not start', () => {
    expect(() => new CommandLedger(file())).toThrow(expect.objectContaining({ code: 'edge.folder-taken' }));
  });
});
