// A process that answers over HTTP until it is told to hang; then its event loop stands still for good.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.end(String(process.pid));
  if (request.url === '/hang')
    response.on('finish', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`),
);
process.on('SIGTERM', () => process.exit(0));
