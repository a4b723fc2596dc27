import type { ImageJob } from '../../shared/facts/image-job.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { days } from '../../shared/kernel/durations.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';
import { State } from '../../shared/lifecycle/states.ts';
import type { RouteAnswer } from '../kernel/listener.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { ReportedCache } from '../kernel/reported-cache.ts';
import type { EdgeEventBody, Emit } from '../platform/emit.ts';
import type { Expected } from '../platform/expected.ts';
import { jobText, JobProgress } from './job-format.ts';
import type { JobQueue } from './job-queue.ts';
import { receiveInventory, type InventoryReport } from './receive.ts';
import type { BootTokens, Holder } from './tokens.ts';

/** A call of a booted image, below the address in its script. */
export interface ReportCall {
  method: string;
  token: string;
  /** Behind the token: `inventory`, `job`, `job/<id>`. */
  path: string;
  /** The port it was booted from, as it says. */
  mac: string | undefined;
  text: () => Promise<string>;
}

export interface ReportIntakeOptions {
  datacenter: string;
  tokens: BootTokens;
  expected: Pick<Expected, 'find' | 'refreshSoon'>;
  jobs: JobQueue;
  /** Whether a machine whose server is in this state runs the image. */
  runsImage: (state: State) => boolean;
  reported: ReportedCache;
  emit: Emit;
  log: EdgeLog;
  onFault: (reason: string) => void;
  /** Where machines reach us; undefined where that is no IPv4 address. */
  address: string | undefined;
}

const remindAfter = days(1);
const unreadable = ({ mac }: Holder): string => `unreadable-report ${mac}`;

/**
 * The event for a report. One that names another serial number than the server at this port should have is an anomaly:
 * its facts are attributed to neither server.
 */
export function eventOfReport(
  { serial, facts }: Pick<InventoryReport, 'serial' | 'facts'>,
  { mac, serverId }: Holder,
  expected: string | undefined,
): Extract<EdgeEventBody, { kind: 'inventory-report' | 'anomaly' }> {
  const isOther = expected !== undefined && serial !== undefined && expected.toUpperCase() !== serial.toUpperCase();
  return isOther
    ? { kind: 'anomaly', mac, serverId, anomaly: { kind: 'other-serial', expected, found: serial, facts } }
    : { kind: 'inventory-report', mac, ...(serial !== undefined && { serial }), facts };
}

/**
 * Takes reports of validation images and hands out their jobs: only to the holder of the token of its own boot, and
 * only as the machine that was booted.
 */
export class ReportIntake {
  readonly #options: ReportIntakeOptions;
  #reports = 0;
  #refused = 0;

  constructor(options: ReportIntakeOptions) {
    this.#options = options;
  }

  status(): { reports: number; refused: number } {
    return { reports: this.#reports, refused: this.#refused };
  }

  /** Throws an AppError for a call that is not accepted. */
  async answer(call: ReportCall): Promise<RouteAnswer> {
    const { tokens, jobs, address } = this.#options;
    const holder =
      tokens.holderOf(call.token) ?? this.#refuse('its token is unknown or has expired: restart the machine');
    const [, id] = /^job\/([\w-]{1,64})$/.exec(call.path) ?? [];
    if (call.method === 'POST' && call.path === 'inventory') return this.#takeInventory(holder, await call.text());
    this.#mustBe(holder, call.mac);
    if (call.method === 'GET' && call.path === 'job') {
      const next = await this.#nextFor(holder);
      return { status: 200, body: next === undefined ? '' : jobText(next, address) };
    }
    if (call.method === 'POST' && id !== undefined) {
      const noted = await jobs.note(holder.serverId, id, parse(JobProgress, jsonOf(await call.text()), 'progress'));
      // The image repeats the end of a job until it is answered: that of an unknown job is answered and dropped.
      if (noted === 'unknown')
        this.#options.onFault(`${holder.mac} posted progress of the job ${id}, which is not known here`);
      return { status: 204 };
    }
    throw new AppError({
      code: 'report.unknown-path',
      kind: 'not-found',
      publicMessage: `There is no ${call.method} …/${call.path}, only POST inventory, GET job and POST job/<id>.`,
    });
  }

  async #takeInventory(holder: Holder, text: string): Promise<RouteAnswer> {
    const { emit, reported, onFault, log, datacenter } = this.#options;
    let report: InventoryReport;
    try {
      report = receiveInventory(jsonOf(text));
    } catch (error) {
      const reason = (error instanceof AppError ? error.publicMessage : explain(error)).slice(0, 2000);
      onFault(`the report of ${holder.mac} cannot be read: ${explain(error)}`);
      await this.#reportUnreadable(holder, reason);
      throw error;
    }
    this.#mustBe(holder, report.bootMac);
    this.#reports += 1;
    const expected = this.#options.expected.find(MacAddress.parse(holder.mac))?.server.serial ?? undefined;
    const event = eventOfReport(report, holder, expected);
    if (event.kind === 'anomaly')
      log.anomaly({
        datacenter,
        mac: holder.mac,
        reason: `it says its serial number is ${report.serial}, not ${expected}`,
      });
    await emit(event);
    reported.record(unreadable(holder), '');
    return { status: 204 };
  }

  /** Once a day: such a machine posts an unreadable report with each boot. */
  async #reportUnreadable(holder: Holder, reason: string): Promise<void> {
    const { reported, emit } = this.#options;
    if (!reported.isDue(unreadable(holder), 'now', remindAfter)) return;
    await emit({
      kind: 'anomaly',
      mac: holder.mac,
      serverId: holder.serverId,
      anomaly: { kind: 'unreadable-report', reason },
    });
    reported.record(unreadable(holder), 'now');
  }

  /** The list of jobs may be a minute old: before a machine is told that it has none, the list is refreshed. */
  async #nextFor(holder: Holder): Promise<ImageJob | undefined> {
    const { jobs, expected } = this.#options;
    const next = async () => (this.#mayRunJobs(holder) ? jobs.next(holder.serverId) : undefined);
    const known = await next();
    if (known !== undefined) return known;
    await expected.refreshSoon();
    return next();
  }

  /** Only in states in which the image may run: a machine whose server has moved on gets no job. */
  #mayRunJobs({ mac }: Holder): boolean {
    const state = State.safeParse(this.#options.expected.find(MacAddress.parse(mac))?.server.state);
    return state.success && this.#options.runsImage(state.data);
  }

  #mustBe({ mac }: Holder, said: string | undefined): void {
    if (MacAddress.safeParse(said).data !== mac)
      this.#refuse(`its token belongs to ${mac}, and it names ${said ?? 'no port'}`);
  }

  #refuse(reason: string): never {
    this.#refused += 1;
    this.#options.log.reportRefused({ datacenter: this.#options.datacenter, reason });
    throw new AppError({
      code: 'report.refused',
      kind: 'forbidden',
      publicMessage: `This call is refused: ${reason}.`,
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError({ code: 'edge.not-json', kind: 'invalid', publicMessage: 'The body is not JSON.', cause });
  }
}
