// How a fleet manager gets to know a server: it logs in at the BMC it was told of and reads who it is.
import { z } from 'zod';

export interface Visited {
  serial: string;
  model: string;
  uuid: string;
}
/** Throws, in words a person could read, when the BMC does not answer or does not let it in. */
export type VisitBmc = (host: string, username: string, password: string) => Promise<Visited>;

const Members = z.object({ Members: z.array(z.object({ '@odata.id': z.string() })).min(1) });
const System = z.object({
  SerialNumber: z.string(),
  SKU: z.string().nullish(),
  Manufacturer: z.string().nullish(),
  Model: z.string().nullish(),
  UUID: z.string().nullish(),
});

/** By Redfish. The lab's BMCs speak plain HTTP. */
export const visitBmc: VisitBmc = async (host, username, password) => {
  const origin = `http://${host}`;
  const login = await fetch(`${origin}/redfish/v1/SessionService/Sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ UserName: username, Password: password }),
    signal: AbortSignal.timeout(5000),
  }).catch((error: unknown) => {
    throw new Error(`Unable to communicate with the management processor at ${host}.`, { cause: error });
  });
  await login.arrayBuffer();
  const token = login.headers.get('x-auth-token');
  if (!login.ok || token === null)
    throw new Error(`The user name or password for the management processor at ${host} is not correct.`);
  const headers = { 'x-auth-token': token };
  try {
    const read = async (path: string): Promise<unknown> =>
      (await fetch(new URL(path, origin), { headers, signal: AbortSignal.timeout(5000) })).json();
    const [first] = Members.parse(await read('/redfish/v1/Systems')).Members;
    const system = System.parse(await read(first?.['@odata.id'] ?? ''));
    // A Dell machine's service tag is its SKU; its SerialNumber is the board's.
    const serial = /dell/i.test(system.Manufacturer ?? '') && system.SKU ? system.SKU : system.SerialNumber;
    return { serial, model: system.Model ?? 'unknown', uuid: system.UUID ?? serial };
  } finally {
    const session = login.headers.get('location');
    if (session)
      await fetch(new URL(session, origin), { method: 'DELETE', headers }).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      );
  }
};
