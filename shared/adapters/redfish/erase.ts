import { z } from 'zod';
import { said } from '../../facts/said.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import { unnamedMethod, type DriveErased } from '../../ports/bmc.ts';
import { done, pending, refused, type Submitted } from '../../ports/outcome.ts';
import { Drive, SecureEraseBody, Task, Volume } from './contract.ts';
import { drivesOf, readSystem } from './facts.ts';
import { toDrive, toPower } from './map.ts';
import type { Service } from './service.ts';
import { readTask, readTicket, startOf, taskOf, tasksBegunBy, ticketOf, toProgress } from './tasks.ts';

const Ticket = z.object({
  drives: z.array(z.object({ path: z.string(), serial: z.string(), method: z.string(), task: z.string().nullable() })),
  /** How often a task may still be unknown to the BMC that has just named it. */
  looksLeft: z.number().int(),
});
type Ticket = z.infer<typeof Ticket>;
type Begun = Ticket['drives'][number];
const looksForTasks = 8;

/**
 * Erases every drive by its own means (Drive.SecureErase) and reads each one back: its task ended well, no
 * operation is left on it, and no volume lives on it any more. If one drive cannot be erased this way, none is
 * touched; once begun, each drive's end is told for itself.
 */
export async function eraseDrives(
  service: Service,
  erase: { ticket?: string },
  pollAfterSeconds: number,
): Promise<Submitted<{ drives: DriveErased[] }>> {
  if (erase.ticket !== undefined) return follow(service, readTicket(Ticket, erase.ticket), pollAfterSeconds);
  const drives = await drivesOf(service, await readSystem(service));
  if (drives.length === 0)
    return refused(
      'The management controller shows no drive. Erase from the validation image instead, which sees them all.',
    );
  const unable = drives.filter((drive) => !drive.Actions?.['#Drive.SecureErase'] || !said(drive.SerialNumber));
  if (unable.length > 0)
    return refused(
      'These drives cannot be erased by the management controller: ' +
        `${unable.map((drive) => toDrive(drive).name).join(', ')}. Erase from the validation image instead.`,
    );
  const begun: Begun[] = [];
  for (const drive of drives) begun.push(await begin(service, drive));
  return pending({
    ticket: ticketOf({ drives: begun, looksLeft: looksForTasks } satisfies Ticket),
    pollAfterSeconds,
    progress: `${begun.length} drives`,
  });
}

/** The one that reaches furthest first; a drive that offers none of them by name does what it does by default. */
const methods = ['CryptographicErase', 'BlockErase', 'Overwrite'];

async function begin(service: Service, drive: Drive): Promise<Begun> {
  const action = drive.Actions?.['#Drive.SecureErase'];
  const allowed = action?.['SanitizationType@Redfish.AllowableValues'];
  const type = methods.find((each) => allowed?.includes(each));
  const begun = { path: drive['@odata.id'], serial: said(drive.SerialNumber) ?? '', method: type ?? unnamedMethod };
  const target = action?.target ?? '';
  const earlier = await eraseSince(service, drive, target);
  if (earlier !== undefined) return { ...begun, ...earlier };
  try {
    const isNow = action?.['@Redfish.OperationApplyTimeSupport']?.SupportedValues?.includes('Immediate');
    return {
      ...begun,
      task:
        taskOf(
          await service.post(target, {
            ...(type && { SanitizationType: type }),
            ...(isNow && { '@Redfish.OperationApplyTime': 'Immediate' }),
          }),
        ) ?? null,
    };
  } catch (error) {
    // Being erased already, by a call whose answer was lost, and without a task that says so or by which method.
    if (isFailure(error, 'conflict') && ((await service.get(begun.path, Drive)).Operations ?? []).length > 0)
      return { ...begun, method: unnamedMethod, task: null };
    throw error;
  }
}

/**
 * The erasure of this drive that runs, or that ended well, left nothing on it, and after which nothing can have been
 * written: the host is off and was last started before it. Both times are the BMC's own, so its clock need not be
 * right. Its method is that with which it was begun, by whomever.
 */
async function eraseSince(
  service: Service,
  drive: Drive,
  target: string,
): Promise<{ task: string; method: string } | undefined> {
  const running = drive.Operations?.[0]?.AssociatedTask?.['@odata.id'];
  if (running) return { task: running, method: methodOf(await service.find(running, Task)) };
  const task = (await tasksBegunBy(service, target)).at(-1);
  const path = task?.['@odata.id'];
  if (!task || path === undefined) return undefined;
  const found = { task: path, method: methodOf(task) };
  const { state } = toProgress(task);
  if (state === 'running') return found;
  const system = await readSystem(service);
  const startedBefore = (Date.parse(system.LastResetTime ?? '') || Infinity) <= startOf(task);
  return state === 'finished' &&
    toPower(system.PowerState) === 'off' &&
    startedBefore &&
    !(await volumeOn(service, drive))
    ? found
    : undefined;
}

/** What still lives on a drive. Some describe the bare drive itself as a volume. */
async function volumeOn(service: Service, drive: Drive): Promise<Volume | undefined> {
  const volumes = await Promise.all((drive.Links?.Volumes ?? []).map((each) => service.find(each, Volume)));
  return volumes.find((volume) => volume && volume.VolumeType !== 'RawDevice' && volume.RAIDType !== 'None');
}

/** What a task says it was begun with; tasks need not say. */
const methodOf = (task: Task | undefined): string =>
  SecureEraseBody.safeParse(task?.Payload?.JsonBody).data?.SanitizationType ?? unnamedMethod;

async function follow(
  service: Service,
  ticket: Ticket,
  pollAfterSeconds: number,
): Promise<Submitted<{ drives: DriveErased[] }>> {
  const drives = await Promise.all(
    ticket.drives.map(async (begun) => ({ ...begun, progress: await progressOf(service, begun) })),
  );
  const left = drives.filter(
    ({ progress }) => progress.state === 'running' || (progress.state === 'unknown' && ticket.looksLeft > 0),
  );
  if (left.length > 0) {
    const looksLeft = left.some(({ progress }) => progress.state === 'unknown')
      ? ticket.looksLeft - 1
      : ticket.looksLeft;
    return pending({
      ticket: ticketOf({ ...ticket, looksLeft }),
      pollAfterSeconds,
      progress: `${drives.length - left.length} of ${drives.length} drives erased`,
    });
  }
  return done({ drives: drives.map(({ serial, method, progress }) => ({ serial, method, ...endOf(progress) })) });
}

function endOf(progress: DriveProgress): Pick<DriveErased, 'isVerified' | 'evidence'> {
  switch (progress.state) {
    case 'erased':
      return progress.isProved
        ? { isVerified: true, evidence: 'its task ended well; no operation and no volume is left on it' }
        : { isVerified: false, evidence: 'no task says how it ended' };
    case 'failed':
      return { isVerified: false, evidence: progress.reason };
    case 'unknown':
    case 'running':
      return { isVerified: false, evidence: 'its task is gone and nothing says how it ended' };
  }
}

type DriveProgress =
  | { state: 'running' | 'unknown' }
  | { state: 'erased'; isProved: boolean }
  | { state: 'failed'; reason: string };

/** The task's word alone is not taken for it: the drive is read again. Without a task there is no proof at all. */
async function progressOf(service: Service, { path, serial, task }: Begun): Promise<DriveProgress> {
  const progress = task === null ? undefined : await readTask(service, task);
  if (progress?.state === 'failed') return progress;
  if (progress?.state === 'running' || progress?.state === 'waits-for-restart') return { state: 'running' };
  const drive = await service.find(path, Drive);
  if (!drive) return { state: 'failed', reason: 'it is no longer there' };
  if (said(drive.SerialNumber) !== serial)
    return {
      state: 'failed',
      reason: `another drive is in its place: ${said(drive.SerialNumber) ?? 'one without a serial number'}`,
    };
  if ((drive.Operations ?? []).length > 0) return { state: 'running' };
  if (progress?.state === 'gone') return { state: 'unknown' };
  const alive = await volumeOn(service, drive);
  if (alive)
    return {
      state: 'failed',
      reason: `the task says erased, but '${alive.Name ?? alive['@odata.id']}' is still on it`,
    };
  return { state: 'erased', isProved: progress?.state === 'finished' };
}
