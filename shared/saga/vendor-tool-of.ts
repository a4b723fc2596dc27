import type { VendorTool } from '../ports/vendor-tool.ts';
import type { Deps } from './deps.ts';
import type { StepPending } from './step.ts';

/**
 * Which fleet manager looks after machines of this make. Makes without one, or whose manager is not configured, are
 * managed by Redfish alone.
 */
export function vendorToolOf(
  { vendorTools }: Pick<Deps, 'vendorTools'>,
  { manufacturer }: { manufacturer: string | null },
): VendorTool | undefined {
  return vendorTools.find((tool) => tool.manages(manufacturer ?? ''));
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
