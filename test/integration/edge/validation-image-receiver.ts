// Stands inside a network namespace, where the image can reach it: writes down what is posted, one JSON object a line,
// and hands out the job that lies in a file, once.
//   validation-image-receiver.ts HOST PORT JOB-FILE
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';

const [host = '', port = '', jobFile = ''] = process.argv.slice(2);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      if (request.method === 'GET') {
        response.end(existsSync(jobFile) ? readFileSync(jobFile) : '');
        rmSync(jobFile, { force: true });
      } else {
        console.log(JSON.stringify({ url: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) }));
        response.writeHead(204).end();
      }
    });
}).listen(Number(port), host, () => console.log('listening'));
