import { beforeEach, describe, expect, it } from '@jest/globals';
import { EdgeSecrets } from '../../../../edge/bmc/secrets.ts';
import { SecretRef, type Credentials } from '../../../../shared/ports/secrets.ts';

const [a, b] = [SecretRef.parse('bmc/srv_1/service'), SecretRef.parse('bmc/srv_2/service')];
let now: number;
let safe: Map<SecretRef, Credentials>;
let asked: SecretRef[][];
let isReachable: boolean;
let secrets: EdgeSecrets;
beforeEach(() => {
  now = 0;
  asked = [];
  isReachable = true;
  safe = new Map([[a, { username: 'rackline', password: 'first' }]]);
  secrets = new EdgeSecrets({
    now: () => now,
    cacheMilliseconds: 1000,
    platform: {
      readSecrets: async (refs) => {
        asked.push([...refs]);
        if (!isReachable) throw new Error('no route to host');
        return new Map(refs.flatMap((ref) => (safe.has(ref) ? [[ref, safe.get(ref)!] as const] : [])));
      },
    },
  });
});

describe('passwords at the edge', () => {
  it('are requested together, and cached for a while', async () => {
    expect(await Promise.all([secrets.read(a), secrets.read(b), secrets.read(a)])).toEqual([
      safe.get(a),
      undefined,
      safe.get(a),
    ]);
    expect(asked).toEqual([[a, b]]);
    now = 999;
    expect(await secrets.read(a)).toMatchObject({ password: 'first' });
    expect(asked).toHaveLength(1);
    now = 1001;
    await secrets.read(a);
    expect(asked).toHaveLength(2);
  });

  it('are requested again after one was refused', async () => {
    await secrets.read(a);
    safe.set(a, { username: 'rackline', password: 'second' });
    secrets.forget(a);
    expect(await secrets.read(a)).toMatchObject({ password: 'second' });
  });

  it('that are old still serve while the platform cannot be asked', async () => {
    await secrets.read(a);
    now = 5000;
    isReachable = false;
    expect(await secrets.read(a)).toMatchObject({ password: 'first' });
    await expect(secrets.read(b)).rejects.toThrow('no route');
  });

  it('are forgotten when they are no longer in the safe', async () => {
    await secrets.read(a);
    safe.delete(a);
    now = 5000;
    expect(await secrets.read(a)).toBeUndefined();
  });
});
