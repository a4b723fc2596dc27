import type { VendorTool } from './ports/vendor-tool.ts';
import type { World } from './world.ts';

/** Which fleet manager looks after machines of this make. Other makes have none and are managed by Redfish alone. */
export function vendorToolOf({ vendorTools }: Pick<World, 'vendorTools'>, { manufacturer }: { manufacturer: string | null }): VendorTool | undefined {
  if (/^(hpe|hewlett)/i.test(manufacturer ?? '')) return vendorTools.oneview;
  if (/^dell/i.test(manufacturer ?? '')) return vendorTools.openmanage;
  return undefined;
}
