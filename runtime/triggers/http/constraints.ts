/** What a route parameter may hold, as ASP.NET names it: `{id:int}`, `{name:length(3,8)}`. */
export interface Constraint {
  /** As written; two parameters with the same text are one branch of the route tree. */
  readonly text: string;
  readonly allows: (value: string) => boolean;
}

type Test = (value: string) => boolean;

const integer =
  (lowest: bigint, highest: bigint): Test =>
  (value) => {
    if (!/^[+-]?\d{1,20}$/.test(value)) return false;
    const number = BigInt(value.replace('+', ''));
    return number >= lowest && number <= highest;
  };
const number: Test = (value) => /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value);

const plain: Record<string, Test> = {
  int: integer(-(2n ** 31n), 2n ** 31n - 1n),
  long: integer(-(2n ** 63n), 2n ** 63n - 1n),
  decimal: (value) => /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value),
  double: number,
  float: number,
  bool: (value) => /^(true|false)$/i.test(value),
  guid: (value) =>
    /^(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/i.test(
      value,
    ),
  alpha: (value) => /^[a-z]*$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value.length > 0,
  file: (value) => /\.[^./]+$/.test(value),
  nonfile: (value) => !/\.[^./]+$/.test(value),
};

const withNumbers: Record<string, (...limits: number[]) => Test> = {
  minlength:
    (least = 0) =>
    (value) =>
      value.length >= least,
  maxlength:
    (most = 0) =>
    (value) =>
      value.length <= most,
  length:
    (least = 0, most = least) =>
    (value) =>
      value.length >= least && value.length <= most,
  min:
    (least = 0) =>
    (value) =>
      number(value) && Number(value) >= least,
  max:
    (most = 0) =>
    (value) =>
      number(value) && Number(value) <= most,
  range:
    (least = 0, most = 0) =>
    (value) =>
      number(value) && Number(value) >= least && Number(value) <= most,
};

/** Reads `int`, `range(1,9)`, `regex(^a+$)`. Throws an Error that names the constraint. */
export function parseConstraint(text: string): Constraint {
  const [, name = '', argument] = /^(\w+)(?:\((.*)\))?$/s.exec(text) ?? [];
  const simple = plain[name];
  if (simple && argument === undefined) return { text, allows: simple };
  if (name === 'regex' && argument !== undefined) return { text, allows: regexTest(argument) };
  const limits = argument?.split(',').map((limit) => (limit.trim() === '' ? Number.NaN : Number(limit)));
  const limited = withNumbers[name];
  if (limited && limits?.every((limit) => Number.isFinite(limit))) return { text, allows: limited(...limits) };
  throw new Error(
    `'${text}' is not a route constraint; known are ` +
      `${[...Object.keys(plain), ...Object.keys(withNumbers).map((each) => `${each}(…)`), 'regex(…)'].join(', ')}`,
  );
}

function regexTest(pattern: string): Test {
  const expression = new RegExp(pattern, 'i');
  return (value) => expression.test(value);
}
