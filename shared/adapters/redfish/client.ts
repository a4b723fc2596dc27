import { setTimeout as delay } from 'node:timers/promises';
import { createHttp, withSignal, type Http } from '../../kernel/http-client/client.ts';
import { backgroundScheduler, type Scheduler } from '../../kernel/scheduler.ts';
import type { Bmc, BmcCallOptions, BmcTarget } from '../../ports/bmc.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { ensureAccount, listAccounts, removeAccount } from './accounts.ts';
import { bootOnceFromNetwork, clearBootOverride, readBootOverride } from './boot.ts';
import { ServiceRoot } from './contract.ts';
import { eraseDrives } from './erase.ts';
import type { BmcHint } from './events.ts';
import { readDrives, readFacts, readFirmware, readSystem } from './facts.ts';
import { updateFirmware, whileRestarting } from './firmware.ts';
import { readLog } from './log.ts';
import { credentialsAt, endSession, isRefusedLogin, openSession, RefusedLogins, sessionsAt } from './login.ts';
import { restartBmc } from './manager.ts';
import { openSessionsInMemory, type OpenSessions } from './open-sessions.ts';
import { readPower, setPower } from './power.ts';
import { vendorOf } from './quirks.ts';
import { messageRegistries } from './registries.ts';
import { readHealth, readSensors } from './sensors.ts';
import { serviceOver, type Service } from './service.ts';
import { bmcHttp, sessionPool, type HttpSettings } from './session.ts';
import { pause } from './wait.ts';
import { Watcher, type Watching, type WatchOptions } from './watch.ts';

export interface RedfishOptions {
  /** BMC passwords are read from here by reference, at each login. */
  secrets: Pick<Secrets, 'read'>;
  http?: HttpSettings;
  /** For closing idle sessions and trying again. The machine's clock unless given. */
  time?: Scheduler;
  /** How long an idle session stays open. 0 ends it with each call. */
  lingerMilliseconds?: number;
  /** How soon to ask again about an update or an erasure. */
  pollAfterSeconds?: number;
  /**
   * Remembers which sessions are open. In memory unless given: give one on disk, and what a killed process left open is
   * ended.
   */
  openSessions?: OpenSessions;
  /** How long a refused password is not tried again. */
  refusedLoginPauseMilliseconds?: number;
}

export interface Redfish extends Bmc {
  /**
   * Calls `onHint` whenever the BMC says that something happened: then it is time to look. Resolves when it is clear
   * how this BMC tells of events, and goes on until the signal is aborted.
   */
  watch(bmc: BmcTarget, onHint: (hint: BmcHint) => void, options: WatchOptions): Promise<Watching>;
  /** Logs out there now, or as soon as what is under way has ended: nobody will come back soon. */
  leave(bmc: BmcTarget): Promise<void>;
  /** Ends every open session and watch; to be called before the process ends. */
  close(): Promise<void>;
}

/** Management controllers over Redfish (DMTF DSP0266): iDRAC, iLO, XCC, Supermicro, OpenBMC and what else speaks it. */
export function createRedfish(options: RedfishOptions): Redfish {
  const {
    secrets,
    http: settings = {},
    time = backgroundScheduler, // an idle session must not keep the process alive
    lingerMilliseconds = 5_000,
    pollAfterSeconds = 15,
    openSessions = openSessionsInMemory(),
    refusedLoginPauseMilliseconds = 30 * 60_000,
  } = options;
  const refused = new RefusedLogins(() => time.now(), refusedLoginPauseMilliseconds);
  const pool = sessionPool({ secrets, time, lingerMilliseconds, http: settings, openSessions, refused });
  const watcher = new Watcher(pool, time);
  const registries = messageRegistries();
  const pauseFor = (seconds: number, signal: AbortSignal | undefined) =>
    options.time ? pause(options.time, seconds, signal) : delay(seconds * 1000, undefined, { signal });
  const on = <T>(bmc: BmcTarget, { signal }: BmcCallOptions = {}, work: (service: Service) => Promise<T>) =>
    pool.use(
      bmc,
      (http) =>
        work(serviceOver(callWith(http, signal), { session: http, pause: (seconds) => pauseFor(seconds, signal) })),
      signal,
    );
  /** For what changes something and has nothing to say. */
  const change = async (
    bmc: BmcTarget,
    call: BmcCallOptions | undefined,
    work: (service: Service) => Promise<void>,
  ): Promise<null> => {
    await on(bmc, call, work);
    return null;
  };

  return {
    probe: async (bmc, _input, call) => {
      const { body: root } = await createHttp(bmcHttp(bmc.address, settings)).send({
        method: 'GET',
        path: '/redfish/v1/',
        authenticated: false,
        answers: { 200: ServiceRoot },
        ...call,
      });
      const vendor = vendorOf(root.Vendor, ...Object.keys(root.Oem ?? {}));
      return {
        vendor: root.Vendor ?? (vendor === 'other' ? undefined : vendor),
        product: root.Product,
        redfishVersion: root.RedfishVersion ?? 'unknown',
      };
    },
    canLogIn: async (bmc, _input, call) => {
      const http = callWith(createHttp(bmcHttp(bmc.address, settings)), call?.signal);
      const credentials = await credentialsAt(secrets, bmc.secretRef);
      try {
        const { path, token } = await openSession(http, credentials, await sessionsAt(http));
        refused.forget(bmc.address, credentials);
        // Left in the list if it cannot be ended: then the next login ends it.
        if (path !== undefined) await openSessions.opened(bmc.address, path);
        if (path !== undefined && (await endSession(createHttp(bmcHttp(bmc.address, settings)), path, { token })))
          await openSessions.closed(bmc.address, path);
        return true;
      } catch (error) {
        if (isRefusedLogin(error)) return false;
        throw error;
      }
    },
    readFacts: (bmc, _input, call) => on(bmc, call, readFacts),
    readPower: (bmc, _input, call) => on(bmc, call, readPower),
    setPower: (bmc, { action }, call) => change(bmc, call, (service) => setPower(service, action)),
    bootOnceFromNetwork: (bmc, _input, call) => change(bmc, call, bootOnceFromNetwork),
    clearBootOverride: (bmc, _input, call) => change(bmc, call, clearBootOverride),
    readBootOverride: (bmc, _input, call) => on(bmc, call, readBootOverride),
    readFirmware: (bmc, _input, call) => on(bmc, call, readFirmware),
    updateFirmware: (bmc, update, call) =>
      on(bmc, call, (service) => updateFirmware(service, update, pollAfterSeconds)).catch((error: unknown) =>
        whileRestarting(error, update, pollAfterSeconds),
      ),
    listAccounts: (bmc, _input, call) => on(bmc, call, listAccounts),
    ensureAccount: (bmc, { secretRef, role }, call) =>
      change(bmc, call, async (service) =>
        ensureAccount(
          service,
          { ...(await credentialsAt(secrets, secretRef)), role },
          (await secrets.read(bmc.secretRef))?.username,
        ),
      ),
    removeAccount: (bmc, { username }, call) => change(bmc, call, (service) => removeAccount(service, username)),
    listDrives: (bmc, _input, call) => on(bmc, call, async (service) => readDrives(service, await readSystem(service))),
    eraseDrives: (bmc, erase = {}, call) => on(bmc, call, (service) => eraseDrives(service, erase, pollAfterSeconds)),
    restartBmc: (bmc, how = {}, call) => change(bmc, call, (service) => restartBmc(service, how)),
    readHealth: (bmc, _input, call) => on(bmc, call, readHealth),
    readSensors: (bmc, _input, call) => on(bmc, call, (service) => readSensors(service)),
    readLog: (bmc, since = {}, call) => on(bmc, call, (service) => readLog(service, since, registries)),
    watch: (bmc, onHint, how) => watcher.watch(bmc, onHint, how),
    leave: (bmc) => pool.leave(bmc),
    close: async () => {
      await watcher.close();
      await pool.close();
    },
  };
}

const callWith = (http: Http, signal: AbortSignal | undefined) =>
  signal === undefined ? http : withSignal(http, signal);
