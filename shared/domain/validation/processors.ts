import { bmcSays, imageSays, orderSays, type Expected, type Seen } from './expected.ts';
import { counted, type Difference, type Evidence } from './finding.ts';
import { unmeasured } from './measured.ts';
import { isSameProcessor } from './processor-words.ts';

/** As many processors as ordered, each of the model that was ordered. */
export function processorDifferences(seen: Seen, { parts: { cpu }, config, manifest }: Expected): Difference[] {
  if ('unread' in cpu) return [];
  const found = seen.facts.processors;
  if (!found) return [unmeasured('processors', config.cpu, orderSays({ manifest }, config.cpu))];
  const evidence = [orderSays({ manifest }, config.cpu), ...reported(seen)];
  const differences: Difference[] = [];
  const differ = (severity: Difference['severity'], place: string, is: string, hint: string) =>
    differences.push({ kind: 'processor', severity, place, expected: config.cpu, found: is, evidence, hint });
  if (found.length < cpu.is.count)
    differ(
      'major',
      'sockets',
      counted(found.length, 'processor'),
      'a processor is missing, or does not start: look whether its socket is filled',
    );
  if (found.length > cpu.is.count)
    differ('minor', 'sockets', counted(found.length, 'processor'), 'there is more in it than was ordered');
  const named = found.map(({ socket, model }) => ({
    socket,
    model,
    isSame: model === undefined ? ('unknown' as const) : isSameProcessor(cpu.is.what, model),
  }));
  for (const { socket, model, isSame } of named)
    if (isSame === false)
      differ('major', socket, model ?? 'unknown', 'another processor than was ordered: settle it with the vendor');
  if (named.every(({ isSame }) => isSame === 'unknown'))
    differ(
      'info',
      'sockets',
      [...new Set(named.map(({ model }) => model ?? 'no model'))].join(', '),
      'neither the board nor the BMC names the model; only their number was checked',
    );
  return differences;
}

const words = (processors: Seen['facts']['processors']) =>
  processors?.map(({ socket, model }) => `${socket}: ${model ?? 'no model'}`).join(', ');

function reported({ inBand, outOfBand }: Seen): Evidence[] {
  const [own, bmc] = [words(inBand.processors), words(outOfBand?.processors)];
  return [
    ...(own === undefined ? [] : [imageSays(own, 'dmidecode, type 4')]),
    ...(bmc === undefined ? [] : [bmcSays(bmc, 'Redfish Processors')]),
  ];
}
