import type { Area } from '../../shared/http/area.ts';
import { listServers } from './list-servers.http.ts';
import { readServer } from './read-server.http.ts';
import { revealCredentials } from './reveal-credentials.http.ts';

export const delivery: Area = { endpoints: [listServers, readServer, revealCredentials] };
