import type { BindingInfo } from '../core/functions-core.ts';

/**
 * Puts settings in the place of `%NAME%` in a binding's texts. Throws an Error naming every setting that is missing.
 */
export function withSettings(binding: BindingInfo, setting: (name: string) => string | undefined): BindingInfo {
  const missing: string[] = [];
  const resolve = (value: unknown): unknown =>
    typeof value !== 'string'
      ? value
      : value.replace(/%([^%]+)%/g, (whole, name: string) => {
          const found = setting(name);
          if (!found) missing.push(name);
          return found ?? whole;
        });
  const resolved = {
    ...binding,
    ...Object.fromEntries(Object.entries(binding).map(([property, value]) => [property, resolve(value)])),
  };
  if (missing.length > 0)
    throw new Error(`its ${binding.type} binding needs the setting ${missing.join(', ')}, which is not set`);
  return resolved;
}
