// `npm run edge -- --version 1.4.0 --key release-key.pem [--out folder]`: the agent as one file, signed. Prints what
// PUT /api/v1/edge/releases/{datacenter} takes, but for the url.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Rolldown } from 'vite';
import { fileOf } from '../../edge/update/release.ts';
import { AgentVersion } from '../../shared/domain/edge/agents.api.ts';
import { signRelease } from './sign-release.ts';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * The agent of this checkout and all it stands on, but for Node, as one module. The same sources give the same bytes.
 */
async function bundleAgent(version: string): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { RACKLINE_EDGE_VERSION: JSON.stringify(version) },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: path.join(root, 'edge/main.ts'),
      write: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [{ output }] = [result].flat() as [Rolldown.RolldownOutput];
  const [chunk, ...others] = output;
  if (others.length > 0)
    throw new Error(
      `The agent did not become one file: there are also ${others.map(({ fileName }) => fileName).join(', ')}.`,
    );
  return chunk.code;
}

try {
  const { values } = parseArgs({
    options: { version: { type: 'string' }, key: { type: 'string' }, out: { type: 'string', default: 'dist/edge' } },
  });
  if (values.version === undefined || values.key === undefined)
    throw new Error('Usage: npm run edge -- --version 1.4.0 --key release-key.pem [--out folder]');
  const version = AgentVersion.parse(values.version);
  const code = await bundleAgent(version);
  const release = signRelease(code, version, readFileSync(values.key, 'utf8'));
  mkdirSync(values.out, { recursive: true });
  const file = path.join(values.out, fileOf(version));
  writeFileSync(file, code);
  console.log(JSON.stringify({ file, ...release }, null, 2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
