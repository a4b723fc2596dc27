import { Gauge, Registry } from 'prom-client';
import { hasEnded, JobState } from '../shared/facts/image-job.ts';
import type { Scheduler } from '../shared/kernel/scheduler.ts';
import type { Bmcs } from './bmc/bmcs.ts';
import type { EventSubscriptionsStatus } from './bmc/event-subscriptions.ts';
import type { PollerStatus } from './bmc/poller.ts';
import type { ReceiverStatus } from './bmc/receiver.ts';
import type { BootingStatus } from './boot/booting.ts';
import type { LeaseSourcesStatus } from './dhcp/lease-sources.ts';
import type { LeaseStatus } from './dhcp/lease-tracker.ts';
import type { JobQueue } from './image-jobs/job-queue.ts';
import type { FaultStatus } from './kernel/error-counter.ts';
import type { Journal, JournalStatus, DeadLetter } from './kernel/journal.ts';
import type { Routes } from './kernel/listener.ts';
import type { Configuration, ConfigurationStatus } from './platform/configuration.ts';
import type { Expected, ExpectedStatus } from './platform/expected.ts';
import type { Identity, IdentityStatus } from './platform/identity.ts';
import type { LinkStatus, Uplink } from './platform/uplink.ts';
import type { UpdateStatus } from './update/updater.ts';
import { version } from './version.ts';

export interface AgentStatus {
  datacenter: string;
  version: string;
  /** `cut-off`: works, but the platform receives nothing. `failing`: rejects events, the journal is full. */
  condition: 'ok' | 'cut-off' | 'failing';
  identity: IdentityStatus;
  link: LinkStatus;
  journal: JournalStatus & { oldestAgeSeconds: number };
  expected: ExpectedStatus;
  configuration: ConfigurationStatus;
  /** The state of the agent's update; null where it has no updater. */
  update: UpdateStatus | null;
  leases: LeaseStatus & LeaseSourcesStatus & { faults: FaultStatus };
  /** Null where machines do not boot from this agent. */
  boot: (BootingStatus & { faults: FaultStatus }) | null;
  /** Jobs of validation images, by state. */
  jobs: Partial<Record<JobState, number>>;
  /** How commands are carried out, and whether this agent is the active one. */
  commands: ReceiverStatus;
  /** How controllers are sampled. */
  poller: PollerStatus;
  /** How many controllers send events. */
  eventSubscriptions: EventSubscriptionsStatus;
}

const shownDeadLetters = 20;

export interface Health {
  status(): AgentStatus;
  /** `/healthz` for people, `/readyz` for supervisors (503 while events are rejected), `/metrics` for Prometheus. */
  routes: Routes;
}

export interface HealthOptions {
  datacenter: string;
  time: Scheduler;
  identity: Pick<Identity, 'status'>;
  journal: Journal;
  uplink: Uplink;
  expected: Expected;
  configuration: Configuration;
  bmcs: Pick<Bmcs, 'status'>;
  jobs: Pick<JobQueue, 'counts'>;
  leases: () => AgentStatus['leases'];
  boot: (() => NonNullable<AgentStatus['boot']>) | undefined;
  update?: () => UpdateStatus;
}

/** The status of the agent, from the status of its parts. */
export function createHealth({
  datacenter,
  time,
  identity,
  journal,
  uplink,
  expected,
  configuration,
  bmcs,
  jobs,
  leases,
  boot,
  update,
}: HealthOptions): Health {
  function status(): AgentStatus {
    const kept = journal.status();
    const link = uplink.status();
    // A link over which nothing was sent yet is not known to be down.
    const isCutOff = link.failures > 0 || identity.status().state !== 'valid';
    return {
      datacenter,
      version,
      condition: kept.isFull ? 'failing' : isCutOff ? 'cut-off' : 'ok',
      link,
      journal: {
        ...kept,
        oldestAgeSeconds: kept.oldestAt === null ? 0 : Math.max(0, (time.now() - Date.parse(kept.oldestAt)) / 1000),
      },
      identity: identity.status(),
      expected: expected.status(),
      configuration: configuration.status(),
      update: update?.() ?? null,
      leases: leases(),
      boot: boot?.() ?? null,
      jobs: jobs.counts(),
      ...bmcs.status(),
    };
  }

  const registry = metricsOf(datacenter, status);
  return {
    status,
    routes: {
      'GET /healthz': () => ({
        status: 200,
        body: { ...status(), deadLetters: journal.deadLetters(shownDeadLetters) satisfies DeadLetter[] },
      }),
      'GET /readyz': () => {
        const { condition } = status();
        return { status: condition === 'failing' ? 503 : 200, body: { condition } };
      },
      'GET /metrics': async () => ({ status: 200, body: await registry.metrics() }),
    },
  };
}

function metricsOf(datacenter: string, status: () => AgentStatus): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ datacenter });
  const gauges: [name: string, help: string, read: (status: AgentStatus) => number][] = [
    ['rackline_edge_link_up', 'Whether the platform accepted the last batch.', ({ link }) => Number(link.isUp)],
    ['rackline_edge_sent_events', 'Events that the platform accepted since the start.', ({ link }) => link.sent],
    ['rackline_edge_journal_events', 'Events that wait for the platform.', ({ journal }) => journal.events],
    ['rackline_edge_journal_oldest_seconds', 'Age of the oldest of them.', ({ journal }) => journal.oldestAgeSeconds],
    ['rackline_edge_journal_bytes', 'Size of the journal.', ({ journal }) => journal.bytes],
    ['rackline_edge_journal_limit_bytes', 'Size limit of the journal.', ({ journal }) => journal.maxBytes],
    [
      'rackline_edge_journal_full',
      'Whether the last event was rejected because the journal is full.',
      ({ journal }) => Number(journal.isFull),
    ],
    ['rackline_edge_dead_letters', 'Events that the platform refused.', ({ journal }) => journal.deadLetters],
    [
      'rackline_edge_superseded_events',
      'Superseded events dropped since the start, for want of space.',
      ({ journal }) => journal.superseded,
    ],
    [
      'rackline_edge_identity_valid',
      'Whether the agent has a certificate that the platform accepts.',
      ({ identity }) => Number(identity.state === 'valid'),
    ],
    [
      'rackline_edge_certificate_expires_seconds',
      'When its certificate ends, in seconds since 1970; 0 without one.',
      ({ identity }) => secondsOf(identity.expiresAt),
    ],
    [
      'rackline_edge_configuration_confirmed_seconds',
      'When the platform last confirmed its configuration, in seconds since 1970; 0 for never.',
      ({ configuration }) => secondsOf(configuration.confirmedAt),
    ],
    [
      'rackline_edge_update_refused',
      'Whether the wanted release was refused or has failed its trial.',
      ({ update }) => Number(update?.state === 'refused' || update?.state === 'rolled-back'),
    ],
    ['rackline_edge_expected_servers', 'Servers in the list of expected servers.', ({ expected }) => expected.servers],
    [
      'rackline_edge_expected_confirmed_seconds',
      'When the platform last confirmed them, in seconds since 1970; 0 for never.',
      ({ expected }) => secondsOf(expected.confirmedAt),
    ],
    [
      'rackline_edge_active',
      'Whether this agent is the active one of its datacenter.',
      ({ commands }) => Number(commands.role === 'active'),
    ],
    ['rackline_edge_commands_in_flight', 'Commands that run now.', ({ commands }) => commands.inFlight],
    ['rackline_edge_commands', 'Commands carried out since the start.', ({ commands }) => commands.carriedOut],
    ['rackline_edge_controllers', 'Management controllers that are polled.', ({ poller }) => poller.controllers],
    [
      'rackline_edge_controllers_unreachable',
      'Those of them that did not answer the last sample.',
      ({ poller }) => poller.unreachable,
    ],
    [
      'rackline_edge_controllers_logs_unread',
      'Those of them whose log could not be read at the last attempt.',
      ({ poller }) => poller.logsUnread,
    ],
    [
      'rackline_edge_event_streams',
      'Controllers that stream events.',
      ({ eventSubscriptions }) => eventSubscriptions.streams,
    ],
    [
      'rackline_edge_event_subscriptions',
      'Controllers that post their events.',
      ({ eventSubscriptions }) => eventSubscriptions.subscriptions,
    ],
    ['rackline_edge_samples', 'Samples taken from controllers since the start.', ({ poller }) => poller.samples],
    ['rackline_edge_leases_heard', 'Leases heard since the start.', ({ leases }) => leases.heard],
    [
      'rackline_edge_leases_last_seconds',
      'When the last lease was heard, in seconds since 1970; 0 for never.',
      ({ leases }) => secondsOf(leases.last?.at ?? null),
    ],
    [
      'rackline_edge_leases_caught_up',
      'Whether the leases that the DHCP servers held at the start were read.',
      ({ leases }) => Number(leases.isCaughtUp),
    ],
    ['rackline_edge_boot_slots', 'Machines that may fetch the image at once.', ({ boot }) => boot?.pace.slots ?? 0],
    ['rackline_edge_boot_fetching', 'Machines that fetch the image.', ({ boot }) => boot?.pace.taken ?? 0],
    ['rackline_edge_boot_waiting', 'Machines that wait for a slot.', ({ boot }) => boot?.pace.waiting ?? 0],
    [
      'rackline_edge_reports',
      'Inventories that booted images reported since the start.',
      ({ boot }) => boot?.reports ?? 0,
    ],
    [
      'rackline_edge_reports_refused',
      'Calls that were refused for their boot token, since the start.',
      ({ boot }) => boot?.refused ?? 0,
    ],
    [
      'rackline_edge_jobs_open',
      'Jobs of validation images that have not ended.',
      ({ jobs }) =>
        JobState.options.filter((state) => !hasEnded(state)).reduce((sum, state) => sum + (jobs[state] ?? 0), 0),
    ],
    ['process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss()],
  ];
  new Gauge({
    name: 'rackline_edge_release',
    help: 'The release that runs; always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(status()));
      },
    });
  }
  const labelled: [
    name: string,
    help: string,
    label: string,
    read: (status: AgentStatus) => Readonly<Record<string, number>>,
  ][] = [
    [
      'rackline_edge_faults',
      'Faults of a part that goes on, since the start.',
      'part',
      ({ leases, boot }) => ({ leases: leases.faults.count, ...(boot && { boot: boot.faults.count }) }),
    ],
    [
      'rackline_edge_boot_answers',
      'What machines were given to boot, since the start.',
      'choice',
      ({ boot }) => boot?.answers ?? {},
    ],
  ];
  for (const [name, help, label, read] of labelled) {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [value, count] of Object.entries(read(status()))) this.set({ [label]: value }, count);
      },
    });
  }
  return registry;
}

const secondsOf = (at: string | null): number => (at === null ? 0 : Date.parse(at) / 1000);
