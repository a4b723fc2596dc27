import { MacAddress, type ManifestItem, type ServerConfig, type ServerFacts } from '../../facts/server.ts';
import type { IntendedCable, ModelProfile } from '../../ports/dcim.ts';
import type { Evidence } from './finding.ts';
import { readOrder, type OrderedParts } from './order-words.ts';

/** What a server should be, from everybody who has a say in it. */
export interface Expected {
  serial: string | null;
  model: string | null;
  /** Of the host's own ports, as on the ship notice or as adopted. */
  macs: readonly string[];
  /** What the machine has to have in it, in words and understood. */
  config: ServerConfig;
  parts: OrderedParts;
  /** What the vendor promised; null for what never was bought through us. */
  manifest: ManifestItem | null;
  /** What was ordered, where a ship notice came between. */
  ordered: ServerConfig | null;
  cables: readonly IntendedCable[];
  profile: ModelProfile;
}

/** A server that came without a ship notice (stock, adopted) is held against what is on its own record. */
export interface Described {
  serial: string | null;
  model: string | null;
  macs: readonly string[];
  config: ServerConfig;
  manifest: ManifestItem | null;
}

export function expectationOf(
  { serial, model, macs, config, manifest }: Described,
  cables: readonly IntendedCable[],
  profile: ModelProfile,
): Expected {
  const wanted = manifest?.config ?? config;
  return {
    serial,
    model,
    macs: (manifest?.macs ?? macs).map((mac) => MacAddress.parse(mac)),
    config: wanted,
    parts: readOrder(wanted),
    manifest,
    ordered: manifest ? config : null,
    cables,
    profile,
  };
}

/** What the machine says of itself: measured by the validation image, told by its BMC, and both made one. */
export interface Seen {
  inBand: ServerFacts;
  /** Null where the BMC could not be asked. */
  outOfBand: ServerFacts | null;
  facts: ServerFacts;
}

/** Where the words of the order stand. */
export const orderSays = ({ manifest }: Pick<Expected, 'manifest'>, said: string): Evidence => ({
  source: manifest ? 'ship-notice' : 'order',
  said,
});
export const imageSays = (said: string, where?: string): Evidence => ({
  source: 'validation-image',
  said,
  ...(where !== undefined && { where }),
});
export const bmcSays = (said: string, where?: string): Evidence => ({
  source: 'bmc',
  said,
  ...(where !== undefined && { where }),
});
