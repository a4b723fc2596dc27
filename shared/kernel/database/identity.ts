/**
 * On whose behalf statements run. SQL reads it as `current_setting('rackline.caller')` and
 * `current_setting('rackline.tenant')`, which policies of row-level security can stand on.
 */
export interface Identity {
  caller: string;
  /** The tenant whose rows the caller is confined to; `everyTenant` where it is confined to none. */
  tenant: string;
}

export const everyTenant = '*';

/** Who a session is until a transaction says otherwise: the platform itself, in timers, consumers and sagas. */
export const platformIdentity: Identity = { caller: 'platform', tenant: everyTenant };
/** As settings of a session, on the server's command line. */
export const sessionSettings = ({ caller, tenant }: Identity): string =>
  `-c rackline.caller=${caller} -c rackline.tenant=${tenant}`;
