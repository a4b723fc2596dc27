import type { z } from 'zod';
import { triggerOf, type FunctionsCore, type RegisteredFunction } from '../core/functions-core.ts';
import { StartError, type HostSettings } from '../core/settings.ts';
import { bindingComplaints } from './bindings.ts';
import { complaintsOf } from './complaints.ts';
import type { AuthLevel } from './http/keys.ts';
import { Router } from './http/router.ts';
import { withSettings } from './names.ts';
import { RetryPolicy } from './retry.ts';
import { parseSchedule, type Schedule } from './timer/schedule.ts';
import { HttpTrigger, KafkaTrigger, storageQueue, TimerTrigger } from './trigger-schemas.ts';

interface Planned {
  fn: RegisteredFunction;
  /** The trigger binding's name. */
  trigger: string;
}
export interface PlannedHttp extends Planned {
  authLevel: AuthLevel;
}
export interface PlannedTimer extends Planned {
  schedule: Schedule;
  runOnStartup: boolean;
  isMonitored: boolean;
  retry: RetryPolicy | undefined;
}
export interface PlannedQueue extends Planned {
  queue: string;
}
export interface PlannedEvent extends Planned {
  topic: string;
  group: string;
  isMany: boolean;
  retry: RetryPolicy | undefined;
}

/** What starts the app's functions, read from their bindings. */
export interface Plan {
  routes: Router<PlannedHttp>;
  timers: PlannedTimer[];
  queues: PlannedQueue[];
  events: PlannedEvent[];
}

/** Reads the bindings of every function that is not switched off. Throws a StartError with all complaints. */
export function planTriggers(core: FunctionsCore, settings: HostSettings): Plan {
  const plan: Plan = { routes: new Router(), timers: [], queues: [], events: [] };
  const complaints = [...core.functions.values()]
    .filter(({ name }) => !settings.isDisabled(name))
    .flatMap((fn) => {
      const own = [...triggerComplaints(plan, fn, settings), ...bindingComplaints(fn, settings)];
      return own.map((complaint) => `function '${fn.name}': ${complaint}`);
    });
  complaints.push(...sharedGroups(plan));
  if (complaints.length > 0) throw new StartError('The functions cannot be run as they are declared', complaints);
  return plan;
}

function triggerComplaints(plan: Plan, fn: RegisteredFunction, settings: HostSettings): string[] {
  try {
    planFunction(plan, fn, settings);
    return [];
  } catch (error) {
    return complaintsOf(error);
  }
}

/** Two functions in one group would each see a part of the topic only. */
const sharedGroups = ({ events }: Plan): string[] =>
  events.flatMap(({ fn, topic, group }, i) => {
    const first = events.slice(0, i).find((other) => other.topic === topic && other.group === group);
    return first
      ? [
          `function '${fn.name}': reads topic '${topic}' in group '${group}', as does '${first.fn.name}'; ` +
            'give it a consumerGroup of its own',
        ]
      : [];
  });

function planFunction(plan: Plan, fn: RegisteredFunction, settings: HostSettings): void {
  const { name: trigger, binding: declared } = triggerOf(fn);
  const binding = withSettings(declared, settings.named);
  const retry = fn.metadata.retryOptions && RetryPolicy.parse(fn.metadata.retryOptions);
  switch (declared.type.toLowerCase()) {
    case 'httptrigger':
      return addRoute(plan, HttpTrigger.parse(binding), { fn, trigger }, settings);
    case 'timertrigger':
      return void plan.timers.push({ fn, trigger, retry, ...readTimer(TimerTrigger.parse(binding), settings) });
    case 'queuetrigger':
      return void plan.queues.push({ fn, trigger, queue: storageQueue(settings.named).parse(binding).queueName });
    case 'kafkatrigger': {
      const { topic, consumerGroup, cardinality } = KafkaTrigger.parse(binding);
      return void plan.events.push({ fn, trigger, topic, group: consumerGroup, isMany: cardinality === 'MANY', retry });
    }
    case 'orchestrationtrigger':
    case 'activitytrigger':
    case 'entitytrigger':
      return; // started by the durable engine
    default:
      throw new Error(
        `its trigger '${declared.type}' is not one this host knows: http, timer, queue, kafka, ` +
          'orchestration, activity, entity',
      );
  }
}

function addRoute(
  plan: Plan,
  { route, methods, authLevel }: z.infer<typeof HttpTrigger>,
  planned: Planned,
  settings: HostSettings,
): void {
  const template = [settings.http.routePrefix, route ?? planned.fn.name]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
  if (/^(runtime|admin)(\/|$)/i.test(template))
    throw new Error(`its route '${template}' begins with a word the host keeps for itself`);
  try {
    plan.routes.add(template, methods, { ...planned, authLevel });
  } catch (error) {
    throw new Error(`its route '${template}' cannot be used: ${complaintsOf(error).join('; ')}`, { cause: error });
  }
}

function readTimer({ schedule: text, runOnStartup, useMonitor }: z.infer<typeof TimerTrigger>, settings: HostSettings) {
  const schedule = parseSchedule(text, settings.zone);
  const first = schedule.next(0);
  const isFrequent = schedule.next(first) - first < 60_000; // its next run makes up for a missed one
  return { schedule, runOnStartup, isMonitored: useMonitor && !isFrequent };
}
