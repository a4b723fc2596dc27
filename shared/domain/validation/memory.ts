import { bmcSays, imageSays, orderSays, type Expected, type Seen } from './expected.ts';
import { counted, listed, type Difference, type Evidence } from './finding.ts';
import { unmeasured } from './measured.ts';

type Memory = NonNullable<Seen['facts']['memory']>;
type Module = Memory['modules'][number];

/** Firmware keeps a little for itself; a missing module is never that little. */
const isEnough = (mebibytes: number, gibibytes: number) => mebibytes >= gibibytes * 1024 * 0.97;
const gigabytes = (mebibytes: number) => `${Math.round(mebibytes / 1024)} GB`;

/** As much memory as ordered, in the modules that were ordered where the order names them, all alike. */
export function memoryDifferences(seen: Seen, { parts: { ram }, config, manifest }: Expected): Difference[] {
  if ('unread' in ram) return [];
  const found = seen.facts.memory;
  if (!found) return [unmeasured('memory', config.ram, orderSays({ manifest }, config.ram))];
  const { totalGiB, modules: wanted } = ram.is;
  const evidence = [orderSays({ manifest }, config.ram), ...reported(seen)];
  const differ = (severity: Difference['severity'], place: string, is: string, hint: string): Difference => ({
    kind: 'memory',
    severity,
    place,
    expected: config.ram,
    found: is,
    evidence,
    hint,
  });
  const odd = oddOnes(found.modules, ({ sizeMiB }) => sizeMiB);
  if (!isEnough(found.totalMiB, totalGiB)) return [tooLittle(found, totalGiB, odd, differ)];
  const differences: Difference[] = [];
  if (wanted && found.modules.length > 0 && found.modules.length !== wanted.count)
    differences.push(
      differ(
        'minor',
        'modules',
        words(found),
        `the order asks for ${counted(wanted.count, 'module')} of ${wanted.sizeGiB} GB; there is enough ` +
          'memory, in other modules',
      ),
    );
  if (odd)
    differences.push(
      differ(
        'minor',
        listed(odd.map(({ slot }) => slot)),
        words(found),
        'modules of different sizes: the memory channels are not filled alike',
      ),
    );
  const slow = oddOnes(found.modules, ({ speedMtps }) => speedMtps);
  if (slow)
    differences.push(
      differ(
        'minor',
        listed(slow.map(({ slot }) => slot)),
        `${listed([...new Set(slow.map(({ speedMtps }) => `${speedMtps} MT/s`))])}; the others run at ` +
          `${found.modules.find((each) => !slow.includes(each))?.speedMtps} MT/s`,
        "modules of different speeds: all run at the slowest one's",
      ),
    );
  return differences;
}

/** Which module is it? One that is smaller than its neighbours, or an empty slot in their row. */
function tooLittle(
  found: Memory,
  totalGiB: number,
  odd: Module[] | undefined,
  differ: (severity: 'major', place: string, is: string, hint: string) => Difference,
): Difference {
  const is = `${gigabytes(found.totalMiB)} in ${counted(found.modules.length, 'module')}`;
  const usual = found.modules.find((each) => !odd?.includes(each))?.sizeMiB;
  const smaller = odd?.filter(({ sizeMiB }) => sizeMiB < (usual ?? 0)) ?? [];
  if (smaller.length > 0 && usual !== undefined)
    return differ(
      'major',
      listed(smaller.map(({ slot }) => slot)),
      `${is}; ${listed(smaller.map(({ slot, sizeMiB }) => `${slot} has ${gigabytes(sizeMiB)}`))}`,
      `replace it by a module of ${gigabytes(usual)}, as in the other slots`,
    );
  const missing = usual === undefined ? 0 : Math.round((totalGiB * 1024 - found.totalMiB) / usual);
  const gaps = gapsIn(found.modules.map(({ slot }) => slot));
  return gaps.length > 0 && gaps.length === missing
    ? differ(
        'major',
        listed(gaps),
        is,
        `${counted(missing, 'module')} of ${gigabytes(usual ?? 0)} is missing or fails its training: ` +
          'reseat it, then replace it',
      )
    : differ(
        'major',
        'modules',
        is,
        missing > 0
          ? `${counted(missing, 'module')} of ${gigabytes(usual ?? 0)} ${missing === 1 ? 'is' : 'are'} ` +
              'missing or fail their training: reseat the modules, then replace what stays missing'
          : 'modules are missing or fail their training',
      );
}

/** Those that are not as most are; undefined where all are alike, or where not all say. */
function oddOnes(modules: readonly Module[], of: (module: Module) => number | undefined): Module[] | undefined {
  const groups = [...Map.groupBy(modules, of)].toSorted(([, a], [, b]) => b.length - a.length);
  return groups.length < 2 || groups.some(([value]) => value === undefined)
    ? undefined
    : groups.slice(1).flatMap(([, each]) => each);
}

/** `A1` of A2, A3, A4: the numbers that are left out below the highest of each row. */
function gapsIn(slots: readonly string[]): string[] {
  const numbered = slots.flatMap((slot) => {
    const [, row, number] = /^(.*?)(\d{1,2})$/.exec(slot) ?? [];
    return row === undefined ? [] : [{ row, number: Number(number) }];
  });
  return [...Map.groupBy(numbered, ({ row }) => row)].flatMap(([row, each]) => {
    const taken = new Set(each.map(({ number }) => number));
    return Array.from({ length: Math.max(...taken) }, (_, index) => index + 1)
      .filter((number) => !taken.has(number))
      .map((number) => `${row}${number}`);
  });
}

/** `8x 64 GB at 4800 MT/s` */
const words = ({ modules }: Memory): string =>
  [
    ...Map.groupBy(
      modules,
      ({ sizeMiB, speedMtps }) => `${gigabytes(sizeMiB)}${speedMtps === undefined ? '' : ` at ${speedMtps} MT/s`}`,
    ),
  ]
    .map(([kind, each]) => `${each.length}x ${kind} (${each.map(({ slot }) => slot).join(' ')})`)
    .join(', ');

function reported({ inBand, outOfBand }: Seen): Evidence[] {
  const say = (memory: Memory) =>
    `${gigabytes(memory.totalMiB)}${memory.modules.length > 0 ? `: ${words(memory)}` : ''}`;
  return [
    ...(inBand.memory ? [imageSays(say(inBand.memory), 'dmidecode, type 17')] : []),
    ...(outOfBand?.memory ? [bmcSays(say(outOfBand.memory), 'Redfish Memory')] : []),
  ];
}
