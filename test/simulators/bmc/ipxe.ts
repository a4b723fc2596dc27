// As much of iPXE as our scripts use (https://ipxe.org/scripting). Where it is in its script is plain JSON, so that a
// machine that waits goes on waiting when the lab is started again.

export interface IpxeState {
  lines: string[];
  /** The next line. */
  at: number;
  kernelArguments?: string;
}

/** What the script came to: it waits, starts a kernel, or gives the machine back to its firmware. */
export type IpxeOutcome =
  | { kind: 'sleeps'; seconds: number }
  | { kind: 'boots'; arguments: string }
  | { kind: 'exits' };

/** Fetches a file whole; undefined where it is not to be had. */
export type FetchText = (url: string) => Promise<string | undefined>;

/** Before any script iPXE has only the address that DHCP gave it. */
export const chainTo = (url: string): IpxeState => ({
  lines: ['#!ipxe', ':again', `chain ${url} ||`, 'sleep 10', 'goto again'],
  at: 0,
});

/** Lines without a pause between them: more of them go round in a circle. */
const mostLines = 200;

/**
 * Runs the script on from where it is. `settings` are what `${…}` stands for; a name that is not there is empty, as in
 * iPXE.
 */
export async function runIpxe(
  state: IpxeState,
  settings: Readonly<Record<string, string>>,
  fetchText: FetchText,
): Promise<IpxeOutcome> {
  for (let count = 0; count < mostLines; count++) {
    const line = state.lines[state.at++];
    if (line === undefined) return { kind: 'exits' };
    const expanded = line.trim().replace(/\$\{([^}]*)\}/g, (_whole, name: string) => settings[name] ?? '');
    if (expanded === '' || expanded.startsWith('#') || expanded.startsWith(':')) continue;
    // `a || b`: what follows is done when what is before it failed. An empty one does nothing, well.
    for (const command of expanded.split('||').map((part) => part.trim())) {
      const outcome = await run(state, command, fetchText);
      if (typeof outcome === 'object') return outcome;
      if (outcome) break;
    }
  }
  throw new Error(`This iPXE script goes round in a circle:\n${state.lines.join('\n')}`);
}

/** True where it succeeded. A command that iPXE does not have ends the lab's patience: our script is wrong. */
async function run(state: IpxeState, command: string, fetchText: FetchText): Promise<IpxeOutcome | boolean> {
  const [name = '', ...words] = command.split(/\s+/);
  const url = words.find((word) => /^https?:/.test(word)) ?? '';
  switch (name) {
    case '':
    case 'echo':
    case 'imgfree':
      return true;
    case 'sleep':
      return { kind: 'sleeps', seconds: Number(words[0]) };
    case 'exit':
      return { kind: 'exits' };
    case 'sanboot':
      return { kind: 'exits' };
    case 'boot':
      return state.kernelArguments === undefined ? false : { kind: 'boots', arguments: state.kernelArguments };
    case 'goto': {
      const label = state.lines.indexOf(`:${words[0]}`);
      if (label < 0) throw new Error(`This iPXE script has no label '${words[0]}':\n${state.lines.join('\n')}`);
      state.at = label;
      return true;
    }
    case 'kernel':
    case 'initrd': {
      if ((await fetchText(url)) === undefined) return false;
      if (name === 'kernel') state.kernelArguments = words.slice(words.indexOf(url) + 1).join(' ');
      return true;
    }
    case 'chain': {
      const script = await fetchText(url);
      if (!script?.startsWith('#!ipxe')) return false;
      state.lines = script.split('\n');
      state.at = 0;
      return true;
    }
    default:
      throw new Error(`iPXE knows no '${command}'.`);
  }
}
