// A platform as a program of its own, for an agent inside a namespace: says which environment an agent needs, writes
// every event it takes as one JSON line, and has the servers that lie in a file (read anew on SIGHUP).
//   netns-platform.ts SERVERS-FILE AGENT-FOLDER DATACENTER MANAGEMENT-PREFIX
import { readFileSync } from 'node:fs';
import { ExpectedServers } from '../../shared/domain/edge/edge.api.ts';
import { PretendPlatform } from '../integration/edge/kit.ts';

const [file = '', folder = '', datacenter = '', prefix = ''] = process.argv.slice(2);
const platform = new PretendPlatform();
function readServers(): void {
  const text = readFileSync(file, 'utf8');
  platform.servers = ExpectedServers.parse(JSON.parse(text)).servers;
  platform.etag = `"${Buffer.from(text).toString('base64url').slice(-60)}-${text.length}"`;
}
readServers();
process.on('SIGHUP', readServers);
platform.configuration = { managementPrefixes: [prefix], pullSeconds: 1 };
platform.onTaken = (events) => events.forEach((event) => process.stdout.write(`${JSON.stringify(event)}\n`));
await platform.listen();
process.stdout.write(`environment ${JSON.stringify(platform.environment(folder, datacenter))}\n`);
