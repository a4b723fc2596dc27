// Every outside system of the simulated company but the BMCs, and the settings under which the platform reaches them.
import { awxAccount, awxSimulator } from './awx/awx.ts';
import { dellAccount, dellSimulator } from './dell/dell.ts';
import { hpeAccount, hpeSimulator } from './hpe/hpe.ts';
import { jiraAccount, jiraSimulator } from './jira/jira.ts';
import type { Lab } from './kit/lab.ts';
import type { Simulator } from './kit/simulator.ts';
import { mailSimulator } from './mail/mail.ts';
import { netboxAccount, netboxSimulator } from './netbox/netbox.ts';
import { oidcSimulator, portalClient } from './oidc/oidc.ts';
import { createOneViewSimulator, oneviewAccount } from './oneview/oneview.ts';
import { createOpenManageSimulator, openmanageAccount } from './openmanage/openmanage.ts';
import { upsAccount, upsSimulator } from './ups/ups.ts';
import { vaultAccount, vaultSimulator } from './vault/vault.ts';
import { machinesShipped, type DeskState } from './vendors/desk.ts';
import type { Machine } from './vendors/factory.ts';
import { visitBmc, type VisitBmc } from './vendors/visit-bmc.ts';

/** `visit` is how the fleet managers reach a BMC; a lab without BMCs brings its own. */
export const companySimulatorsWith = (visit: VisitBmc): Simulator<never>[] =>
  [
    netboxSimulator,
    hpeSimulator,
    dellSimulator,
    upsSimulator,
    createOneViewSimulator(visit),
    createOpenManageSimulator(visit),
    awxSimulator,
    jiraSimulator,
    vaultSimulator,
    mailSimulator,
    oidcSimulator,
  ] as unknown as Simulator<never>[];

export const companySimulators: Simulator<never>[] = companySimulatorsWith(visitBmc);

/**
 * The platform's settings for a lab that listens: names of environment variables and their values. One taken
 * out and given another address replaces that one simulator by the real system.
 */
export const settingsFor = (lab: Lab): Record<string, string> => ({
  NETBOX_URL: `${lab.url}/netbox`,
  NETBOX_TOKEN: netboxAccount.token,
  HPE_QUOTING_URL: `${lab.url}/hpe`,
  HPE_QUOTING_CLIENT_ID: hpeAccount.clientId,
  HPE_QUOTING_CLIENT_SECRET: hpeAccount.clientSecret,
  DELL_QUOTING_URL: `${lab.url}/dell`,
  DELL_QUOTING_CLIENT_ID: dellAccount.clientId,
  DELL_QUOTING_CLIENT_SECRET: dellAccount.clientSecret,
  UPS_URL: `${lab.url}/ups`,
  UPS_CLIENT_ID: upsAccount.clientId,
  UPS_CLIENT_SECRET: upsAccount.clientSecret,
  ONEVIEW_URL: `${lab.url}/oneview`,
  ONEVIEW_USERNAME: oneviewAccount.username,
  ONEVIEW_PASSWORD: oneviewAccount.password,
  OPENMANAGE_URL: `${lab.url}/openmanage`,
  OPENMANAGE_USERNAME: openmanageAccount.username,
  OPENMANAGE_PASSWORD: openmanageAccount.password,
  AWX_URL: `${lab.url}/awx`,
  AWX_TOKEN: awxAccount.token,
  JIRA_URL: `${lab.url}/jira`,
  JIRA_EMAIL: jiraAccount.email,
  JIRA_API_TOKEN: jiraAccount.apiToken,
  JIRA_PROJECT: jiraAccount.project,
  VAULT_ADDR: `${lab.url}/vault`,
  VAULT_TOKEN: vaultAccount.token,
  SMTP_URL: lab.addressOf('mail'),
  SMTP_FROM: 'Rackline <rackline@rackline.example>',
  OIDC_ISSUER: `${lab.url}/oidc`,
  OIDC_CLIENT_ID: portalClient.id,
  OIDC_CLIENT_SECRET: portalClient.secret,
});

/** Every machine the vendors have sent out, for whoever unpacks and plugs them in. */
export const machinesDelivered = (lab: Lab): Machine[] =>
  ['hpe', 'dell'].flatMap((vendor) => machinesShipped(lab.state<DeskState>(vendor)));
