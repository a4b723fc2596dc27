// `npm run --silent token -- <sign-in>`: prints an access token of one of the lab's people, for scripts.
import { publicUrl, readSettings } from '../../shared/wiring/settings.ts';
import { company, takeToken } from './lab.ts';
import { applySettingsFile } from './settings-file.ts';

try {
  console.log(await tokenOf(process.argv[2]));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Throws, saying what to do, where there is nobody to give a token to or nobody to give it. */
async function tokenOf(signIn: string | undefined): Promise<string> {
  applySettingsFile();
  const settings = readSettings();
  const known = company.people.map(({ email }) => `  ${email}`).join('\n');
  const issuer = settings.systems.get('oidc')?.address;
  if (issuer !== undefined)
    throw new Error(`People sign in at ${issuer}: tokens come from there. This command knows the lab's people only.`);
  if (signIn === undefined) throw new Error(`Whose token? npm run --silent token -- <sign-in>, with one of:\n${known}`);
  if (!company.people.some(({ email }) => email === signIn))
    throw new Error(`Nobody signs in as ${signIn}. The lab knows:\n${known}`);
  await mustAnswer('The platform', `${publicUrl(settings)}/healthz`, 'PORT');
  const lab = `http://127.0.0.1:${settings.LAB_PORT}`;
  await mustAnswer('The lab', `${lab}/lab/faults`, 'LAB_PORT');
  return takeToken(`${lab}/oidc`, signIn);
}

async function mustAnswer(who: string, url: string, setting: string): Promise<void> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(5000) });
  } catch (cause) {
    throw new Error(
      `${who} does not answer at ${new URL(url).origin}. Start it with npm start; where it listens on ` +
        `another port, set ${setting}.`,
      { cause },
    );
  }
}
