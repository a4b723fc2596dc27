import type { Delivery, InstanceFilter, InstanceStatus, RuntimeStatus } from '../contract/engine.ts';
import { isFinished } from '../contract/instance.ts';
import { historyBody, statusBody } from './bodies.ts';
import { answer, flag, type Call, type ManagementAnswer } from './call.ts';
import { instanceLinks } from './links.ts';

/** `POST orchestrators/{function}[/{id}][?version=][&timeout=&pollingInterval=]` */
export async function handleStart(call: Call): Promise<ManagementAnswer> {
  const {
    client,
    method,
    segments: [, name, instanceId],
    query,
    body,
  } = call;
  if (method !== 'POST' || name === undefined) return answer(404);
  const version = query.get('version');
  // The client sends two quotes for "no input": the orchestrator then gets an empty text, as on Azure.
  const id = await client.start({
    name,
    ...(instanceId !== undefined && { instanceId }),
    ...(body && { input: body }),
    ...(version && { version }),
  });
  const timeout = Number(query.get('timeout') ?? 0);
  if (timeout > 0) {
    const ended = await untilEnded(call, id, timeout * 1000, Number(query.get('pollingInterval') ?? 1) * 1000);
    if (ended)
      return answer(
        ended.status === 'Failed' ? 500 : 200,
        ended.status === 'Completed'
          ? statusBody(ended, { showInput: false })['output']
          : statusBody(ended, { showInput: true }),
      );
  }
  return started(call, id);
}

async function untilEnded(
  { client }: Call,
  id: string,
  timeout: number,
  interval: number,
): Promise<InstanceStatus | undefined> {
  for (const deadline = Date.now() + timeout; Date.now() < deadline;) {
    const status = await client.status(id);
    if (status && isFinished(status.status)) return status;
    await new Promise((resolve) => setTimeout(resolve, Math.min(interval, deadline - Date.now())));
  }
  return undefined;
}

function started({ address }: Call, id: string): ManagementAnswer {
  const links = instanceLinks(address, id);
  return answer(202, links, { location: links['statusQueryGetUri'] ?? '', 'retry-after': '10' });
}

/** `GET instances/` and `DELETE instances/`, both with a filter. */
export async function handleInstances({ client, method, query, continuationToken }: Call): Promise<ManagementAnswer> {
  const filter = filterOf(query);
  if (typeof filter === 'string') return answer(400, { Message: filter });
  if (method === 'GET') {
    const size = Number(query.get('top') ?? 0);
    const after = continuationToken && Buffer.from(continuationToken, 'base64url').toString();
    const { instances, next } = await client.query(filter, { size: size > 0 ? size : 100, ...(after && { after }) });
    const showInput = flag(query, 'showInput', true);
    return answer(
      200,
      instances.map((each) => statusBody(each, { showInput })),
      next === undefined ? {} : { 'x-ms-continuation-token': Buffer.from(next).toString('base64url') },
    );
  }
  if (method === 'DELETE') {
    if (filter.createdFrom === undefined)
      return answer(400, { Message: "Please provide value for 'createdTimeFrom' parameter." });
    const purged = await client.purgeWhere(filter);
    return purged > 0 ? answer(200, { instancesDeleted: purged }) : answer(404);
  }
  return answer(404);
}

const runtimeStatuses: readonly RuntimeStatus[] = [
  'Pending',
  'Running',
  'Completed',
  'Failed',
  'Terminated',
  'Suspended',
  'ContinuedAsNew',
  'Canceled',
];

/** The filter a query describes, or what is wrong with it. */
function filterOf(query: URLSearchParams): InstanceFilter | string {
  const moment = (name: string) => (query.get(name) ? Date.parse(query.get(name) ?? '') : undefined);
  const createdFrom = moment('createdTimeFrom');
  const createdTo = moment('createdTimeTo');
  if (Number.isNaN(createdFrom) || Number.isNaN(createdTo))
    return 'createdTimeFrom and createdTimeTo are ISO 8601 times.';
  const names = query
    .get('runtimeStatus')
    ?.split(',')
    .filter((name) => name !== '');
  const statuses = names?.flatMap(
    (name) => runtimeStatuses.find((status) => status.toLowerCase() === name.trim().toLowerCase()) ?? [],
  );
  if (statuses?.length !== names?.length) return `runtimeStatus is a list of ${runtimeStatuses.join(', ')}.`;
  const idPrefix = query.get('instanceIdPrefix');
  return {
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
    ...(statuses && statuses.length > 0 && { statuses }),
    ...(idPrefix && { idPrefix }),
  };
}

/** `GET`, `DELETE instances/{id}` and `POST instances/{id}/{operation}` */
export async function handleInstance(call: Call): Promise<ManagementAnswer> {
  const {
    client,
    method,
    query,
    body,
    segments: [, id = '', operation, eventName],
  } = call;
  const reason = query.get('reason');
  if (operation === undefined)
    return method === 'GET' ? showInstance(call, id) : method === 'DELETE' ? purgeInstance(call, id) : answer(404);
  if (method !== 'POST') return answer(404);
  switch (operation) {
    case 'raiseEvent':
      return eventName === undefined ? answer(404) : delivered(await client.raiseEvent(id, eventName, body || null));
    case 'terminate':
      return delivered(await client.terminate(id, reason));
    case 'suspend':
      return delivered(await client.suspend(id, reason));
    case 'resume':
      return delivered(await client.resume(id, reason));
    case 'rewind':
      return delivered(await client.rewind(id, reason), 412);
    case 'restart':
      return restart(call, id);
    default:
      return answer(404);
  }
}

const delivered = (delivery: Delivery, whenFinished = 410): ManagementAnswer =>
  answer(delivery === 'accepted' ? 202 : delivery === 'not-found' ? 404 : whenFinished);

async function showInstance({ client, query, address }: Call, id: string): Promise<ManagementAnswer> {
  const status = await client.status(id);
  if (!status) return answer(404);
  const body = statusBody(status, { showInput: flag(query, 'showInput', true) });
  if (flag(query, 'showHistory', false)) {
    body['historyEvents'] = historyBody(await client.history(id), {
      showOutput: flag(query, 'showHistoryOutput', false),
    });
  }
  if (!isFinished(status.status))
    return answer(202, body, { location: instanceLinks(address, id)['statusQueryGetUri'] ?? '', 'retry-after': '5' });
  return answer(
    status.status === 'Failed' && flag(query, 'returnInternalServerErrorOnFailure', false) ? 500 : 200,
    body,
  );
}

async function purgeInstance({ client }: Call, id: string): Promise<ManagementAnswer> {
  const purged = await client.purge(id);
  return purged > 0 ? answer(200, { instancesDeleted: purged }) : answer(404);
}

async function restart(call: Call, id: string): Promise<ManagementAnswer> {
  const { client, query } = call;
  const old = await client.status(id);
  if (!old) return answer(404);
  const isNew = flag(query, 'restartWithNewInstanceId', true);
  return started(
    call,
    await client.start({
      name: old.name,
      ...(!isNew && { instanceId: id }),
      ...(old.input !== null && { input: old.input }),
    }),
  );
}
