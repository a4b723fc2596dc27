import { describe, expect, it, jest } from '@jest/globals';
import { basicAuthorization, keepLogin, type Login } from '../../../../../shared/kernel/http-client/session.ts';

const aClock = () => {
  let at = 0;
  return { now: () => at, pass: (seconds: number) => void (at += seconds * 1000) };
};
const numbered = (expiresInSeconds?: number) => {
  let count = 0;
  return jest.fn(async (): Promise<Login> => ({
    headers: { token: `login-${++count}` },
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
  }));
};

describe('one login for all calls', () => {
  it('is taken once by calls that arrive together, and kept', async () => {
    const logIn = numbered();
    const login = keepLogin(logIn, { clock: aClock() });
    await expect(Promise.all([login.headers(), login.headers()])).resolves.toEqual([
      { token: 'login-1' },
      { token: 'login-1' },
    ]);
    await login.headers();
    expect(logIn).toHaveBeenCalledTimes(1);
  });

  it('is taken again shortly before it ends', async () => {
    const clock = aClock();
    const login = keepLogin(numbered(1000), { clock });
    await login.headers();
    clock.pass(899);
    await expect(login.headers()).resolves.toEqual({ token: 'login-1' });
    clock.pass(2);
    await expect(login.headers()).resolves.toEqual({ token: 'login-2' });
  });

  it('is taken again when it was refused, once for all who found so', async () => {
    const logIn = numbered();
    const login = keepLogin(logIn, { clock: aClock() });
    await login.headers();
    await Promise.all([login.renew?.(), login.renew?.(), login.renew?.()]);
    await expect(login.headers()).resolves.toEqual({ token: 'login-2' });
    expect(logIn).toHaveBeenCalledTimes(2);
  });

  it('is tried again by the next call after it failed', async () => {
    const logIn = numbered();
    logIn.mockRejectedValueOnce(new Error('no answer'));
    const login = keepLogin(logIn, { clock: aClock() });
    await expect(login.headers()).rejects.toThrow('no answer');
    await expect(login.headers()).resolves.toEqual({ token: 'login-1' });
  });
});

it('writes name and password as Basic wants them', () => {
  expect(basicAuthorization('a', 'b:ü')).toBe(`Basic ${Buffer.from('a:b:ü').toString('base64')}`);
});
