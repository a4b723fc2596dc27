import { entityBody } from './bodies.ts';
import { answer, flag, type Call, type ManagementAnswer } from './call.ts';

/**
 * `GET entities[/{name}]`, and `GET`, `POST` (`?op=`), `DELETE entities/{name}/{key}`. The key `$` is the empty one.
 */
export async function handleEntities({
  client,
  method,
  query,
  body,
  segments: [, name, ...rest],
}: Call): Promise<ManagementAnswer> {
  if (name === undefined || rest.length === 0) {
    if (method !== 'GET') return answer(404);
    const showState = flag(query, 'fetchState', false);
    return answer(
      200,
      (await client.queryEntities(name)).map((each) => entityBody(each, { showState })),
    );
  }
  const joined = rest.join('/'); // the SDK's client does not encode a key
  const key = joined === '$' ? '' : joined;
  switch (method) {
    case 'GET': {
      const entity = await client.readEntity(name, key);
      return entity ? answer(200, entity.state === null ? null : JSON.parse(entity.state)) : answer(404);
    }
    case 'POST':
      await client.signalEntity(name, key, query.get('op') ?? '', body || null);
      return answer(202);
    case 'DELETE':
      await client.signalEntity(name, key, 'delete', null);
      return answer(202);
    default:
      return answer(404);
  }
}
