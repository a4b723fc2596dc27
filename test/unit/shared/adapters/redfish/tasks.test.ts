import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Task } from '../../../../../shared/adapters/redfish/contract.ts';
import { readTicket, taskOf, ticketOf, toProgress } from '../../../../../shared/adapters/redfish/tasks.ts';

describe('how far a task is', () => {
  it.each([
    [
      { TaskState: 'Running', PercentComplete: 40 },
      { state: 'running', percent: 40 },
    ],
    [{ TaskState: 'Starting', Oem: { Dell: { JobState: 'Scheduled' } } }, { state: 'waits-for-restart' }],
    [{ TaskState: 'Pending' }, { state: 'waits-for-restart' }],
    [{ TaskState: 'Completed', TaskStatus: 'OK' }, { state: 'finished' }],
    [{ JobState: 'Completed' }, { state: 'finished' }],
    [
      { TaskState: 'Completed', TaskStatus: 'Critical', Messages: [{ Message: 'The image is for another machine.' }] },
      { state: 'failed', reason: 'The image is for another machine.' },
    ],
    [{ TaskState: 'Exception' }, { state: 'failed', reason: "its task ended as 'Exception'" }],
    [{ JobState: 'CompletedWithErrors' }, { state: 'failed', reason: "its task ended as 'CompletedWithErrors'" }],
    [{ TaskState: 'Contemplating' }, { state: 'running' }],
  ])('%j is %j', (task, progress) => {
    expect(toProgress(Task.parse(task))).toEqual(progress);
  });
});

describe('where a task is read again', () => {
  const reply = (location: string | undefined, body: unknown = undefined) => ({ status: 202, location, body });
  it.each([
    [
      'its own path, named in the body',
      reply('/redfish/v1/TaskService/TaskMonitors/7', {
        '@odata.id': '/redfish/v1/TaskService/Tasks/7',
        TaskState: 'New',
      }),
      '/redfish/v1/TaskService/Tasks/7',
    ],
    ['the location', reply('/redfish/v1/TaskService/Tasks/JID_1'), '/redfish/v1/TaskService/Tasks/JID_1'],
    [
      'the location without its monitor',
      reply('/redfish/v1/TaskService/Tasks/12/Monitor'),
      '/redfish/v1/TaskService/Tasks/12',
    ],
    [
      'the location, when the body is no task',
      reply('/redfish/v1/TaskService/Tasks/3', { Accepted: { code: 'Base.v1_4_0.Accepted' } }),
      '/redfish/v1/TaskService/Tasks/3',
    ],
    ['nowhere', reply(undefined), undefined],
  ])('%s', (_case, given, path) => {
    expect(taskOf(given)).toBe(path);
  });
});

describe('a ticket', () => {
  it('keeps what was remembered, in one word', () => {
    const remembered = { task: '/redfish/v1/Tasks/1', note: 'two words' };
    expect(ticketOf(remembered)).not.toMatch(/\s/);
    expect(readTicket(z.object({ task: z.string(), note: z.string() }), ticketOf(remembered))).toEqual(remembered);
  });
});
