import { z } from 'zod';
import { createHttp, type Reach } from '../../kernel/http-client/client.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Automation } from '../../ports/automation.ts';
import { pending, refused } from '../../ports/outcome.ts';
import { Host, Job, JobTemplate, Launched, pageOf, Refusal } from './contract.ts';
import { correlationOf, correlationVariable, hostDescription, reasonOf, toOutcome, unfinished } from './map.ts';

export interface AwxOptions extends Reach {
  token: Secret;
  /** Behind the gateway of Automation Platform 2.5 and later: `api/controller/v2`. */
  apiPrefix?: string;
}

/**
 * Playbooks run by AWX. A job of ours carries its correlation id as an extra variable; before anything is
 * launched the template's jobs for that host are looked through for it. One correlation id means one run:
 * whoever wants another attempt after a failed one asks under another id.
 */
export function createAwx(options: AwxOptions): Automation {
  const headers = { authorization: `Bearer ${options.token.reveal()}` };
  const http = createHttp({ ...options, system: 'awx', authentication: { headers: async () => headers } });
  const api = options.apiPrefix ?? 'api/v2';

  /** Everything a list holds, page after page while the caller reads on. */
  async function* list<Item extends z.ZodType>(
    path: string,
    item: Item,
    query: Record<string, string>,
  ): AsyncGenerator<z.infer<Item>> {
    for (let page = 1; ; page++) {
      const { body } = await http.send({
        method: 'GET',
        path: `${api}/${path}`,
        query: { ...query, page, page_size: 100 },
        answers: { 200: pageOf(item) },
      });
      yield* body.results;
      if (!body.next) return;
    }
  }
  async function findIn<Item extends z.ZodType>(
    path: string,
    item: Item,
    query: Record<string, string>,
    fits: (found: z.infer<Item>) => boolean,
  ): Promise<z.infer<Item> | undefined> {
    for await (const found of list(path, item, query)) if (fits(found)) return found;
    return undefined;
  }

  const findTemplate = (name: string) =>
    findIn('job_templates/', JobTemplate, { name }, (template) => template.name === name);

  const findJob = (templateId: number, host: string, correlationId: string) =>
    findIn(
      'jobs/',
      Job,
      { job_template: String(templateId), limit: host, order_by: '-id' },
      (job) => correlationOf(job) === correlationId,
    );

  const ensureHost = async (inventory: number, name: string): Promise<void> => {
    const hosts = `inventories/${inventory}/hosts/`;
    await findOrCreate(
      () => findIn(hosts, Host, { name }, (host) => host.name === name),
      async () =>
        (
          await http.send({
            method: 'POST',
            path: `${api}/${hosts}`,
            body: { name, description: hostDescription, variables: '{}' },
            answers: { 201: Host },
          })
        ).body,
    );
  };

  const readJob = async (id: string): Promise<Job> =>
    (await http.send({ method: 'GET', path: `${api}/jobs/${encodeURIComponent(id)}/`, answers: { 200: Job } })).body;

  const cancelJob = async (id: number): Promise<void> =>
    void (await http.send({
      method: 'POST',
      path: `${api}/jobs/${id}/cancel/`,
      answers: { 202: z.unknown(), 405: z.unknown() },
      repeatable: true,
    }));

  const launch = async (template: z.infer<typeof JobTemplate>, job: Parameters<Automation['runPlaybook']>[0]) => {
    const extraVars = { ...job.variables, [correlationVariable]: job.correlationId };
    const answer = await http.send({
      method: 'POST',
      path: `${api}/job_templates/${template.id}/launch/`,
      body: { limit: job.host, extra_vars: extraVars },
      answers: { 201: Launched, 400: Refusal, 405: Refusal },
    });
    if (answer.status !== 201) return refused(`AWX does not launch ${job.template}: ${reasonOf(answer.body)}`);
    const dropped = Object.keys(answer.body.ignored_fields ?? {});
    if (dropped.length === 0)
      return pending({ ticket: String(answer.body.id), pollAfterSeconds: 10, progress: 'pending' });
    await cancelJob(answer.body.id);
    return refused(
      `The AWX template ${job.template} ignores ${dropped.join(' and ')}: switch on "prompt on launch" for ` +
        'them. The job was cancelled.',
    );
  };

  return {
    runPlaybook: async (job) => {
      if (job.ticket !== undefined) return toOutcome(await readJob(job.ticket));
      const template = await findTemplate(job.template);
      if (!template) return refused(`AWX has no job template called ${job.template}`);
      const earlier = await findJob(template.id, job.host, job.correlationId);
      if (earlier) return toOutcome(earlier);
      if (template.inventory === null)
        return refused(`The AWX template ${job.template} names no inventory to put ${job.host} into`);
      await ensureHost(template.inventory, job.host);
      try {
        return await launch(template, job);
      } catch (error) {
        if (!isFailure(error, 'unknownOutcome', 'unexpectedAnswer')) throw error;
        const launched = await findJob(template.id, job.host, job.correlationId);
        if (!launched) throw error;
        return toOutcome(launched);
      }
    },

    cancel: async ({ template: name, host, correlationId }) => {
      const template = await findTemplate(name);
      const job = template && (await findJob(template.id, host, correlationId));
      if (job && unfinished.includes(job.status)) await cancelJob(job.id);
      return { wasLaunched: job !== undefined };
    },

    removeHost: async (name) => {
      const ours: number[] = [];
      for await (const host of list('hosts/', Host, { name }))
        if (host.name === name && host.description === hostDescription) ours.push(host.id);
      for (const id of ours)
        await http.send({
          method: 'DELETE',
          path: `${api}/hosts/${id}/`,
          answers: { 204: z.unknown(), 202: z.unknown(), 404: z.unknown() },
        });
    },
  };
}
