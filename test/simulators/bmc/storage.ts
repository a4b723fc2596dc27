import type { Disk, ServerHardware } from './hardware.ts';
import type { Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource } from './resource.ts';
import type { Paths } from './resources.ts';
import type { BmcRecord } from './state.ts';
import type { Resource } from './tree.ts';

const protocols: Record<Disk['media'], { Protocol: string; MediaType: string }> = {
  nvme: { Protocol: 'NVMe', MediaType: 'SSD' },
  ssd: { Protocol: 'SATA', MediaType: 'SSD' },
  hdd: { Protocol: 'SAS', MediaType: 'HDD' },
};

/** One storage with all drives that the BMC sees; whatever holds data shows as a volume. */
export function storageOf(profile: Profile, server: ServerHardware, record: BmcRecord, paths: Paths): Resource[] {
  const storage = `${paths.system}/Storage/${profile.storage}`;
  const home = profile.drivesInChassis ? `${paths.chassis}/Drives` : `${storage}/Drives`;
  const shown = server.drives
    .map((disk, index) => ({ disk, index }))
    .filter(({ disk }) => !record.faults.some((fault) => fault.kind === 'hides-drive' && fault.drive === disk.serial));
  const drives = shown.map(({ disk, index }) => driveOf(profile, disk, index, home, storage));
  const volumes = shown.flatMap(({ disk, index }, place) =>
    record.drives[disk.serial]?.holdsData ? [volumeOf(storage, index, String(drives[place]?.['@odata.id']))] : [],
  );
  return [
    ...collection(`${paths.system}/Storage`, 'Storage', [
      resource(storage, 'Storage.v1_10_1.Storage', {
        Name: 'Storage',
        Status: healthy,
        StorageControllers: [
          {
            ...link(`${storage}#/StorageControllers/0`),
            MemberId: '0',
            Name: 'Storage controller',
            Manufacturer: server.manufacturer,
            Status: healthy,
          },
        ],
        Drives: drives.map((each) => link(String(each['@odata.id']))),
        'Drives@odata.count': drives.length,
        Volumes: link(`${storage}/Volumes`),
      }),
    ]),
    ...collection(`${storage}/Volumes`, 'Volume', volumes),
    ...drives,
  ];
}

function driveOf(profile: Profile, disk: Disk, index: number, home: string, storage: string): Resource {
  const { id, label } = profile.drive(disk.name, index);
  const path = `${home}/${id}`;
  return resource(path, 'Drive.v1_12_1.Drive', {
    Name: disk.name,
    Model: disk.model,
    SerialNumber: disk.serial,
    CapacityBytes: disk.sizeBytes,
    ...protocols[disk.media],
    Status: healthy,
    Operations: [],
    ...(label && {
      PhysicalLocation: { PartLocation: { LocationOrdinalValue: index, LocationType: 'Bay', ServiceLabel: label } },
    }),
    Links: { Volumes: [link(`${storage}/Volumes/${index + 1}`)] },
    ...(profile.secureErase && {
      Actions: {
        '#Drive.SecureErase': {
          target: `${path}/Actions/Drive.SecureErase`,
          ...(profile.secureErase.methods && {
            'SanitizationType@Redfish.AllowableValues': profile.secureErase.methods,
          }),
          ...(profile.secureErase.applyTimes && {
            '@Redfish.OperationApplyTimeSupport': {
              '@odata.type': '#Settings.v1_3_3.OperationApplyTimeSupport',
              SupportedValues: profile.secureErase.applyTimes,
            },
          }),
        },
      },
    }),
  });
}

const volumeOf = (storage: string, index: number, drive: string): Resource =>
  resource(`${storage}/Volumes/${index + 1}`, 'Volume.v1_6_2.Volume', {
    Name: `Volume ${index + 1}`,
    VolumeUsage: 'Data',
    Status: healthy,
    Links: { Drives: [link(drive)] },
  });
