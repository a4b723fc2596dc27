import { createServer } from 'node:net';

/** Linux and Windows answer on all of 127.0.0.0/8; macOS only on 127.0.0.1. */
export const hasLoopbackNetwork = process.platform !== 'darwin';

/** The n-th address of the prefix's upper half, which is leased freely; the lower half is for reservations. */
export function leasedHost(prefix: string, n: number): string {
  const [network = '', length = '16'] = prefix.split('/');
  const value = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + 2 ** (31 - Number(length)) + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
  });
