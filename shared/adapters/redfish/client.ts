import { createHttp, withSignal, type Http } from '../../http-client/client.ts';
import { isFailure } from '../../http-client/failure.ts';
import type { Bmc, BmcCallOptions, BmcTarget } from '../../ports/bmc.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { ensureAccount, listAccounts, removeAccount } from './accounts.ts';
import { bootOnceFromNetwork, clearBootOverride, readBootOverride } from './boot.ts';
import { ServiceRoot } from './contract.ts';
import { eraseDrives } from './erase.ts';
import { readDrives, readFacts, readFirmware, readHealth, readSystem } from './facts.ts';
import { updateFirmware, whileRestarting } from './firmware.ts';
import { restartBmc } from './manager.ts';
import { readPower, setPower } from './power.ts';
import { vendorOf } from './quirks.ts';
import { serviceOver, type Remembered, type Service } from './service.ts';
import { bmcHttp, credentialsAt, endSession, openSession, sessionPool, type HttpSettings, type Time } from './session.ts';

export interface RedfishOptions {
  /** BMC passwords are read from here by reference, at each login. */
  secrets: Pick<Secrets, 'read'>;
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
  const known = new WeakMap<Http, Remembered>();
  const on = <T>(bmc: BmcTarget, { signal }: BmcCallOptions = {}, work: (service: Service) => Promise<T>) => pool.use(bmc, (http) => {
    const remembered = known.get(http) ?? {};
    known.set(http, remembered);
    return work(serviceOver(signal === undefined ? http : withSignal(http, signal), remembered));
  });
  /** For what changes something and has nothing to say. */
  const change = async (bmc: BmcTarget, call: BmcCallOptions | undefined, work: (service: Service) => Promise<void>): Promise<null> => {
    await on(bmc, call, work);
    return null;
  };

  return {
    probe: async (bmc, _input, call) => {
      const { body: root } = await createHttp(bmcHttp(bmc.address, settings)).send({ method: 'GET', path: '/redfish/v1/', authenticated: false, answers: { 200: ServiceRoot }, ...call });
      const vendor = vendorOf(root.Vendor, ...Object.keys(root.Oem ?? {}));
      return { vendor: root.Vendor ?? (vendor === 'other' ? undefined : vendor), product: root.Product, redfishVersion: root.RedfishVersion ?? 'unknown' };
    },
    canLogIn: async (bmc) => {
      const http = createHttp(bmcHttp(bmc.address, settings));
      try {
        await endSession(http, await openSession(http, await credentialsAt(secrets, bmc.secretRef)));
        return true;
      } catch (error) {
        if (isFailure(error, 'auth')) return false;
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
    updateFirmware: (bmc, update, call) => on(bmc, call, (service) => updateFirmware(service, update, pollAfterSeconds)).catch((error: unknown) => whileRestarting(error, update, pollAfterSeconds)),
    listAccounts: (bmc, _input, call) => on(bmc, call, listAccounts),
    ensureAccount: (bmc, { secretRef, role }, call) => change(bmc, call, async (service) => ensureAccount(service, { ...(await credentialsAt(secrets, secretRef)), role })),
    removeAccount: (bmc, { username }, call) => change(bmc, call, (service) => removeAccount(service, username)),
    listDrives: (bmc, _input, call) => on(bmc, call, async (service) => readDrives(service, await readSystem(service))),
    eraseDrives: (bmc, erase = {}, call) => on(bmc, call, (service) => eraseDrives(service, erase, pollAfterSeconds)),
    restartBmc: (bmc, how = {}, call) => change(bmc, call, (service) => restartBmc(service, how)),
    readHealth: (bmc, _input, call) => on(bmc, call, readHealth),
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
