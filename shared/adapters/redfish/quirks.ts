import { compareVersions } from '../../facts/firmware-words.ts';
import type { PowerAction } from '../../ports/bmc.ts';

export type Vendor = 'dell' | 'hpe' | 'lenovo' | 'supermicro' | 'openbmc' | 'ami' | 'other';

/** What a BMC says it is, as far as its peculiarities hang on it. */
export interface Platform {
  vendor: Vendor;
  /** The controller: `15G Monolithic` (iDRAC9), `iLO 6`, `Lenovo XClarity Controller`. */
  manager: string;
  /** The machine: `PowerEdge R760`. */
  model: string;
  /** The controller's firmware, the number alone: `6.00.30.00`. */
  firmware: string;
}

/**
 * Where a platform does otherwise than the standard says or others do. Absent means standard. The simulator
 * behaves by the same table, so a flag is either handled by the client or tolerated by it on purpose.
 */
export interface Quirks {
  /** `SerialNumber` is the board's; manifest, warranty and vendor tools mean the service tag in `SKU`. */
  serviceTagInSku?: true;
  /** Sessions it keeps; the next login is refused until one ends. */
  sessionLimit?: number;
  /** Where it takes logins, although its root names another place, which answers 405. */
  sessionsAt?: string;
  /** Where a login says which session it made: in the Location header (standard), or only in the body. */
  sessionWithoutLocation?: true;
  /** Or only in the Location header: the body says nothing. */
  sessionWithoutBody?: true;
  /** Answers 200 without a token when the password is wrong. */
  loginRefusedWith200?: true;
  /** Locks an account after so many wrong passwords in a row. */
  locksAfterFailures?: number;
  /** The password it left the factory with opens a session in which nothing may be done but changing it. */
  passwordChangeFirst?: true;
  /** Breaks a connection that has carried a request before. */
  resetsUsedConnections?: true;
  /** Answers compressed, asked or not, and 406 to those who ask it not to. */
  compresses?: true;
  /** A path without a slash at its end is not found, or redirected to the one with it. */
  slash?: 'needed' | 'redirected';
  /** After its start it answers 503 for so many seconds to all but the root and logins. */
  notReadySeconds?: number;
  /** After its start its root lists nothing for so many seconds. */
  bareRootSeconds?: number;
  /** An empty collection's `Members` is null. */
  nullForEmpty?: true;
  /** Reset types to try for an action before the usual ones. */
  resetTypes?: Partial<Record<PowerAction, readonly string[]>>;
  /** Being asked to be what it is already: 409, a 400 about the state, or 204. */
  whenAlreadySo?: 409 | 400 | 204;
  /** ForceRestart hangs the host: it is switched off, left off for so many seconds, and switched on. */
  restartByOffSeconds?: number;
  /** Refuses `On` for so many seconds after switching off. */
  onRefusedAfterOffSeconds?: number;
  /** What "boot from the network" is called here, where `Pxe` does not work. */
  networkBootTarget?: 'UefiHttp';
  /** Takes a boot override only with Enabled, Target and Mode together, changed or not. */
  bootOverrideNeedsAllFields?: true;
  /** Refuses a boot override whose Enabled is what it is already. */
  bootRefusesUnchanged?: true;
  /** Refuses PATCH on the system: the override belongs on its `@Redfish.Settings` object. */
  bootOverrideInSettings?: true;
  /** Refuses a boot override while the host is in POST. */
  bootRefusedDuringPost?: true;
  /**
   * PATCH without If-Match is refused (428); the given ETag with `W/` (412); with quotes (412); every If-Match
   * (412); or the ETag header is there and empty.
   */
  etag?: 'required' | 'strong-only' | 'unquoted' | 'refused' | 'blank';
  /** Refuses an action that comes with If-Match (412). */
  actionsRefuseIfMatch?: true;
  /** Expanded collections lack members' required fields. */
  expandDropsFields?: true;
  /** SimpleUpdate answers 200 and no task; its state is a word in `UpdateService.Oem.Hpe.State`. */
  updateWithoutTask?: true;
  /** SimpleUpdate answers 200 and names no task, though there is one. */
  updateNamesNoTask?: true;
  /** The task is gone when it succeeded; the job of the same name below this path stays. */
  jobs?: string;
  /** A new task or job answers 404 for so many seconds. */
  taskAppearsAfterSeconds?: number;
  /** Tasks do not say which call began them. */
  taskWithoutPayload?: true;
  /** Reading the task monitor of a finished task removes it: read the task itself. */
  monitorForgetsFinishedTask?: true;
  /** Firmware inventory lists each component as installed, current and previous; only ids so beginning count. */
  installedPrefix?: string;
  /** The comparable part of a firmware version, as its first group. */
  version?: RegExp;
  /**
   * Accounts are fixed slots: an empty one is filled by PATCH, emptying it deletes. Slots below `first` are not ours.
   */
  accountSlots?: { first: number; last: number; /** What an empty one's role is called. */ emptyRole?: string };
  /** Readings are written as text, or as a list of one. */
  numbersAsText?: true;
  /** Lists power supplies that are not there, with firmware 0.00. */
  phantomSupplies?: true;
  /** Logs that tell of the machine, the best first; below the system, the manager or the chassis. */
  logs?: readonly string[];
  /** A log entry's number is its place: all move when the oldest goes. */
  logIdsArePositions?: true;
  /** Events are dated `2026-11-02T08:00:00-0600`. */
  eventOffsetWithoutColon?: true;
  /** Events come without any number. */
  eventsWithoutIds?: true;
  /** A subscription has to say which types of events it wants, or must not. */
  eventTypes?: 'required' | 'unknown';
}

interface Row {
  platform: string;
  when: { vendor: Vendor; manager?: RegExp; model?: RegExp; firmware?: { from?: string; before?: string } };
  quirks: Quirks;
}

/** One row per platform class, general before special; later rows add to and override earlier ones. */
export const table: readonly Row[] = [
  {
    platform: 'Dell iDRAC',
    when: { vendor: 'dell' },
    quirks: {
      serviceTagInSku: true,
      sessionLimit: 8,
      whenAlreadySo: 409,
      installedPrefix: 'Installed-',
      jobs: '/redfish/v1/JobService/Jobs/',
      taskAppearsAfterSeconds: 10,
      // The lifecycle log has what the SEL has, and drives; SEL is spelled in two ways.
      logs: ['Lclog', 'Sel', 'SEL', 'FaultList'],
      eventOffsetWithoutColon: true,
    },
  },
  {
    platform: 'Dell iDRAC7 and 8 (12G, 13G)',
    when: { vendor: 'dell', manager: /1[23]G/ },
    quirks: { sessionsAt: '/redfish/v1/Sessions', accountSlots: { first: 3, last: 16, emptyRole: 'None' } },
  },
  {
    platform: 'Dell iDRAC9 (14G to 16G)',
    when: { vendor: 'dell', manager: /1[4-6]G/ },
    quirks: { accountSlots: { first: 3, last: 16, emptyRole: 'None' } },
  },
  {
    platform: 'Dell iDRAC10 (17G)',
    when: { vendor: 'dell', manager: /17G|iDRAC ?10/ },
    quirks: { bootOverrideInSettings: true, onRefusedAfterOffSeconds: 10, actionsRefuseIfMatch: true },
  },
  { platform: 'Dell XE9680', when: { vendor: 'dell', model: /XE9680/ }, quirks: { networkBootTarget: 'UefiHttp' } },
  {
    platform: 'HPE iLO',
    when: { vendor: 'hpe' },
    quirks: {
      // iLO's GracefulRestart is a warm reset that needs no cooperation; ForceRestart is the slow cold one.
      resetTypes: { restart: ['GracefulRestart'] },
      whenAlreadySo: 400,
      bootRefusedDuringPost: true,
      etag: 'required',
      updateWithoutTask: true,
      // `U46 v2.34 (03/11/2025)`, `iLO 6 v1.66`, `1.66 Dec 13 2024`.
      version: /^(?:.*\bv)?(\d[\w.-]*)/,
      logs: ['IML'],
      eventTypes: 'required',
    },
  },
  {
    platform: 'HPE iLO 4',
    when: { vendor: 'hpe', manager: /iLO 4/ },
    quirks: { sessionWithoutBody: true, phantomSupplies: true },
  },
  {
    platform: 'Lenovo XCC',
    when: { vendor: 'lenovo' },
    // `42S-2.83`: the build, then the version.
    quirks: {
      sessionLimit: 16,
      whenAlreadySo: 204,
      monitorForgetsFinishedTask: true,
      version: /^(?:\w{3}-)?(\d[\w.]*)/,
      logs: ['PlatformLog', 'StandardLog', 'ActiveLog', 'SEL'],
    },
  },
  // ThinkSystem before V2.
  {
    platform: 'Lenovo XCC on Purley',
    when: { vendor: 'lenovo', model: /^ThinkSystem S\w+$/ },
    quirks: { accountSlots: { first: 2, last: 12 } },
  },
  // Hangs with UEFI 7.10 and XCC 9.10 (NVIDIA/libredfish src/lenovo.rs).
  {
    platform: 'Lenovo SR675 V3',
    when: { vendor: 'lenovo', model: /SR675 V3/, firmware: { from: '9.10', before: '9.11' } },
    quirks: { restartByOffSeconds: 10 },
  },
  {
    platform: 'Supermicro',
    when: { vendor: 'supermicro' },
    quirks: { bootOverrideNeedsAllFields: true, updateNamesNoTask: true, locksAfterFailures: 3, logs: ['Log1'] },
  },
  { platform: 'Supermicro X11', when: { vendor: 'supermicro', model: /X11/ }, quirks: { loginRefusedWith200: true } },
  {
    platform: 'AMI MegaRAC',
    when: { vendor: 'ami' },
    quirks: { bootOverrideNeedsAllFields: true, expandDropsFields: true },
  },
  { platform: 'OpenBMC', when: { vendor: 'openbmc' }, quirks: { logs: ['EventLog'] } },
];

/** All that applies to a platform. A platform in no row has no quirks. */
export const quirksOf = (platform: Platform): Quirks =>
  table
    .filter(
      ({ when }) =>
        when.vendor === platform.vendor &&
        (when.manager?.test(platform.manager) ?? true) &&
        (when.model?.test(platform.model) ?? true) &&
        (when.firmware?.from === undefined || compareVersions(platform.firmware, when.firmware.from) >= 0) &&
        (when.firmware?.before === undefined || compareVersions(platform.firmware, when.firmware.before) < 0),
    )
    .reduce<Quirks>((sum, row) => ({ ...sum, ...row.quirks }), {});

const vendors: readonly [RegExp, Vendor][] = [
  [/dell/i, 'dell'],
  [/\bhpe?\b|hewlett/i, 'hpe'],
  [/lenovo/i, 'lenovo'],
  [/super ?micro|^smc/i, 'supermicro'],
  [/open ?bmc/i, 'openbmc'],
  [/\bami\b|american megatrends/i, 'ami'],
];

/** The vendor in the first of these texts that names one. */
export const vendorOf = (...saidBy: (string | undefined)[]): Vendor =>
  saidBy.map((text) => vendors.find(([pattern]) => pattern.test(text ?? ''))?.[1]).find(Boolean) ?? 'other';

/** A firmware version as one compares it: `2.34` of `U46 v2.34 (03/11/2025)` on an iLO. */
export const plainVersion = (text: string, quirks: Quirks): string =>
  quirks.version?.exec(text.trim())?.[1] ?? text.trim();
