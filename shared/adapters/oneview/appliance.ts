import type { z } from 'zod';
import { createHttp, type Answers, type Call, type Http, type Reach } from '../../kernel/http-client/client.ts';
import { keepLogin } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import { Accepted, membersOf, Session, Version } from './contract.ts';
import { pathOf } from './map.ts';

export interface OneViewLogin extends Reach {
  username: string;
  password: Secret;
  domain?: string;
}

/** What this code was written against; the appliance is asked for it, or for the nearest it speaks. */
const preferredVersion = 4600;

/** One appliance over HTTP: the version spoken, the login session, lists and accepted tasks. */
export interface Appliance {
  send: Http['send'];
  /** The members an expression of OneView's filter language selects, over all pages. */
  select<Item extends z.ZodType>(path: string, item: Item, filter?: string): Promise<z.infer<Item>[]>;
  /** Asks for something that goes on as a task, and answers where the task is watched. */
  begin(call: Omit<Call<Answers>, 'answers'>): Promise<string | undefined>;
}

export function openAppliance(options: OneViewLogin): Appliance {
  const loginHttp = createHttp({ ...options, system: 'oneview' });
  const logIn = async () => {
    const { body: version } = await loginHttp.send({ method: 'GET', path: 'rest/version', answers: { 200: Version } });
    const spoken = {
      'X-API-Version': String(Math.min(Math.max(preferredVersion, version.minimumVersion), version.currentVersion)),
    };
    const { body } = await loginHttp.send({
      method: 'POST',
      path: 'rest/login-sessions',
      headers: spoken,
      body: {
        userName: options.username,
        password: options.password.reveal(),
        authLoginDomain: options.domain ?? 'Local',
      },
      answers: { 200: Session },
      repeatable: true,
    });
    return { headers: { auth: body.sessionID, ...spoken } };
  };
  const http = createHttp({ ...options, system: 'oneview', authentication: keepLogin(logIn) });

  return {
    send: (call) => http.send(call),
    select: async (path, item, filter) => {
      const page = membersOf(item);
      const found: z.infer<typeof item>[] = [];
      for (
        let next: string | undefined = filter === undefined ? path : `${path}?filter=${encodeURIComponent(filter)}`;
        next !== undefined;
      ) {
        const answer: z.infer<typeof page> = (await http.send({ method: 'GET', path: next, answers: { 200: page } }))
          .body;
        found.push(...(answer.members ?? []));
        next = answer.nextPageUri ? pathOf(answer.nextPageUri) : undefined;
      }
      return found;
    },
    begin: async (call) => {
      const { body, headers } = await http.send({ ...call, answers: { 202: Accepted } });
      const uri = headers['location'] ?? body?.uri;
      return uri ? pathOf(uri) : undefined;
    },
  };
}
