import { comparableVersion, componentOf } from '../../facts/firmware-words.ts';
import type { FirmwareStanding } from '../../ports/vendor-tool.ts';
import type { ComponentReport, Job, Profile } from './contract.ts';

/** Addresses inside an answer begin at the appliance's root; calls are made relative to where it is mounted. */
export const pathOf = (link: string): string => link.slice(Math.max(0, link.indexOf('/api/'))).replace(/^\//, '');

/** OData wants spaces as %20: a plus sign breaks its filters. */
export const selecting = (path: string, filter: string): string => `${path}?$filter=${encodeURIComponent(filter)}`;

const running = new Map([
  [2020, 'Scheduled'],
  [2030, 'Queued'],
  [2040, 'Starting'],
  [2050, 'Running'],
  [2080, 'New'],
]);
const failed = new Map([
  [2070, 'Failed'],
  [2100, 'Aborted'],
  [2101, 'Paused'],
  [2102, 'Stopped'],
  [2103, 'Canceled'],
]);

/** 2060 is done and 2090 done with errors, where the result itself has to tell. A number added later is waited for. */
export function jobEnd({
  Id,
  LastRunStatus,
}: Job): { end: 'running'; progress: string } | { end: 'done' } | { end: 'failed'; reason: string } {
  if (LastRunStatus.Id === 2060 || LastRunStatus.Id === 2090) return { end: 'done' };
  const word = failed.get(LastRunStatus.Id);
  if (word !== undefined) return { end: 'failed', reason: `job ${Id} ended as ${word}` };
  return {
    end: 'running',
    progress: running.get(LastRunStatus.Id) ?? LastRunStatus.Name ?? `status ${LastRunStatus.Id}`,
  };
}

export const groupNameOf = (serial: string): string => `rackline-${serial}`;

/**
 * One server's discovery as Dell's own modules build it: the credentials travel as JSON inside a JSON text, once
 * for WS-Man and once for Redfish.
 */
export function toDiscovery(server: { serial: string; host: string; username: string; password: string }) {
  const [address = server.host, port = '443'] = server.host.split(':');
  const credentials = {
    username: server.username,
    password: server.password,
    caCheck: false,
    cnCheck: false,
    port: Number(port),
    retries: 3,
    timeout: 60,
    isHttp: false,
    keepAlive: true,
  };
  const profile = {
    profileId: 0,
    profileName: '',
    profileDescription: '',
    type: 'DISCOVERY',
    credentials: ['WSMAN', 'REDFISH'].map((type) => ({ id: 0, type, authType: 'Basic', modified: false, credentials })),
  };
  return {
    DiscoveryConfigGroupName: groupNameOf(server.serial),
    DiscoveryConfigGroupDescription: 'Added by Rackline',
    DiscoveryConfigModels: [
      {
        DiscoveryConfigTargets: [
          {
            DiscoveryConfigTargetId: 0,
            NetworkAddressDetail: address,
            AddressType: 1,
            Disabled: false,
            Exclude: false,
          },
        ],
        DiscoveryConfigVendorPlatforms: [],
        ConnectionProfileId: 0,
        ConnectionProfile: JSON.stringify(profile),
        DeviceType: [1000],
      },
    ],
    Schedule: { RunNow: true, RunLater: false, Cron: 'startnow', StartTime: '', EndTime: '' },
    CreateGroup: true,
    TrapDestination: false,
  };
}

/** Dell's own rule: a profile left over from an earlier server is in nobody's way. */
export const isAssigned = ({ ProfileState }: Profile): boolean => ProfileState > 0;
export const isDeployed = ({ ProfileState }: Profile): boolean => ProfileState === 4;

/** Newer than the baseline is compliant; "cannot tell" is not. */
export const toCompliance = (reports: readonly ComponentReport[]): FirmwareStanding[] =>
  reports.map((report) => ({
    component: componentOf(report.Name),
    name: report.Name,
    installed: comparableVersion(report.CurrentVersion),
    baseline: comparableVersion(report.Version),
    isCompliant: report.UpdateAction === 'EQUAL' || report.UpdateAction === 'DOWNGRADE',
  }));
