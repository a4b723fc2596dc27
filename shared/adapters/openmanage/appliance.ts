import type { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.ts';
import { createHttp, type Http, type Reach } from '../../kernel/http-client/client.ts';
import { keepLogin } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import { pageOf, Session } from './contract.ts';
import { pathOf } from './map.ts';

export interface OpenManageLogin extends Reach {
  username: string;
  password: Secret;
}

/** One appliance over HTTP: the login session and paged lists. */
export interface Appliance {
  send: Http['send'];
  /** Every item of a list: the size of a page is the appliance's choice. */
  list<Item extends z.ZodType>(path: string, item: Item): Promise<z.infer<Item>[]>;
}

export function openAppliance(options: OpenManageLogin): Appliance {
  const loginHttp = createHttp({ ...options, system: 'openmanage' });
  const logIn = async () => {
    const { headers } = await loginHttp.send({
      method: 'POST',
      path: 'api/SessionService/Sessions',
      body: { UserName: options.username, Password: options.password.reveal(), SessionType: 'API' },
      answers: { 201: Session },
      repeatable: true,
    });
    const token = headers['x-auth-token'];
    if (!token)
      throw new AppError({
        code: 'openmanage.no-token',
        kind: 'unavailable',
        publicMessage:
          'OpenManage opened a session but sent no X-Auth-Token. Is something between us and it removing headers?',
      });
    return { headers: { 'X-Auth-Token': token } };
  };
  const http = createHttp({ ...options, system: 'openmanage', authentication: keepLogin(logIn) });

  return {
    send: (call) => http.send(call),
    list: async (path, item) => {
      const page = pageOf(item);
      const found: z.infer<typeof item>[] = [];
      for (let next: string | undefined = path; next !== undefined;) {
        const answer: z.infer<typeof page> = (await http.send({ method: 'GET', path: next, answers: { 200: page } }))
          .body;
        found.push(...answer.value);
        const link = answer['@odata.nextLink'];
        next = link ? pathOf(link) : undefined;
      }
      return found;
    },
  };
}
