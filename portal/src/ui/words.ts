/** `PROVISIONED_TO_VENDOR_TOOL` and `cancel-requested` as one reads them. */
export function words(name: string): string {
  const text = name
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
    .replace(/\bbmc\b/g, 'BMC')
    .replace(/\blldp\b/g, 'LLDP')
    .replace(/\bid\b/g, 'id');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A text of the platform's as a sentence begins; the name of a step or story at its start is put into words. */
export const sentence = (text: string): string => text.replace(/^[a-z]+(?:-[a-z]+)*(?=[\s:,]|$)/, words);

/** A company by its own spelling; as it is told where we know none. */
export const company = (name: string): string => companies[name.toLowerCase()] ?? name;
const companies: Readonly<Record<string, string>> = { hpe: 'HPE', dell: 'Dell', ups: 'UPS', fedex: 'FedEx' };

/** `1 server`, `3 servers`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** Money as the API has it: an integer of the smallest unit. */
export const money = (minor: number, currency: string): string => {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
};

/** The end of a long id, where ids differ: `ord_…8TQ4`. The whole one is always beside it or in its title. */
export const shortId = (id: string): string =>
  /^[a-z]{3}_\w{20,}$/.test(id) ? `${id.slice(0, 4)}…${id.slice(-5)}` : id;

/** Names joined as in a sentence: `a, b, and c`, and `a, b, or c`. */
export const list = (items: readonly string[]): string => new Intl.ListFormat('en').format(items);
export const either = (items: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(items);
