import { empty, json, type SimAnswer } from '../kit/simulator.ts';
import { notFound } from './answers.ts';
import type { Machine } from './machine.ts';
import { listing, resource } from './resource.ts';
import { hasFault, type Task } from './state.ts';
import { normal, type Resource } from './tree.ts';

/** Begins work that takes a while, and answers as this platform does: 202 and where to look, or 200 and nothing. */
export function beginTask(
  machine: Machine,
  begun: Pick<Task, 'name' | 'target' | 'body' | 'work'>,
): { task: Task; answer: SimAnswer } {
  const { record, context, quirks, places } = machine;
  const number = record.nextNumber++;
  const task: Task = {
    ...begun,
    id: quirks.jobs ? `JID_${String(100_000_000_000 + number)}` : String(number),
    state: 'Running',
    percent: 0,
    message: 'The task is running.',
    startedAt: context.now(),
    isVisible: !quirks.taskAppearsAfterSeconds,
    isPurged: false,
  };
  record.tasks = [...record.tasks, task].slice(-50);
  if (quirks.taskAppearsAfterSeconds)
    context.later('task-appears', quirks.taskAppearsAfterSeconds, { serial: machine.serial, task: task.id });
  if (quirks.updateWithoutTask && task.work.kind === 'update')
    return {
      task,
      answer: json(200, {
        error: {
          code: 'iLO.0.10.ExtendedInfo',
          message: 'See @Message.ExtendedInfo',
          '@Message.ExtendedInfo': [{ MessageId: 'Base.1.18.Success' }],
        },
      }),
    };
  if (quirks.updateNamesNoTask && task.work.kind === 'update')
    return {
      task,
      answer: json(200, { Accepted: { code: 'Base.v1_4_0.Accepted', Message: 'Successfully Accepted Request.' } }),
    };
  if (quirks.monitorForgetsFinishedTask)
    return {
      task,
      answer: json(202, taskResource(machine, task), { location: `/redfish/v1/TaskService/TaskMonitors/${task.id}` }),
    };
  return { task, answer: empty(202, { location: `${places.tasks}/${task.id}` }) };
}

/** Goes on after so many seconds, unless the BMC's tasks are stuck. */
export function goesOn(machine: Machine, task: Task, afterSeconds: number): void {
  if (!hasFault(machine.record, 'task-stuck'))
    machine.context.later('task', afterSeconds, { serial: machine.serial, task: task.id });
}

export function endTask(
  { context, quirks }: Machine,
  task: Task,
  state: 'Completed' | 'Exception',
  message: string,
): void {
  Object.assign(task, {
    state,
    message,
    percent: state === 'Completed' ? 100 : task.percent,
    endedAt: context.now(),
    isPurged: state === 'Completed' && quirks.jobs !== undefined,
  });
}

/** Tasks, and the jobs or monitors of the same work. Undefined for paths that are none of these. */
export function serveTasks(machine: Machine, path: string): SimAnswer | undefined {
  const { record, places, quirks } = machine;
  const isAt = (base: string | undefined) =>
    base && normal(path).startsWith(`${normal(base)}/`)
      ? record.tasks.find((each) => each.id.toLowerCase() === normal(path).slice(normal(base).length + 1))
      : undefined;
  const shown = record.tasks.filter(
    (each) => each.isVisible && !each.isPurged && !(quirks.updateWithoutTask && each.work.kind === 'update'),
  );
  if (normal(path) === normal(places.tasks))
    return json(
      200,
      listing(
        places.tasks,
        'Task',
        shown.map((each) => `${places.tasks}/${each.id}`),
      ),
    );
  const job = isAt(quirks.jobs?.replace(/\/$/, ''));
  if (job)
    return job.isVisible
      ? json(200, { ...taskResource(machine, job), '@odata.id': path, JobState: dellState(job) })
      : notFound(path);
  const watched = isAt('/redfish/v1/TaskService/TaskMonitors');
  if (watched) return serveMonitor(machine, watched);
  const task = isAt(places.tasks);
  return task && (shown.includes(task) ? json(200, taskResource(machine, task)) : notFound(path));
}

/** The finished task goes with the answer that says so. */
function serveMonitor(machine: Machine, task: Task): SimAnswer {
  if (task.state === 'Running' || task.state === 'Pending') return json(202, taskResource(machine, task));
  machine.record.tasks = machine.record.tasks.filter((each) => each !== task);
  return json(200, taskResource(machine, task));
}

const dellState = (task: Task) =>
  ({ Running: 'Running', Pending: 'Scheduled', Completed: 'Completed', Exception: 'Failed' })[task.state];

const taskResource = ({ places, quirks }: Machine, task: Task): Resource =>
  resource(`${places.tasks}/${task.id}`, 'Task.v1_5_1.Task', {
    Name: task.name,
    TaskState: task.state,
    TaskStatus: task.state === 'Exception' ? 'Critical' : 'OK',
    PercentComplete: task.percent,
    StartTime: new Date(task.startedAt).toISOString(),
    ...(task.endedAt && { EndTime: new Date(task.endedAt).toISOString() }),
    Messages: [{ MessageId: 'Base.1.18.Success', Message: task.message }],
    ...(!quirks.taskWithoutPayload && {
      Payload: { HttpOperation: 'POST', TargetUri: task.target, JsonBody: task.body },
    }),
    ...(quirks.jobs && { Oem: { Dell: { JobState: dellState(task) } } }),
  });
