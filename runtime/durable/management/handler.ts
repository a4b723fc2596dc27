// The Durable extension's HTTP management API, as a function from request to answer. It is the same below the
// public base (where the host asks for the system key first) and below the loopback base the SDK's client uses.
import { DurableError, type DurableClient } from '../contract/engine.ts';
import { answer, type Call, type ManagementAnswer, type ManagementRequest } from './call.ts';
import { handleEntities } from './entities.ts';
import { handleInstance, handleInstances, handleStart } from './instances.ts';

export type { ManagementAnswer, ManagementRequest } from './call.ts';

const statusOf: Record<DurableError['code'], number> = {
  'unknown-function': 400,
  'invalid-id': 400,
  'already-exists': 409,
  'not-supported': 501,
};

/** Never throws what the caller is to blame for. */
export async function handleManagement(client: DurableClient, request: ManagementRequest): Promise<ManagementAnswer> {
  let segments: string[];
  try {
    segments = request.path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
    if (request.body) JSON.parse(request.body);
  } catch {
    return answer(400, { Message: 'The path is not URL-encoded properly, or the body is not JSON.' });
  }
  try {
    return await route({ ...request, client, segments });
  } catch (error) {
    if (error instanceof DurableError) return answer(statusOf[error.code], { Message: error.message });
    throw error;
  }
}

async function route(call: Call): Promise<ManagementAnswer> {
  const [root, ...rest] = call.segments;
  if (root === 'orchestrators') return handleStart(call);
  if (root === 'entities') return handleEntities(call);
  if (root === 'instances') return rest.length === 0 ? handleInstances(call) : handleInstance(call);
  return answer(404);
}
