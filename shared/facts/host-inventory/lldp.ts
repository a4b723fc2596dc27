import { z } from 'zod';
import { anyOf, known, said } from '../said.ts';
import type { Neighbour, ServerFacts } from '../server.ts';
import { unreadable } from './unreadable.ts';

/**
 * What LLDP heard, from `lldpcli -f json0`, `-f json`, `-f keyvalue` or `lldptool -t -n -i <port>`. The last
 * speaks of one port and does not name it: `localPort` does. Ports where nothing was heard are not listed.
 */
export function readLldp(output: string, localPort = 'unknown'): ServerFacts {
  const neighbours = output.trimStart().startsWith('{')
    ? fromJson(output)
    : /^Chassis ID TLV$/m.test(output)
      ? [fromLldptool(output, localPort)]
      : fromKeyValue(output);
  return known<ServerFacts>({ source: 'lldp', identity: {}, neighbours: anyOf(neighbours) });
}

/** `json0` wraps everything into arrays and `{value}`; `json` keys interfaces and chassis by name instead. */
function fromJson(output: string): Neighbour[] {
  let root: unknown;
  try {
    root = JSON.parse(output);
  } catch (cause) {
    throw unreadable('lldpcli', 'its JSON is broken', output, cause);
  }
  const lldp = first(member(root, 'lldp'));
  if (lldp === undefined) throw unreadable('lldpcli', "there is no 'lldp' in its JSON", output);
  return named(member(lldp, 'interface')).map(({ name, value }) => {
    const chassis = named(member(value, 'chassis'))[0];
    const port = first(member(value, 'port'));
    return known<Neighbour>({
      localPort: name ?? 'unknown',
      systemName: said(chassis?.name),
      chassisId: said(valueOf(member(chassis?.value, 'id'))),
      portId: said(valueOf(member(port, 'id'))),
      portDescription: said(valueOf(member(port, 'descr'))),
    });
  });
}

/** lldpd's own names for the kinds a port or chassis id can be of. */
const idKinds = ['ifname', 'local', 'mac', 'ip', 'ifalias', 'unhandled'];

/** `lldp.eth0.chassis.name=leaf1`: one line per fact; a repeated `rid` begins another neighbour on that port. */
function fromKeyValue(output: string): Neighbour[] {
  const heard: { port: string; facts: Map<string, string> }[] = [];
  const latest = new Map<string, (typeof heard)[number]>();
  for (const line of output.split(/\r?\n/)) {
    const [, port, key, value] = /^lldp\.([^.=]+(?:\.\d+)?)\.([^=]+)=(.*)$/.exec(line) ?? [];
    if (!port || !key) continue;
    let entry = latest.get(port);
    if (!entry || (key === 'via' && entry.facts.has('via'))) {
      entry = { port, facts: new Map() };
      heard.push(entry);
      latest.set(port, entry);
    }
    if (!entry.facts.has(key)) entry.facts.set(key, value ?? '');
  }
  if (heard.length === 0 && output.trim()) throw unreadable('lldpcli', "no line begins with 'lldp.<port>.'", output);
  return heard.map(({ port, facts }) => {
    const id = (of: string) => idKinds.map((kind) => facts.get(`${of}.${kind}`)).find((each) => said(each));
    return known<Neighbour>({
      localPort: port,
      systemName: said(facts.get('chassis.name')),
      chassisId: said(id('chassis')),
      portId: said(id('port')),
      portDescription: said(facts.get('port.descr')),
    });
  });
}

/** Each TLV's name stands at the margin, what it says is indented below. */
function fromLldptool(output: string, localPort: string): Neighbour {
  const tlv = (name: string) => said(new RegExp(`^${name} TLV\\n\\s+(?:[A-Za-z ]+: )?(.*)$`, 'm').exec(output)?.[1]);
  return known<Neighbour>({
    localPort,
    systemName: tlv('System Name'),
    chassisId: tlv('Chassis ID'),
    portId: tlv('Port ID'),
    portDescription: tlv('Port Description'),
  });
}

const Json = z.record(z.string(), z.unknown());
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
const member = (value: unknown, name: string): unknown => Json.safeParse(first(value)).data?.[name];
const valueOf = (value: unknown): string | undefined => {
  const inner = first(value);
  const text = typeof inner === 'string' ? inner : member(inner, 'value');
  return typeof text === 'string' ? text : undefined;
};

/** Entries of `[{name, …}]`, of `[{eth0: {…}}]` or of `{eth0: {…}}`, each with its name. */
function named(value: unknown): { name: string | undefined; value: unknown }[] {
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  return entries.flatMap<{ name: string | undefined; value: unknown }>((each) => {
    const entry = Json.safeParse(each).data;
    if (!entry) return [];
    if ('name' in entry || 'id' in entry || 'port' in entry) return [{ name: valueOf(entry['name']), value: entry }];
    return Object.entries(entry).map(([name, inner]) => ({ name, value: inner }));
  });
}
