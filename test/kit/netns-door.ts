// A way out of a namespace, over a socket in the file system: what connects to 127.0.0.1:PORT in here is led to whoever
// listens on that socket.
//   netns-door.ts PORT SOCKET
import { createServer, connect } from 'node:net';

const [port = '', socket = ''] = process.argv.slice(2);
createServer((inside) => {
  const outside = connect(socket);
  inside.pipe(outside).pipe(inside);
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('open\n'));
