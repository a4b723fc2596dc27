import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.ts';
import { createHttp, type Reach } from '../../kernel/http-client/client.ts';
import { isFailure } from '../../kernel/http-client/failure.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import { basicAuthorization } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Ticketing } from '../../ports/ticketing.ts';
import { Comments, Created, FoundIssues, Issue, Transitions } from './contract.ts';
import { closingTransition, faultProperty, issueAbout, labelOf, priorityNames, toDocument, toText } from './map.ts';

export interface JiraOptions extends Reach {
  email: string;
  apiToken: Secret;
  /** The project's key: `OPS`. */
  project: string;
  issueType?: string;
}

/**
 * Tickets in Jira Cloud. `baseUrl` is the site (`https://example.atlassian.net`). An issue carries its fault as
 * a label, which can be searched, and as an issue property, which is exact; both are written with the issue
 * itself. Jira's search lags its writes, so a creating whose answer was lost is looked for and, if not yet
 * found, thrown, never repeated at once: the caller's retry looks again later.
 */
export function createJira(options: JiraOptions): Ticketing {
  const headers = { authorization: basicAuthorization(options.email, options.apiToken.reveal()) };
  const http = createHttp({ ...options, system: 'jira', authentication: { headers: async () => headers } });
  const issue = (key: string) => `rest/api/3/issue/${encodeURIComponent(key)}`;

  const find = async (faultId: string): Promise<string | undefined> => {
    const jql = `project = "${options.project}" AND labels = "${labelOf(faultId)}" ORDER BY created ASC`;
    const { body } = await http.send({
      method: 'POST',
      path: 'rest/api/3/search/jql',
      body: { jql, fields: ['status'], properties: [faultProperty], maxResults: 50 },
      answers: { 200: FoundIssues },
      repeatable: true,
    });
    return issueAbout(body, faultId);
  };

  const create = async ({
    faultId,
    summary,
    description,
    priority,
  }: Parameters<Ticketing['open']>[0]): Promise<string> => {
    const fields = {
      project: { key: options.project },
      issuetype: { name: options.issueType ?? 'Task' },
      summary: summary.replaceAll('\n', ' ').slice(0, 255),
      description: toDocument(description),
      priority: { name: priorityNames[priority] },
      labels: ['rackline', labelOf(faultId)],
    };
    const { body } = await http.send({
      method: 'POST',
      path: 'rest/api/3/issue',
      body: { fields, properties: [{ key: faultProperty, value: faultId }] },
      answers: { 201: Created },
    });
    return body.key;
  };

  const hasComment = async (key: string, text: string): Promise<boolean> => {
    const { body } = await http.send({
      method: 'GET',
      path: `${issue(key)}/comment`,
      query: { orderBy: '-created', maxResults: 20 },
      answers: { 200: Comments },
    });
    return body.comments.some((comment) => toText(comment.body) === toText(toDocument(text)));
  };
  const comment = async (key: string, text: string): Promise<void> => {
    try {
      await http.send({
        method: 'POST',
        path: `${issue(key)}/comment`,
        body: { body: toDocument(text) },
        answers: { 201: z.unknown() },
      });
    } catch (error) {
      if (!isFailure(error, 'unknownOutcome') || !(await hasComment(key, text))) throw error;
    }
  };

  const isClosed = async (key: string): Promise<boolean> => {
    const { body } = await http.send({
      method: 'GET',
      path: issue(key),
      query: { fields: 'status' },
      answers: { 200: Issue },
    });
    return body.fields.status.statusCategory?.key === 'done';
  };
  const moveToEnd = async (key: string): Promise<void> => {
    if (await isClosed(key)) return;
    const { body } = await http.send({
      method: 'GET',
      path: `${issue(key)}/transitions`,
      answers: { 200: Transitions },
    });
    const id = closingTransition(body);
    if (id === undefined)
      throw new AppError({
        code: 'jira.no-way-to-close',
        kind: 'conflict',
        publicMessage:
          `Jira offers no step that closes ${key}. Give the workflow of project ${options.project} one, or ` +
          'close it by hand.',
      });
    try {
      await http.send({
        method: 'POST',
        path: `${issue(key)}/transitions`,
        body: { transition: { id } },
        answers: { 204: z.unknown() },
      });
    } catch (error) {
      if (!isFailure(error, 'unknownOutcome', 'conflict', 'invalid') || !(await isClosed(key))) throw error;
    }
  };

  return {
    open: async (ticket) => {
      const key = await findOrCreate(
        () => find(ticket.faultId),
        () => create(ticket),
      );
      return { key, url: new URL(`browse/${encodeURIComponent(key)}`, `${options.baseUrl.replace(/\/$/, '')}/`).href };
    },
    comment,
    close: async (key, resolution) => {
      await moveToEnd(key);
      if (!(await hasComment(key, resolution))) await comment(key, resolution);
    },
  };
}
