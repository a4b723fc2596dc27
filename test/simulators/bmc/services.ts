import type { FirmwareItem, Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource, service } from './resource.ts';
import type { BmcRecord } from './state.ts';
import type { Resource } from './tree.ts';

const update = `${service}/UpdateService`;

/** Update, account, session, task and event services. Their members with a state are served live. */
export function servicesOf(profile: Profile, sessionTimeout = profile.sessionTimeout): Resource[] {
  return [
    resource(update, 'UpdateService.v1_9_0.UpdateService', {
      ServiceEnabled: true,
      Status: healthy,
      FirmwareInventory: link(`${update}/FirmwareInventory`),
      ...(profile.simpleUpdate && {
        Actions: {
          '#UpdateService.SimpleUpdate': {
            target: `${update}/Actions/UpdateService.SimpleUpdate`,
            'TransferProtocol@Redfish.AllowableValues': profile.simpleUpdate.protocols,
            ...(profile.simpleUpdate.applyTimes && {
              '@Redfish.OperationApplyTimeSupport': {
                '@odata.type': '#Settings.v1_3_3.OperationApplyTimeSupport',
                SupportedValues: profile.simpleUpdate.applyTimes,
              },
            }),
          },
        },
      }),
    }),
    resource(`${service}/AccountService`, 'AccountService.v1_9_0.AccountService', {
      ServiceEnabled: true,
      MinPasswordLength: profile.passwordLength.min,
      MaxPasswordLength: profile.passwordLength.max,
      Accounts: link(`${service}/AccountService/Accounts`),
      Roles: link(`${service}/AccountService/Roles`),
    }),
    ...collection(
      `${service}/AccountService/Roles`,
      'Role',
      ['Administrator', 'Operator', 'ReadOnly'].map((id) =>
        resource(`${service}/AccountService/Roles/${id}`, 'Role.v1_3_0.Role', { IsPredefined: true, RoleId: id }),
      ),
    ),
    resource(`${service}/SessionService`, 'SessionService.v1_1_8.SessionService', {
      ServiceEnabled: true,
      SessionTimeout: sessionTimeout,
      Sessions: link(`${service}/SessionService/Sessions`),
    }),
    resource(`${service}/TaskService`, 'TaskService.v1_2_0.TaskService', {
      ServiceEnabled: true,
      Tasks: link(`${service}/TaskService/Tasks`),
    }),
    resource(`${service}/EventService`, 'EventService.v1_7_2.EventService', {
      ServiceEnabled: true,
      DeliveryRetryAttempts: 3,
      DeliveryRetryIntervalSeconds: 30,
      Status: healthy,
      ...(profile.eventTypes && { EventTypesForSubscription: profile.eventTypes }),
      ...(profile.hasEventStream && { ServerSentEventUri: eventStream }),
      Subscriptions: link(`${service}/EventService/Subscriptions`),
      Actions: {
        '#EventService.SubmitTestEvent': { target: `${service}/EventService/Actions/EventService.SubmitTestEvent` },
      },
    }),
  ];
}

export const eventStream = `${service}/EventService/SSE`;

/** The messages a BMC speaks in, with what to do about each. */
export function messagesOf({ messages }: Profile): Resource[] {
  if (!messages) return [];
  const file = `${service}/Registries/Messages`;
  const registry = `${file}/Registry`;
  return [
    ...collection(`${service}/Registries`, 'MessageRegistryFile', [
      resource(file, 'MessageRegistryFile.v1_1_0.MessageRegistryFile', {
        Registry: `${messages.prefix}.${messages.version}`,
        Languages: ['En'],
        Location: [{ Language: 'En', Uri: registry }],
      }),
    ]),
    resource(registry, 'MessageRegistry.v1_5_0.MessageRegistry', {
      Language: 'en',
      OwningEntity: 'The vendor',
      RegistryPrefix: messages.prefix,
      RegistryVersion: messages.version,
      Messages: Object.fromEntries(
        Object.entries(messages.resolutions).map(([code, Resolution]) => [
          code,
          { Message: code, MessageSeverity: 'Critical', Severity: 'Critical', NumberOfArgs: 0, Resolution },
        ]),
      ),
    }),
  ];
}

export const inventoryOf = (profile: Profile, record: BmcRecord): Resource[] =>
  collection(
    `${update}/FirmwareInventory`,
    'SoftwareInventory',
    profile.firmware.flatMap((item) => itemsOf(profile, item, record)),
  );

/** Dell lists what runs as installed and again as current, and keeps the one before for going back. */
function itemsOf(profile: Profile, item: FirmwareItem, record: BmcRecord): Resource[] {
  const now = item.component ? record.firmware[item.component] : undefined;
  const entry = (id: string, version: string) =>
    resource(`${update}/FirmwareInventory/${id}`, 'SoftwareInventory.v1_4_0.SoftwareInventory', {
      Name: item.name,
      Version: version,
      Updateable: item.component !== undefined,
      Status: /backup/i.test(id) ? { State: 'StandbySpare', Health: 'OK' } : healthy,
      ...(item.description && { Description: item.description }),
      ...(item.softwareId && { SoftwareId: item.softwareId }),
    });
  const text = (version: string) => (item.component ? profile.version(item.component, version) : version);
  const version = text(now?.version ?? item.version ?? '');
  const id = item.id(version);
  const isListedThrice = id.startsWith('Installed-');
  return [
    entry(id, version),
    ...(isListedThrice && item.component === 'bios' ? [entry(id.replace('Installed-', 'Current-'), version)] : []),
    ...(isListedThrice && now?.previous
      ? [entry(item.id(text(now.previous)).replace('Installed-', 'Previous-'), text(now.previous))]
      : []),
  ];
}
