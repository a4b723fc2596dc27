/** What tells one processor from another, out of a maker's words. */
interface Spoken {
  maker: string | undefined;
  family: string | undefined;
  /** `6530`, `e5-2630`, `7402p`: undefined where the words name none. */
  model: string | undefined;
  /** `v4`: Intel's generation where the number alone does not say it. */
  generation: string | undefined;
}

const makers = ['intel', 'amd', 'ampere'] as const;
const families = ['platinum', 'gold', 'silver', 'bronze', 'epyc', 'ryzen', 'altra'] as const;
/**
 * Numbers of three digits and more, with the letters that belong to them. A clock rate (`2.10ghz`) or a core count
 * (`24-core`) is none.
 */
const number = /^(?:[a-z]{1,2}\d?-)?[a-z]?\d{3,5}[a-z]{0,3}\+?$/;

/**
 * The same processor is `2x Intel Xeon Gold 6530` on an order, `INTEL(R) XEON(R) GOLD 6530` to dmidecode, and
 * `AMD EPYC 7402P 24-Core Processor` to a BMC.
 */
function spoken(text: string): Spoken {
  const words = text
    .toLowerCase()
    .replace(/\((r|tm)\)|®|™/g, ' ')
    .split(/[\s,]+/);
  return {
    maker: makers.find((each) => words.includes(each)),
    family: families.find((each) => words.includes(each)),
    model: words.find((word) => number.test(word)),
    generation: words.find((word) => /^v\d$/.test(word)),
  };
}

/** Whether both texts name the same processor; `unknown` where one of them names no model, as some BMCs do. */
export function isSameProcessor(a: string, b: string): boolean | 'unknown' {
  const [one, other] = [spoken(a), spoken(b)];
  if (one.model === undefined || other.model === undefined) return 'unknown';
  const differ = (x: string | undefined, y: string | undefined) => x !== undefined && y !== undefined && x !== y;
  return (
    one.model === other.model &&
    !differ(one.maker, other.maker) &&
    !differ(one.family, other.family) &&
    !differ(one.generation, other.generation)
  );
}
