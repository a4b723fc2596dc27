import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBootServer, type BootServer, type BootServerOptions } from '../../../edge/boot/boot-server.ts';
import { fillTftpDirectory, tftpdDefaults } from '../../../edge/boot/tftpd.ts';
import { until } from '../../kit/until.ts';

const content = randomBytes(100_000);
const images = { 'uefi-x64': { kernel: 'vmlinuz', initrd: 'initrd.img', arguments: 'quiet' } };
const mac = '02:00:00:00:00:aa';
const asUefi = (machine = mac) =>
  `/boot.ipxe?mac=${machine.replaceAll(':', '-')}&platform=efi&buildarch=x86_64&serial=ABC%201&uuid=&product=R760`;

let folder: string;
let server: BootServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rackline-boot-server-'));
  for (const name of ['vmlinuz', 'initrd.img']) await writeFile(path.join(folder, name), content);
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<BootServerOptions> = {}) {
  const faults: string[] = [];
  server = await startBootServer({
    host: '127.0.0.1',
    port: 0,
    filesDirectory: folder,
    loadersDirectory: folder,
    images,
    stateOf: () => 'DISCOVERED',
    tokenFor: () => 'token-1',
    onReport: () => Promise.resolve({ status: 204 }),
    onFault: (reason) => faults.push(reason),
    ...options,
  });
  const { url } = server;
  return { url, faults, fetch: (place: string, init?: RequestInit) => fetch(`${url}${place}`, init) };
}

describe('the boot server’s scripts', () => {
  it('lead a machine that has not said who it is to ask again as itself', async () => {
    const { url, fetch } = await start();
    expect(await (await fetch('/boot.ipxe')).text()).toContain(
      `chain --replace --autofree ${url}/boot.ipxe?mac=\${netX/mac:hexhyp}&`,
    );
  });

  it('are those of the machine’s state, and the boot is reported', async () => {
    const asked: unknown[] = [];
    const { fetch } = await start({ onBoot: (request, answer) => asked.push({ ...request, ...answer }) });
    expect(await (await fetch(asUefi())).text()).toContain('the server is DISCOVERED and boots the validation image');
    expect(asked).toEqual([
      {
        mac,
        address: '127.0.0.1',
        architecture: 'uefi-x64',
        serial: 'ABC 1',
        uuid: undefined,
        manufacturer: undefined,
        product: 'R760',
        choice: 'image',
        reason: 'the server is DISCOVERED',
      },
    ]);
  });

  it('make a machine wait while its state cannot be had', async () => {
    const { fetch, faults } = await start({
      stateOf: () => {
        throw new Error('the list is being written');
      },
    });
    expect(await (await fetch(asUefi())).text()).toContain('its state is not known at the moment');
    expect(faults).toEqual([expect.stringContaining('the list is being written')]);
  });

  it('make a machine wait whose MAC is none', async () => {
    const { fetch } = await start();
    expect(await (await fetch('/boot.ipxe?mac=nonsense')).text()).toContain('does not say who it is');
  });

  it('name the address machines reach it by, where that is another than it listens on', async () => {
    const { fetch } = await start({ baseUrl: 'http://10.0.0.1' });
    const script = await (await fetch(asUefi())).text();
    expect(script).toMatch(/^kernel http:\/\/10\.0\.0\.1\/files\/vmlinuz\?/m);
    expect(script).toMatch(/ rackline\.report=http:\/\/10\.0\.0\.1\/report\/token-1\/inventory /);
  });
});

describe('the boot server’s files', () => {
  it('are whole, or the part that was asked for', async () => {
    const { fetch } = await start();
    const whole = await fetch('/files/vmlinuz');
    expect({ status: whole.status, isSame: content.equals(Buffer.from(await whole.arrayBuffer())) }).toEqual({
      status: 200,
      isSame: true,
    });
    const part = await fetch('/files/vmlinuz', { headers: { range: 'bytes=10-19' } });
    expect({
      status: part.status,
      range: part.headers.get('content-range'),
      isSame: content.subarray(10, 20).equals(Buffer.from(await part.arrayBuffer())),
    }).toEqual({ status: 206, range: 'bytes 10-19/100000', isSame: true });
    expect((await fetch('/files/vmlinuz', { headers: { range: 'bytes=100000-' } })).status).toBe(416);
  });

  it('tell their size to UEFI, which asks before it fetches', async () => {
    const { fetch } = await start();
    const { status, headers } = await fetch('/files/vmlinuz', { method: 'HEAD' });
    expect([status, headers.get('content-length'), headers.get('accept-ranges')]).toEqual([200, '100000', 'bytes']);
  });

  it('are sent whole when the part asked for is of another version', async () => {
    const { fetch } = await start();
    expect((await fetch('/files/vmlinuz', { headers: { range: 'bytes=10-19', 'if-range': '"another"' } })).status).toBe(
      200,
    );
  });

  it('are only those in the folder itself', async () => {
    const { fetch } = await start();
    await writeFile(path.join(folder, '.hidden'), 'secret');
    await mkdir(path.join(folder, 'more'));
    await symlink('/etc/passwd', path.join(folder, 'link'));
    for (const name of ['..%2fpasswd', '%2e%2e', '.hidden', 'more', 'link', 'absent', 'x'.repeat(300), '%00', 'a/b'])
      expect([name, (await fetch(`/files/${name}`)).status]).toEqual([name, 404]);
  });

  it('cannot be written', async () => {
    const { fetch } = await start();
    expect((await fetch('/files/vmlinuz', { method: 'PUT', body: 'x' })).status).toBe(405);
  });

  it('survive a machine that goes away in the middle and free its place; loaders are never refused', async () => {
    await writeFile(path.join(folder, 'initrd.img'), Buffer.alloc(64 << 20));
    const { url, fetch, faults } = await start({ transfers: 1 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`GET /files/initrd.img?mac=${mac} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await new Promise((resolve) => {
      socket.once('data', resolve);
    });
    await writeFile(path.join(folder, 'ipxe.efi'), content);
    expect((await fetch('/files/vmlinuz?mac=02:00:00:00:00:bb')).status).toBe(503);
    expect((await fetch('/files/ipxe.efi')).status).toBe(200);
    socket.destroy();
    await until(
      'the machine to get its own place back',
      async () => (await fetch(`/files/vmlinuz?mac=${mac}`, { method: 'GET' })).status === 200,
    );
    expect(faults).toEqual([]);
  });
});

describe('TFTP', () => {
  const aPackage = async () => {
    const ipxe = path.join(folder, 'ipxe');
    await mkdir(ipxe);
    for (const name of ['ipxe.efi', 'undionly.kpxe', 'ipxe.iso']) await writeFile(path.join(ipxe, name), name);
    return ipxe;
  };

  it('has the loaders and nothing else', async () => {
    expect(await fillTftpDirectory(path.join(folder, 'tftp'), await aPackage())).toEqual(['bios-x86', 'uefi-x64']);
    expect((await readdir(path.join(folder, 'tftp'))).sort()).toEqual(['ipxe.efi', 'undionly.kpxe']);
  });

  it('can be read by everybody, however little the agent shares otherwise', async () => {
    const ipxe = await aPackage();
    const before = process.umask(0o077);
    try {
      await fillTftpDirectory(path.join(folder, 'tftp'), ipxe);
    } finally {
      process.umask(before);
    }
    const modes = await Promise.all(
      ['.', 'ipxe.efi'].map(async (name) => (await stat(path.join(folder, 'tftp', name))).mode & 0o777),
    );
    expect(modes).toEqual([0o755, 0o644]);
  });

  it('says where iPXE has to come from when there is none', async () => {
    await expect(fillTftpDirectory(path.join(folder, 'tftp'), path.join(folder, 'absent'))).rejects.toThrow(
      /apt-get install ipxe/,
    );
  });

  it('is configured for Debian’s own service', () => {
    expect(tftpdDefaults({ address: '10.0.0.1', directory: '/srv/tftp' })).toContain(
      'TFTP_ADDRESS="10.0.0.1:69"\nTFTP_OPTIONS="--secure',
    );
  });
});
