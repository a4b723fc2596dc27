import { z } from 'zod';
import type { Caller } from '../../../shared/access/caller.ts';
import { ReceivedItem, ReceiveItem } from '../../../shared/domain/receiving/receiving.api.ts';
import { CompleteTask, TaskView } from '../../../shared/domain/tasks/tasks.api.ts';
import { MacAddress } from '../../../shared/facts/server.ts';
import { cut, page, PageQuery } from '../../../shared/kernel/api/paging.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import type { MockPlatform } from '../platform.ts';
import { conflict, endpoint, seen } from './endpoint.ts';

const taskOf = (platform: MockPlatform, caller: Caller, id: string) =>
  seen('task', id, platform.tasks.get(id), (task) => caller.may('task:read', task));

export const receiving = [
  endpoint({
    route: 'GET /v1/tasks',
    needs: 'task:read',
    query: PageQuery.extend({ datacenter: z.string().optional(), state: z.string().optional() }),
    answer: page(TaskView),
    handle: ({ platform, caller, query }) => {
      const states = query.state === 'todo' ? ['open', 'claimed'] : query.state ? [query.state] : undefined;
      const fitting = [...platform.tasks.values()].filter(
        (task) =>
          caller.may('task:read', task) &&
          (!query.datacenter || task.datacenterId === query.datacenter) &&
          (!states || states.includes(task.state)),
      );
      return cut(
        fitting.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1)),
        query.limit,
        ({ dueAt, id }) => `${dueAt}/${id}`,
      );
    },
  }),
  endpoint({
    route: 'GET /v1/tasks/{id}',
    needs: 'task:read',
    answer: TaskView,
    handle: ({ platform, caller, id }) => taskOf(platform, caller, id),
  }),
  endpoint({
    route: 'POST /v1/tasks/{id}/claim',
    needs: 'task:work',
    answer: TaskView,
    handle: ({ platform, caller, id }) => {
      const task = taskOf(platform, caller, id);
      if (task.state === 'claimed' && task.claimedById !== caller.id)
        throw conflict('task.taken', `${task.claimedBy} is already at it.`);
      if (task.state !== 'open' && task.state !== 'claimed') throw conflict('task.taken', `The task is ${task.state}.`);
      Object.assign(task, {
        state: 'claimed',
        claimedBy: caller.name,
        claimedById: caller.id,
        updatedAt: isoTime(Date.now()),
      });
      platform.changed();
      return task;
    },
  }),
  endpoint({
    route: 'POST /v1/tasks/{id}/complete',
    needs: 'task:work',
    body: CompleteTask,
    answer: TaskView,
    handle: ({ platform, caller, id, body }) => {
      const task = taskOf(platform, caller, id);
      const unseen = platform.items.filter(
        ({ shipmentId, state }) => shipmentId === task.shipmentId && state === 'expected',
      );
      if (unseen.length > 0)
        throw conflict(
          'task.not-finished',
          `Not scanned yet: ${unseen.map(({ serial }) => serial).join(', ')}. Scan them, or record them as damaged.`,
        );
      Object.assign(task, {
        state: 'done',
        claimedBy: task.claimedBy ?? caller.name,
        claimedById: task.claimedById ?? caller.id,
        completedBy: caller.name,
        result: body,
        updatedAt: isoTime(Date.now()),
      });
      for (const finding of platform.findings.get(task.serverId ?? '') ?? []) {
        const answer = body.answers?.find(({ line }) => line === finding.id);
        if (answer)
          finding.answer = {
            outcome: answer.outcome,
            ...(answer.note !== undefined && { note: answer.note }),
            by: caller.name,
            at: isoTime(Date.now()),
          };
      }
      platform.emit(
        'tasks.completed',
        task.id,
        {
          taskId: task.id,
          kind: task.kind,
          datacenterId: task.datacenterId,
          serverId: task.serverId,
          completedBy: caller.name,
        },
        { at: Date.now(), datacenterId: task.datacenterId },
      );
      return task;
    },
  }),
  endpoint({
    route: 'POST /v1/receiving/{id}/items',
    needs: 'shipment:receive',
    body: ReceiveItem,
    answer: ReceivedItem,
    handle: ({ platform, caller, id, body }) => {
      const shipment = seen('shipment', id, platform.shipments.get(id), (each) => caller.may('shipment:receive', each));
      const items = platform.items.filter(({ shipmentId }) => shipmentId === shipment.id);
      const item = items.find(({ serial }) => serial === body.serial);
      if (!item)
        throw conflict(
          'receiving.not-on-manifest',
          `${body.serial} is not on the manifest of ${shipment.trackingNumber}. Expected: ${
            items
              .filter(({ state }) => state === 'expected')
              .map(({ serial }) => serial)
              .join(', ') || 'nothing more'
          }.`,
        );
      const known = [item.manifest.bmcMac, ...item.manifest.macs];
      const unknown = body.macs.map((mac) => MacAddress.parse(mac)).filter((mac) => !known.includes(mac));
      if (unknown.length > 0)
        throw conflict(
          'receiving.macs-differ',
          `${body.serial}: ${unknown.join(', ')} not on its manifest. Check that the label belongs to this machine.`,
        );
      Object.assign(item, {
        state: body.condition === 'good' ? 'received' : 'rejected',
        scanned: body,
        receivedBy: caller.name,
        receivedAt: isoTime(Date.now()),
      });
      platform.changed();
      return {
        serial: item.serial,
        state: item.state,
        remaining: items.filter(({ state }) => state === 'expected').length,
      };
    },
  }),
];
