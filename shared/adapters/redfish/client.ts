import { createHttp, type Http } from '../../http-client/client.ts';
import { isFailure } from '../../http-client/failure.ts';
import type { Bmc, BmcTarget } from '../../ports/bmc.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { ensureAccount, listAccounts, removeAccount } from './accounts.ts';
import { bootOnceFromNetwork, clearBootOverride, readBootOverride } from './boot.ts';
import { ServiceRoot } from './contract.ts';
import { eraseDrives } from './erase.ts';
import { readDrives, readFacts, readFirmware, readHealth, readSystem } from './facts.ts';
import { updateFirmware, whileRestarting } from './firmware.ts';
import { readPower, setPower } from './power.ts';
import { vendorOf } from './quirks.ts';
import { serviceOver, type Service } from './service.ts';
import { bmcHttp, endSession, openSession, sessionPool, type HttpSettings, type Time } from './session.ts';

export interface RedfishOptions {
  /** BMC passwords are read from here by reference, at each login. */
  secrets: Secrets;
  http?: HttpSettings;
  /** For closing idle sessions. The machine's clock unless given. */
  time?: Time;
  /** How long an idle session stays open. 0 ends it with each call. */
  lingerMilliseconds?: number;
  /** How soon to ask again about an update or an erasure. */
  pollAfterSeconds?: number;
}

/** Ends every open session; to be called before the process ends. */
export type Redfish = Bmc & { close(): Promise<void> };

/** Management controllers over Redfish (DMTF DSP0266): iDRAC, iLO, XCC, Supermicro, OpenBMC and what else speaks it. */
export function createRedfish(options: RedfishOptions): Redfish {
  const { secrets, http: settings = {}, time = machineTime, lingerMilliseconds = 5_000, pollAfterSeconds = 15 } = options;
  const pool = sessionPool({ secrets, time, lingerMilliseconds, http: settings });
  /** What was found out about a BMC is kept as long as its session. */
  const services = new WeakMap<Http, Service>();
  const on = <T>(bmc: BmcTarget, work: (service: Service) => Promise<T>) => pool.use(bmc, (http) => {
    const service = services.get(http) ?? serviceOver(http);
    services.set(http, service);
    return work(service);
  });

  return {
    probe: async (address) => {
      const { body: root } = await createHttp(bmcHttp(address, settings)).send({ method: 'GET', path: '/redfish/v1/', authenticated: false, answers: { 200: ServiceRoot } });
      const vendor = vendorOf(root.Vendor, ...Object.keys(root.Oem ?? {}));
      return { vendor: root.Vendor ?? (vendor === 'other' ? undefined : vendor), product: root.Product, redfishVersion: root.RedfishVersion ?? 'unknown' };
    },
    canLogIn: async (address, username, password) => {
      const http = createHttp(bmcHttp(address, settings));
      try {
        await endSession(http, await openSession(http, { username, password }));
        return true;
      } catch (error) {
        if (isFailure(error, 'auth')) return false;
        throw error;
      }
    },
    readFacts: (bmc) => on(bmc, readFacts),
    readPower: (bmc) => on(bmc, readPower),
    setPower: (bmc, action) => on(bmc, (service) => setPower(service, action)),
    bootOnceFromNetwork: (bmc) => on(bmc, bootOnceFromNetwork),
    clearBootOverride: (bmc) => on(bmc, clearBootOverride),
    readBootOverride: (bmc) => on(bmc, readBootOverride),
    readFirmware: (bmc) => on(bmc, readFirmware),
    updateFirmware: (bmc, update) => on(bmc, (service) => updateFirmware(service, update, pollAfterSeconds)).catch((error: unknown) => whileRestarting(error, update, pollAfterSeconds)),
    listAccounts: (bmc) => on(bmc, listAccounts),
    ensureAccount: (bmc, account) => on(bmc, (service) => ensureAccount(service, account)),
    removeAccount: (bmc, username) => on(bmc, (service) => removeAccount(service, username)),
    listDrives: (bmc) => on(bmc, async (service) => readDrives(service, await readSystem(service))),
    eraseDrives: (bmc, erase) => on(bmc, (service) => eraseDrives(service, erase, pollAfterSeconds)),
    readHealth: (bmc) => on(bmc, readHealth),
    close: () => pool.close(),
  };
}

/** An idle session must not keep the process alive. */
const machineTime: Time = {
  now: () => Date.now(),
  schedule: (at, run) => {
    const timer = setTimeout(() => void run(), Math.max(0, at - Date.now())).unref();
    return () => clearTimeout(timer);
  },
};
