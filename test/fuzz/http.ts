import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ComputerSystem } from '../../shared/adapters/redfish/contract.ts';
import { createHttp } from '../../shared/kernel/http-client/client.ts';
import { builtTree } from './bmc-tree.ts';
import { mutateText, type Random } from './mutate.ts';

// Answers that are no proper HTTP, or proper HTTP with the wrong things in it, over a real connection.

const body = JSON.stringify(builtTree['/redfish/v1/Systems/1']);
const gzipped = gzipSync(body).toString('latin1');
const head = (status: string, ...headers: string[]) =>
  `HTTP/1.1 ${status}\r\n${headers.map((each) => `${each}\r\n`).join('')}connection: close\r\n\r\n`;
const json = 'content-type: application/json';

/** What a BMC may do to us, unmutated. */
const answers: readonly string[] = [
  head('200 OK', json, `content-length: ${body.length}`) + body,
  head('200 OK', json, `content-length: ${body.length + 500}`) + body, // cut off
  head('200 OK', 'content-type: text/html', `content-length: ${body.length}`) + body,
  head('200 OK', `content-length: 0`),
  head('200 OK', json) + '<html><body>Session expired</body></html>',
  head('200 OK', json, 'transfer-encoding: chunked') + `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  head('200 OK', json, 'transfer-encoding: chunked') + `ffffff\r\n${body}`,
  head('200 OK', json, 'content-encoding: gzip', `content-length: ${gzipped.length}`) + gzipped,
  head('200 OK', json, 'content-encoding: gzip', `content-length: ${body.length}`) + body, // not at all
  head('308 Permanent Redirect', 'location: /redfish/v1/Systems/1'),
  head('302 Found', 'location: https://bmc.invalid/'),
  head('302 Found', 'location: http://[::1'),
  head('503 Service Unavailable', 'retry-after: 99999999999999999999') + '{"error":',
  head('401 Unauthorized', 'www-authenticate: Basic'),
  head('403 Forbidden', json) + '<html>no</html>',
  head('204 No Content', `content-length: 10`),
  head('100 Continue') + head('200 OK', json, `content-length: ${body.length}`) + body,
  '',
  'SSH-2.0-dropbear\r\n',
  'HTTP/0.9\r\n\r\n',
  '\r\n'.repeat(1000),
];

/** One of them, as it is or changed; as bytes, each a character. */
export const wrongBytes = (random: Random): string =>
  random.below(4) === 0 ? random.pick(answers) : mutateText(random.pick(answers), random);

let said = '';
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => socket.end(Buffer.from(said, 'latin1')));
});
let baseUrl: string | undefined;

/** Asks a server that answers so; ends in time whatever it says. */
export async function readBytes(bytes: string): Promise<void> {
  if (baseUrl === undefined) {
    server.listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  said = bytes;
  const http = createHttp({ system: 'redfish', baseUrl, retries: 0, timeoutMilliseconds: 300 });
  await http.send({
    method: 'GET',
    path: '/redfish/v1/Systems/1',
    isOnNewConnection: true,
    answers: { 200: ComputerSystem },
  });
  const stream = await http.stream({ path: '/events', signal: AbortSignal.timeout(300), silenceMilliseconds: 200 });
  for await (const _chunk of stream) continue;
}
