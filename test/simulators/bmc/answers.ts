import { empty, json, type SimAnswer } from '../kit/simulator.ts';

/** A refusal as DSP0266 words it. `id` without registry and version. */
export const problem = (
  status: number,
  id: string,
  message: string,
  headers: Record<string, string> = {},
  args: string[] = [],
): SimAnswer =>
  json(
    status,
    {
      error: {
        code: `Base.1.18.${id}`,
        message,
        '@Message.ExtendedInfo': [
          {
            MessageId: `Base.1.18.${id}`,
            Message: message,
            MessageArgs: args,
            Severity: 'Warning',
            Resolution: 'None',
          },
        ],
      },
    },
    headers,
  );

export const accepted = (): SimAnswer => empty(204);
export const notFound = (path: string): SimAnswer =>
  problem(404, 'ResourceMissingAtURI', `The resource at the URI '${path}' was not found.`);
export const inUse = (what: string): SimAnswer =>
  problem(409, 'ResourceInUse', `The change could not be completed because ${what}.`);
