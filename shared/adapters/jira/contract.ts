// Jira Cloud platform REST API v3 (developer.atlassian.com/cloud/jira/platform/rest/v3).
import { z } from 'zod';

export const Created = z.object({ key: z.string().min(1) });

export const FoundIssues = z.object({
  issues: z
    .array(z.object({ key: z.string().min(1), properties: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
});

export const Issue = z.object({
  fields: z.object({
    status: z.object({ name: z.string().optional(), statusCategory: z.object({ key: z.string() }).optional() }),
  }),
});

export const Transitions = z.object({
  transitions: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      to: z.object({ statusCategory: z.object({ key: z.string() }).optional() }).optional(),
    }),
  ),
});

export const Comments = z.object({ comments: z.array(z.object({ id: z.string(), body: z.unknown() })) });
