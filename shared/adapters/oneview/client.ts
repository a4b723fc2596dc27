import { z } from 'zod';
import { done, pending, refused, type Submitted } from '../../ports/outcome.ts';
import type { VendorTool } from '../../ports/vendor-tool.ts';
import { openAppliance, type OneViewLogin } from './appliance.ts';
import {
  FirmwareBundle,
  FirmwareCompliance,
  ListedTask,
  NewProfile,
  ProfileTemplate,
  ServerHardware,
  ServerProfile,
  Task,
} from './contract.ts';
import {
  isManaged,
  isUnderWay,
  newestBundle,
  pathOf,
  profileNameOf,
  profileStanding,
  taskEnd,
  toCompliance,
} from './map.ts';

export interface OneViewOptions extends OneViewLogin {
  licensingIntent?: string;
  /** The short id of the firmware bundle that counts; the newest one otherwise. */
  firmwareBaseline?: string;
}

/** A ticket without a task of its own: look at the thing itself again. */
const watching = 'watch';
const pollAfterSeconds = 15;

/**
 * HPE OneView. Servers are found by serial, profiles by the server or by a name made from its serial; a server
 * can be added and can carry a profile only once, which the appliance itself enforces, so a request whose answer
 * was lost ends either in what the first one made or in a task error that is read as such.
 */
export function createOneView(options: OneViewOptions): VendorTool {
  const appliance = openAppliance(options);

  const findHardware = async (serial: string) =>
    (await appliance.select('rest/server-hardware', ServerHardware, `serialNumber='${serial}'`)).find(
      (hardware) => hardware.serialNumber === serial,
    );
  const readProfile = async (uri: string) => {
    const { status, body } = await appliance.send({
      method: 'GET',
      path: pathOf(uri),
      answers: { 200: ServerProfile, 404: z.unknown() },
    });
    return status === 200 ? body : undefined;
  };
  const findProfile = async (serial: string) => {
    const hardware = await findHardware(serial);
    if (hardware?.serverProfileUri) return readProfile(hardware.serverProfileUri);
    const name = profileNameOf(serial);
    return (await appliance.select('rest/server-profiles', ServerProfile, `name='${name}'`)).find(
      (profile) => profile.name === name,
    );
  };
  const findTemplate = async (name: string) =>
    (await appliance.select('rest/server-profile-templates', ProfileTemplate, `name='${name}'`)).find(
      (template) => template.name === name,
    );

  /** How a task stands, or undefined when there is none to ask about. The appliance forgets old ones. */
  const askTask = async (ticket: string | undefined) => {
    if (ticket === undefined || ticket === watching) return undefined;
    const { status, body } = await appliance.send({
      method: 'GET',
      path: ticket,
      answers: { 200: Task, 404: z.unknown() },
    });
    return status === 200 ? taskEnd(body) : undefined;
  };

  async function registration(serial: string): Promise<Submitted | undefined> {
    const hardware = await findHardware(serial);
    if (!hardware) return undefined;
    return isManaged(hardware) ? done({}) : pending({ ticket: watching, pollAfterSeconds, progress: hardware.state });
  }

  async function isBeingAdded(host: string): Promise<boolean> {
    const running = await appliance.select('rest/tasks', ListedTask, "taskState='Running'");
    return running.some(
      ({ associatedResource }) =>
        associatedResource?.resourceCategory === 'server-hardware' && associatedResource.resourceName === host,
    );
  }

  async function application(serial: string, templateUri: string): Promise<Submitted | undefined> {
    const profile = await findProfile(serial);
    if (!profile) return undefined;
    const standing = profileStanding(profile);
    const isOurs = profile.serverProfileTemplateUri === templateUri;
    if (!isOurs && profile.state !== 'Deleting')
      return refused(
        `The server carries the profile ${profile.name}, made from another template. Remove that one first.`,
      );
    if (standing === 'in force') return done({});
    return standing === 'in progress'
      ? pending({ ticket: watching, pollAfterSeconds, progress: profile.state ?? 'unknown' })
      : refused(`The profile ${profile.name} is ${profile.state}, ${profile.templateCompliance}.`);
  }

  return {
    product: 'oneview',
    manages: (manufacturer) => /^(hpe|hewlett)/i.test(manufacturer),

    register: async ({ serial, bmcAddress, username, password, ticket }) => {
      const task = await askTask(ticket);
      if (task?.end === 'running')
        return pending({ ticket: ticket ?? watching, pollAfterSeconds, progress: task.progress });
      const known = await registration(serial);
      if (known) return known;
      // The first request of ours, whose answer was lost, is still under way: it decides, and is asked for again.
      if (task?.end === 'failed' && isUnderWay(task.reason))
        return pending({ ticket: watching, pollAfterSeconds, progress: 'Adding' });
      if (task?.end === 'failed') return refused(`OneView could not add the server: ${task.reason}`);
      if (task)
        return refused(
          `OneView finished adding ${new URL(bmcAddress).host}, but knows no server with serial ${serial}.`,
        );
      const hardware = {
        hostname: new URL(bmcAddress).host,
        username,
        password,
        force: false,
        licensingIntent: options.licensingIntent ?? 'OneView',
        configurationState: 'Managed',
      };
      const begun = await appliance.begin({ method: 'POST', path: 'rest/server-hardware', body: hardware });
      return pending({ ticket: begun ?? watching, pollAfterSeconds });
    },
    unregister: async (serial, bmcAddress) => {
      const hardware = await findHardware(serial);
      if (!hardware)
        return bmcAddress !== undefined && (await isBeingAdded(new URL(bmcAddress).host))
          ? pending({ ticket: watching, pollAfterSeconds, progress: 'Adding' })
          : done({});
      if (hardware.state !== 'Removing')
        await appliance.send({
          method: 'DELETE',
          path: `${pathOf(hardware.uri)}?force=true`,
          answers: { 202: z.unknown(), 204: z.unknown(), 404: z.unknown() },
        });
      return pending({ ticket: watching, pollAfterSeconds, progress: 'Removing' });
    },
    isRegistered: async (serial) => {
      const hardware = await findHardware(serial);
      return hardware !== undefined && isManaged(hardware);
    },

    firmwareCompliance: async (serial) => {
      const hardware = await findHardware(serial);
      const firmwareBaselineId =
        options.firmwareBaseline ?? newestBundle(await appliance.select('rest/firmware-drivers', FirmwareBundle));
      if (!hardware?.uuid || firmwareBaselineId === undefined) return [];
      const { body } = await appliance.send({
        method: 'POST',
        path: 'rest/server-hardware/firmware-compliance',
        body: { firmwareBaselineId, serverUUID: hardware.uuid },
        answers: { 200: FirmwareCompliance },
        repeatable: true,
      });
      return toCompliance(body);
    },

    applyProfile: async (serial, { template: templateName, ticket }) => {
      const template = await findTemplate(templateName);
      if (!template) return refused(`OneView has no server profile template called ${templateName}.`);
      const task = await askTask(ticket);
      if (task?.end === 'running')
        return pending({ ticket: ticket ?? watching, pollAfterSeconds, progress: task.progress });
      const known = await application(serial, template.uri);
      if (known) return known;
      if (task?.end === 'failed') return refused(`OneView could not apply ${templateName}: ${task.reason}`);
      if (task)
        return refused(`OneView finished applying ${templateName}, but the server ${serial} carries no profile.`);
      const hardware = await findHardware(serial);
      if (!hardware) return refused(`OneView knows no server with serial ${serial}; register it first.`);
      const { body: draft } = await appliance.send({
        method: 'GET',
        path: `${pathOf(template.uri)}/new-profile`,
        answers: { 200: NewProfile },
      });
      const begun = await appliance.begin({
        method: 'POST',
        path: 'rest/server-profiles',
        body: { ...draft, name: profileNameOf(serial), serverHardwareUri: hardware.uri },
      });
      return pending({ ticket: begun ?? watching, pollAfterSeconds });
    },
    readProfile: async (serial) => {
      const profile = await findProfile(serial);
      if (!profile?.serverProfileTemplateUri) return undefined;
      const { body: template } = await appliance.send({
        method: 'GET',
        path: pathOf(profile.serverProfileTemplateUri),
        answers: { 200: ProfileTemplate },
      });
      return { template: template.name, isCompliant: profileStanding(profile) === 'in force' };
    },
    removeProfile: async (serial) => {
      const profile = await findProfile(serial);
      if (profile)
        await appliance.send({
          method: 'DELETE',
          path: pathOf(profile.uri),
          answers: { 202: z.unknown(), 204: z.unknown(), 404: z.unknown() },
        });
    },
  };
}
