// Jira Cloud, platform REST API v3: enough of it to open, find, comment and close an issue.
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { empty, json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { basicOf } from '../kit/tokens.ts';

export interface Issue {
  id: string;
  key: string;
  fields: Record<string, unknown> & { labels: string[] };
  status: keyof typeof statuses;
  properties: Record<string, unknown>;
  comments: { id: string; body: unknown; created: string }[];
  createdAt: number;
}
export interface JiraState {
  issues: Issue[];
  /** Jira's search knows an issue some time after it was made. */
  searchLagSeconds: number;
}

export const jiraAccount = { email: 'rackline@rackline.example', apiToken: 'jira-lab-token', project: 'RACK' };

const statuses = {
  todo: { id: '10000', name: 'To Do', statusCategory: { id: 2, key: 'new', name: 'To Do', colorName: 'blue-gray' } },
  doing: {
    id: '10001',
    name: 'In Progress',
    statusCategory: { id: 4, key: 'indeterminate', name: 'In Progress', colorName: 'yellow' },
  },
  done: { id: '10002', name: 'Done', statusCategory: { id: 3, key: 'done', name: 'Done', colorName: 'green' } },
} as const;
const transitions = { '11': 'todo', '21': 'doing', '31': 'done' } as const satisfies Record<
  string,
  keyof typeof statuses
>;

const Document = z.object({ type: z.literal('doc'), version: z.literal(1), content: z.array(z.unknown()) });
const NewIssue = z.object({
  fields: z.looseObject({
    project: z.object({ key: z.literal(jiraAccount.project) }),
    issuetype: z.object({ name: z.enum(['Task', 'Bug', 'Incident']) }),
    summary: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\n]*$/, 'The summary is invalid because it contains newline characters.'),
    description: Document.optional(),
    priority: z.object({ name: z.enum(['Highest', 'High', 'Medium', 'Low', 'Lowest']) }).optional(),
    labels: z.array(z.string().max(255).regex(/^\S+$/, 'The label contains spaces which is invalid.')).default([]),
  }),
  properties: z.array(z.object({ key: z.string(), value: z.unknown() })).default([]),
});

const refuse = (status: number, messages: string[], errors: Record<string, string> = {}): SimAnswer =>
  json(status, { errorMessages: messages, errors });
const invalid = (error: z.ZodError): SimAnswer =>
  refuse(
    400,
    [],
    Object.fromEntries(error.issues.map((issue) => [String(issue.path[1] ?? issue.path[0] ?? 'body'), issue.message])),
  );

const requireAccount = ({ request }: Routed<JiraState>): SimAnswer | undefined => {
  const caller = basicOf(request.headers['authorization']);
  return caller?.name === jiraAccount.email && caller.password === jiraAccount.apiToken
    ? undefined
    : refuse(401, ['Client must be authenticated to access this resource.']);
};

const createIssue = ({ request, state, context }: Routed<JiraState>): SimAnswer => {
  const parsed = NewIssue.safeParse(request.body);
  if (!parsed.success) return invalid(parsed.error);
  const number = state.issues.length + 1;
  const properties = Object.fromEntries(parsed.data.properties.map(({ key, value }) => [key, value]));
  const issue: Issue = {
    id: String(10_000 + number),
    key: `${jiraAccount.project}-${number}`,
    fields: parsed.data.fields,
    status: 'todo',
    properties,
    comments: [],
    createdAt: context.now(),
  };
  state.issues.push(issue);
  context.effect('issue opened', String(properties['rackline.fault'] ?? issue.key));
  return json(201, { id: issue.id, key: issue.key, self: `${request.baseUrl}/rest/api/3/issue/${issue.id}` });
};

const bean = (issue: Issue, baseUrl: string, properties: readonly string[]) => ({
  id: issue.id,
  key: issue.key,
  self: `${baseUrl}/rest/api/3/issue/${issue.id}`,
  fields: {
    ...issue.fields,
    status: statuses[issue.status],
    created: new Date(issue.createdAt).toISOString().replace('Z', '+0000'),
  },
  ...(properties.length > 0 && {
    properties: Object.fromEntries(
      properties.filter((key) => key in issue.properties).map((key) => [key, issue.properties[key]]),
    ),
  }),
});

/** Understands what is asked of it: clauses of project, labels, key and status, joined by AND. */
function matches(issue: Issue, jql: string): boolean {
  const [where = ''] = jql.split(/\s+ORDER BY\s+/i);
  return where.split(/\s+AND\s+/i).every((clause) => {
    const [, field = '', value = ''] = /^\s*(\w+)\s*=\s*"?([^"]*?)"?\s*$/.exec(clause) ?? [];
    if (field === 'project') return issue.key.startsWith(`${value}-`);
    if (field === 'labels') return issue.fields.labels.includes(value);
    if (field === 'status') return statuses[issue.status].name === value;
    return field === 'key' && issue.key === value;
  });
}

const Search = z.strictObject({
  jql: z.string(),
  fields: z.array(z.string()).optional(),
  properties: z.array(z.string()).default([]),
  maxResults: z.number().int().default(50),
  nextPageToken: z.string().optional(),
  reconcileIssues: z.array(z.number()).optional(),
});
const search = ({ request, state, context }: Routed<JiraState>): SimAnswer => {
  const parsed = Search.safeParse(request.body);
  if (!parsed.success)
    return refuse(400, ['Invalid request payload. Refer to the REST API documentation and try again.']);
  const { jql, properties, maxResults, nextPageToken } = parsed.data;
  const hits = state.issues.filter(
    (issue) => issue.createdAt + state.searchLagSeconds * 1000 <= context.now() && matches(issue, jql),
  );
  const from = Number(nextPageToken ?? 0);
  const isLast = from + maxResults >= hits.length;
  return json(200, {
    isLast,
    ...(!isLast && { nextPageToken: String(from + maxResults) }),
    issues: hits.slice(from, from + maxResults).map((issue) => bean(issue, request.baseUrl, properties)),
  });
};

const onIssue =
  (act: (issue: Issue, call: Routed<JiraState>) => SimAnswer) =>
  (call: Routed<JiraState>): SimAnswer => {
    const issue = call.state.issues.find(({ key, id }) => key === call.params['issue'] || id === call.params['issue']);
    return issue ? act(issue, call) : refuse(404, ['Issue does not exist or you do not have permission to see it.']);
  };

const move = onIssue((issue, { request, context }) => {
  const parsed = z.object({ transition: z.object({ id: z.enum(['11', '21', '31']) }) }).safeParse(request.body);
  if (!parsed.success || transitions[parsed.data.transition.id] === issue.status)
    return refuse(400, [`It seems that you have tried to perform an illegal workflow operation.`]);
  issue.status = transitions[parsed.data.transition.id];
  if (issue.status === 'done') context.effect('issue closed', issue.key);
  return empty(204);
});

const addComment = onIssue((issue, { request, context }) => {
  const parsed = z.object({ body: Document }).safeParse(request.body);
  if (!parsed.success) return refuse(400, ['Comment body is not valid!']);
  const comment = {
    id: String(20_000 + issue.comments.length),
    body: parsed.data.body,
    created: new Date(context.now()).toISOString(),
  };
  issue.comments.push(comment);
  return json(201, { ...comment, self: `${request.baseUrl}/rest/api/3/issue/${issue.id}/comment/${comment.id}` });
});

const setProperty = onIssue((issue, { request, params }) => {
  const key = params['key'] ?? '';
  const isNew = !(key in issue.properties);
  issue.properties[key] = request.body;
  return empty(isNew ? 201 : 200);
});

export const jiraSimulator: Simulator<JiraState> = {
  name: 'jira',
  initialState: () => ({ issues: [], searchLagSeconds: 0 }),
  handle: routes<JiraState>(
    {
      'POST /rest/api/3/issue': createIssue,
      'POST /rest/api/3/search/jql': search,
      'GET /rest/api/3/issue/:issue': onIssue((issue, { request }) => json(200, bean(issue, request.baseUrl, []))),
      'GET /rest/api/3/issue/:issue/transitions': onIssue((issue) =>
        json(200, {
          expand: 'transitions',
          transitions: Object.entries(transitions)
            .filter(([, to]) => to !== issue.status)
            .map(([id, to]) => ({ id, name: statuses[to].name, to: statuses[to] })),
        }),
      ),
      'POST /rest/api/3/issue/:issue/transitions': move,
      'GET /rest/api/3/issue/:issue/comment': onIssue((issue) =>
        json(200, { startAt: 0, maxResults: 50, total: issue.comments.length, comments: issue.comments.toReversed() }),
      ),
      'POST /rest/api/3/issue/:issue/comment': addComment,
      'PUT /rest/api/3/issue/:issue/properties/:key': setProperty,
      'GET /rest/api/3/issue/:issue/properties/:key': onIssue((issue, { params }) => {
        const key = params['key'] ?? '';
        return key in issue.properties
          ? json(200, { key, value: issue.properties[key] })
          : refuse(404, [`The property with key '${key}' does not exist.`]);
      }),
    },
    requireAccount,
  ),
};
