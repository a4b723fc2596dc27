import type { VendorTool } from '../ports/vendor-tool.ts';
import type { Deps } from './deps.ts';
import type { StepPending } from './step.ts';

/** Which fleet manager looks after machines of this make. Other makes have none and are managed by Redfish alone. */
export function vendorToolOf(
  { vendorTools }: Pick<Deps, 'vendorTools'>,
  { manufacturer }: { manufacturer: string | null },
): VendorTool | undefined {
  if (/^(hpe|hewlett)/i.test(manufacturer ?? '')) return vendorTools.oneview;
  if (/^dell/i.test(manufacturer ?? '')) return vendorTools.openmanage;
  return undefined;
}

/** Has the tool give a server up, as part of a step or an undo. Throws what the tool refuses. */
export async function giveUp(
  tool: VendorTool | undefined,
  serial: string,
  bmcAddress: string | null,
): Promise<StepPending | undefined> {
  const given = await tool?.unregister(serial, bmcAddress ?? undefined);
  if (given?.outcome === 'refused') throw new Error(`${tool?.product} does not give ${serial} up: ${given.reason}`);
  return given?.outcome === 'pending' ? { ...given, waitingFor: `${tool?.product} to give the server up` } : undefined;
}
