import { z } from 'zod';
import { createHttp, type Reach } from '../../kernel/http-client/client.ts';
import type { Secret } from '../../kernel/secret.ts';
import { Complaints, pageOf } from './contract.ts';

export interface NetboxReach extends Reach {
  /** `nbt_<key>.<secret>` (NetBox 4.5 and later) or the forty characters of the older kind. */
  token: Secret;
}

/** Names our writes in NetBox's change log (4.4 and later), so that webhooks caused by ourselves can be told. */
const changelogMessage = 'Rackline';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** NetBox in five verbs. Paths are those below `/api/`: `dcim/devices`. */
export interface Netbox {
  list<Item extends z.ZodType>(path: string, item: Item, query?: Query): Promise<z.infer<Item>[]>;
  create<Item extends z.ZodType>(path: string, item: Item, body: object): Promise<z.infer<Item>>;
  update(path: string, id: number, body: object): Promise<void>;
  /** As `update`, but a refusal is an answer: why NetBox finds the values wrong. */
  tryUpdate(
    path: string,
    id: number,
    body: object,
  ): Promise<{ outcome: 'updated' } | { outcome: 'refused'; complaints: Complaints }>;
  /** Removing what is not there is success. */
  remove(path: string, id: number): Promise<void>;
}

/** `prepare` is awaited before every call, with verbs that do not wait for it. */
export function openNetbox(options: NetboxReach, prepare: (netbox: Netbox) => Promise<void>): Netbox {
  const netbox = speakNetbox(options);
  const ready = () => prepare(netbox);
  return {
    list: async (path, item, query) => ready().then(() => netbox.list(path, item, query)),
    create: async (path, item, body) => ready().then(() => netbox.create(path, item, body)),
    update: async (path, id, body) => ready().then(() => netbox.update(path, id, body)),
    tryUpdate: async (path, id, body) => ready().then(() => netbox.tryUpdate(path, id, body)),
    remove: async (path, id) => ready().then(() => netbox.remove(path, id)),
  };
}

function speakNetbox(options: NetboxReach): Netbox {
  const token = options.token.reveal();
  const headers = { authorization: token.startsWith('nbt_') ? `Bearer ${token}` : `Token ${token}` };
  const http = createHttp({ ...options, system: 'netbox', authentication: { headers: async () => headers } });
  const written = (body: object) => ({ ...body, changelog_message: changelogMessage });

  const tryUpdate: Netbox['tryUpdate'] = async (path, id, body) => {
    const answer = await http.send({
      method: 'PATCH',
      path: `api/${path}/${id}/`,
      body: written(body),
      answers: { 200: z.unknown(), 400: Complaints },
    });
    return answer.status === 200 ? { outcome: 'updated' } : { outcome: 'refused', complaints: answer.body };
  };

  return {
    list: async (path, item, query = {}) => {
      const page = pageOf(item);
      const found: z.infer<typeof item>[] = [];
      for (let offset = 0; ; offset = found.length) {
        const answer: z.infer<typeof page> = (
          await http.send({
            method: 'GET',
            path: `api/${path}/`,
            query: { ...query, ordering: 'id', limit: 500, offset },
            answers: { 200: page },
          })
        ).body;
        found.push(...answer.results);
        if (answer.next === null || answer.results.length === 0) return found;
      }
    },
    create: async (path, item, body) =>
      (await http.send({ method: 'POST', path: `api/${path}/`, body: written(body), answers: { 201: item } })).body,
    update: async (path, id, body) =>
      void (await http.send({
        method: 'PATCH',
        path: `api/${path}/${id}/`,
        body: written(body),
        answers: { 200: z.unknown() },
      })),
    tryUpdate,
    remove: async (path, id) =>
      void (await http.send({
        method: 'DELETE',
        path: `api/${path}/${id}/`,
        answers: { 204: z.unknown(), 404: z.unknown() },
      })),
  };
}
