const placeholder = /\{(\w+)\}/g;

/** Whether a template is valid: an http or https address with `{address}` and optionally `{port}`. */
export function isBmcUrlTemplate(template: string): boolean {
  const names = [...template.matchAll(placeholder)].map(([, name]) => name);
  return (
    names.includes('address') &&
    names.every((name) => name === 'address' || name === 'port') &&
    /^https?:\/\//.test(template) &&
    URL.canParse(fill(template, '192.0.2.1', 8443))
  );
}

/** The Redfish address of a BMC: `https://{address}` of 10.0.0.9 is https://10.0.0.9. */
export const bmcUrl = (template: string, { address, port }: { address: string; port?: number | undefined }): string =>
  fill(template, address, port ?? 443).replace(/\/$/, '');

const fill = (template: string, address: string, port: number) =>
  template.replace(placeholder, (_whole, name: string) => (name === 'address' ? address : String(port)));
