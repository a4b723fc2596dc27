import { z } from 'zod';
import { isFailure } from '../../kernel/http-client/failure.ts';
import type { UpdatableComponent } from '../../ports/bmc.ts';
import { done, pending, refused, type Submitted } from '../../ports/outcome.ts';
import { UpdateService } from './contract.ts';
import { readFirmware } from './facts.ts';
import { setPower } from './power.ts';
import { plainVersion } from './quirks.ts';
import type { Service } from './service.ts';
import { readTask, readTicket, taskOf, tasksBegunBy, ticketOf, toProgress, type Progress } from './tasks.ts';

export interface FirmwareUpdate {
  component: UpdatableComponent;
  version: string;
  imageUrl: string;
  ticket?: string;
}

/** What has to be remembered between two questions. */
const Ticket = z.object({
  /** Null where the BMC keeps no task for an update. */
  task: z.string().nullable(),
  /** It has been seen at least once: from then on, gone means finished. */
  seen: z.boolean(),
  restarted: z.boolean(),
  /**
   * How often the old version may still be in place although nothing runs any more; and how often a restart may show no
   * effect.
   */
  looksLeft: z.number().int(),
});
type Ticket = z.infer<typeof Ticket>;
/** Ten minutes at the usual pace: longer than any POST. The first few are for a task that is slow to appear. */
const looks = 40;
const looksForTask = 8;
const freshTicket = (task: string | undefined): Ticket => ({
  task: task ?? null,
  seen: false,
  restarted: false,
  looksLeft: looks,
});

/**
 * Installs firmware from an address (UpdateService.SimpleUpdate) and answers `done` when the inventory shows
 * the version, whatever the task says. Restarts the host where that is what the update waits for.
 */
export async function updateFirmware(
  service: Service,
  update: FirmwareUpdate,
  pollAfterSeconds: number,
): Promise<Submitted<{ version: string }>> {
  const again = (ticket: Ticket, progress?: string) =>
    pending({ ticket: ticketOf(ticket), pollAfterSeconds, progress });
  if (update.ticket === undefined) {
    if (await isInstalled(service, update)) return done({ version: update.version });
    return begin(service, update, again);
  }
  const ticket = readTicket(Ticket, update.ticket);
  return (await isInstalled(service, update))
    ? done({ version: update.version })
    : follow(service, update, ticket, again);
}

/** A BMC that is being asked after its update and does not answer is restarting; whoever waits sets the limit. */
export function whileRestarting(
  error: unknown,
  { ticket }: FirmwareUpdate,
  pollAfterSeconds: number,
): Submitted<never> {
  if (ticket === undefined || !isFailure(error, 'transient')) throw error;
  return pending({ ticket, pollAfterSeconds, progress: 'the BMC does not answer, as when it restarts' });
}

type Again = (ticket: Ticket, progress?: string) => Submitted<never>;

async function begin(service: Service, update: FirmwareUpdate, again: Again): Promise<Submitted<{ version: string }>> {
  const updates = await readUpdateService(service);
  const action = updates?.Actions?.['#UpdateService.SimpleUpdate'];
  if (!action)
    return refused(
      'This management controller takes no firmware from an address (no SimpleUpdate). Update it with the ' +
        "vendor's tool.",
    );
  const { quirks } = await service.places();
  const inFlight = await updateUnderWay(service, update, action.target);
  if (inFlight) return again(inFlight);
  const image = new URL(update.imageUrl);
  const protocol = image.protocol.replace(':', '').toUpperCase();
  const applyTimes = action['@Redfish.OperationApplyTimeSupport']?.SupportedValues;
  const reply = await service.post(action.target, {
    ImageURI: image.href,
    ...(action['TransferProtocol@Redfish.AllowableValues']?.includes(protocol) && { TransferProtocol: protocol }),
    ...(applyTimes?.includes('Immediate') && { '@Redfish.OperationApplyTime': 'Immediate' }),
  });
  // Some accept without naming the task they have begun.
  return again(
    freshTicket(
      taskOf(reply) ??
        (quirks.updateWithoutTask ? undefined : (await tasksBegunBy(service, action.target)).at(-1)?.['@odata.id']),
    ),
  );
}

/** The same image begun by an earlier try whose answer was lost: followed, not begun again. */
async function updateUnderWay(service: Service, update: FirmwareUpdate, target: string): Promise<Ticket | undefined> {
  const { quirks } = await service.places();
  if (quirks.updateWithoutTask)
    return (await progressWithoutTask(service)).state === 'running' ? freshTicket(undefined) : undefined;
  const task = (await tasksBegunBy(service, target)).findLast((each) =>
    each.Payload?.JsonBody?.includes(new URL(update.imageUrl).href),
  );
  const isUnderWay = task && ['running', 'waits-for-restart'].includes(toProgress(task).state);
  return isUnderWay ? freshTicket(task['@odata.id']) : undefined;
}

async function follow(
  service: Service,
  update: FirmwareUpdate,
  ticket: Ticket,
  again: Again,
): Promise<Submitted<{ version: string }>> {
  const progress = ticket.task === null ? await progressWithoutTask(service) : await readTask(service, ticket.task);
  const seen = { ...ticket, seen: ticket.seen || progress.state !== 'gone' };
  const later = { ...seen, looksLeft: ticket.looksLeft - 1 };
  if (progress.state === 'failed')
    return refused(`The update of ${update.component} to ${update.version} failed: ${progress.reason}`);
  if (progress.state === 'running')
    return again(seen, progress.percent === undefined ? undefined : `${progress.percent} %`);
  if (progress.state === 'gone' && !ticket.seen && ticket.looksLeft > looks - looksForTask)
    return again(later, 'its task does not show yet');
  // All but the BMC's own firmware takes effect in the host's next start, also where the task claims to be finished.
  const isRestartOwed =
    progress.state === 'waits-for-restart'
      ? ticket.looksLeft === 0 || !ticket.restarted
      : update.component !== 'bmc' && !ticket.restarted;
  if (isRestartOwed) {
    await setPower(service, 'restart');
    return again({ ...seen, restarted: true, looksLeft: looks }, 'the host restarts to apply it');
  }
  if (ticket.looksLeft === 0)
    return refused(
      `The BMC reports the update of ${update.component} as finished, but what is installed is ` +
        `${(await installedVersions(service, update)).join(', ') || 'unknown'}, not ${update.version}.`,
    );
  return again(later, 'the new version does not show yet');
}

/** iLO: one word for the whole update service, and a percentage. */
async function progressWithoutTask(service: Service): Promise<Progress> {
  const hpe = (await readUpdateService(service))?.Oem?.Hpe;
  if (hpe?.State === 'Error')
    return { state: 'failed', reason: hpe.Result?.MessageId ?? 'the update service reports an error' };
  const isRunning = hpe?.State !== undefined && !['Idle', 'Complete'].includes(hpe.State);
  return isRunning ? { state: 'running', percent: hpe.FlashProgressPercent } : { state: 'finished' };
}

const readUpdateService = async (service: Service) =>
  service.find((await service.places()).root.UpdateService, UpdateService);

/** Cards and drives of one kind are several; the image was for some of them. */
async function isInstalled(service: Service, update: FirmwareUpdate): Promise<boolean> {
  const { quirks } = await service.places();
  return (await installedVersions(service, update)).includes(plainVersion(update.version, quirks));
}

const installedVersions = async (service: Service, { component }: FirmwareUpdate) =>
  (await readFirmware(service)).flatMap((each) => (each.component === component && each.version ? [each.version] : []));
