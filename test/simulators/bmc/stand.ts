import { createRedfish, type Redfish, type RedfishOptions } from '../../../shared/adapters/redfish/client.ts';
import type { ManifestItem } from '../../../shared/facts/server.ts';
import type { BmcTarget } from '../../../shared/ports/bmc.ts';
import { SecretRef, type Credentials, type Secrets } from '../../../shared/ports/secrets.ts';
import { SteppedTime } from '../../kit/stepped-time.ts';
import { Lab, type LabSnapshot } from '../kit/lab.ts';
import type { SimRequest } from '../kit/simulator.ts';
import { freePort } from './addresses.ts';
import { BmcFleet, type FleetOptions } from './fleet.ts';
import { hardwareFromManifest, type ProfileName, type ServerHardware } from './hardware.ts';
import { takes } from './timing.ts';

/** A safe that forgets with the process. */
export class PocketSafe implements Secrets {
  readonly #kept = new Map<string, Credentials>();
  async read(ref: SecretRef): Promise<Credentials | undefined> {
    return this.#kept.get(ref);
  }
  async write(ref: SecretRef, value: Credentials, options?: { createOnly?: boolean }): Promise<Credentials> {
    const known = this.#kept.get(ref);
    if (known && options?.createOnly) return known;
    this.#kept.set(ref, value);
    return value;
  }
  async destroy(ref: SecretRef): Promise<void> {
    this.#kept.delete(ref);
  }
}

const makers: Record<ProfileName, { manufacturer: string; model: string }> = {
  'dell-idrac9': { manufacturer: 'Dell Inc.', model: 'PowerEdge R760' },
  'dell-idrac10': { manufacturer: 'Dell Inc.', model: 'PowerEdge R770' },
  'hpe-ilo6': { manufacturer: 'HPE', model: 'ProLiant DL380 Gen11' },
  supermicro: { manufacturer: 'Supermicro', model: 'SYS-221H-TNR' },
  'lenovo-xcc': { manufacturer: 'Lenovo', model: 'ThinkSystem SR650 V3' },
  'ami-megarac': { manufacturer: 'ASRockRack', model: '2U4G-ROME/2T' },
  openbmc: { manufacturer: 'Contoso', model: 'OCP-2' },
};

/** A machine as ordered in the specification's example, of this make. */
export function aServer(profile: ProfileName, different: Partial<ServerHardware> = {}): ServerHardware {
  const serial = different.serial ?? `${profile.replace(/\W/g, '').slice(-6).toUpperCase()}1`;
  const item: ManifestItem = {
    serial,
    ...makers[profile],
    bmcMac: '02:00:00:00:00:01',
    macs: ['02:00:00:00:01:01', '02:00:00:00:01:02'],
    config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' },
  };
  const cables = item.macs.map((localMac, index) => ({
    kind: 'network' as const,
    localPort: `nic${index + 1}`,
    localMac,
    peerDevice: `leaf-${index + 1}`,
    peerPort: 'Ethernet1/1',
  }));
  return { ...hardwareFromManifest(item, { datacenter: 'dc-fra-01', cables, profile }), ...different };
}

/** A lab of BMCs alone, its time in hand, and our adapter beside it. */
export interface Stand {
  time: SteppedTime;
  fleet: BmcFleet;
  lab: Lab;
  safe: PocketSafe;
  redfish: Redfish;
  /** What was asked of the BMCs, in order; paths begin with the serial number. */
  requests: SimRequest[];
  /** Called when a request has been carried out and before its answer leaves. */
  onRequest: ((request: SimRequest) => void) | undefined;
  /** Plugs a server in, waits until its BMC answers, and hands over its factory login. */
  plugIn(server: ServerHardware): Promise<BmcTarget>;
  /** The same BMC, to be opened with other credentials, which are put into the safe. */
  as(bmc: BmcTarget, credentials: Credentials): Promise<BmcTarget>;
  close(): Promise<void>;
}

export async function aStand(
  options: FleetOptions & { saved?: LabSnapshot; redfish?: Partial<RedfishOptions> } = {},
): Promise<Stand> {
  const { saved, redfish: different, ...fleetOptions } = options;
  const time = new SteppedTime();
  const fleet = new BmcFleet({ port: await freePort(), ...fleetOptions });
  const requests: SimRequest[] = [];
  const lab = new Lab({
    simulators: [fleet.simulator as never],
    time,
    saved,
    observe: ({ request }) => {
      requests.push(request);
      stand.onRequest?.(request);
    },
  });
  await fleet.attach(lab);
  const safe = new PocketSafe();
  let others = 0;
  const redfish = createRedfish({ secrets: safe, time, http: { retries: 0 }, lingerMilliseconds: 0, ...different });
  const stand: Stand = {
    time,
    fleet,
    lab,
    safe,
    redfish,
    requests,
    onRequest: undefined,
    plugIn: async (server) => {
      const address = await fleet.plugIn(server);
      await time.pass(takes.bmcStart);
      const secretRef = SecretRef.parse(`bmc/${server.serial.replace(/\W/g, '-')}/factory`);
      await safe.write(secretRef, server.factoryAccount);
      return { serverId: `srv-${server.serial}`, datacenterId: server.datacenter, address, secretRef };
    },
    as: async (bmc, credentials) => {
      const folder = bmc.secretRef.slice(0, bmc.secretRef.lastIndexOf('/'));
      const secretRef = SecretRef.parse(`${folder}/${credentials.username.replace(/\W/g, '-')}-${++others}`);
      await safe.write(secretRef, credentials);
      return { ...bmc, secretRef };
    },
    close: async () => {
      await redfish.close();
      await lab.close();
    },
  };
  return stand;
}

/** A BMC that answers with a recorded tree, as the recorded machine. The name is also its key in the lab. */
export const aRecordedServer = (name: string): ServerHardware => ({
  ...aServer('openbmc'),
  serial: name,
  profile: { recorded: name },
  processors: [],
  memory: [],
  drives: [],
  networkPorts: [],
  cables: [],
});
