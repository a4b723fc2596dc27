import { z } from 'zod';
import type { Ticketing } from '../../ports/ticketing.ts';
import type { FoundIssues, Transitions } from './contract.ts';

/** The issue property that says which fault an issue is about. */
export const faultProperty = 'rackline.fault';

export const priorityNames = {
  highest: 'Highest',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
} as const satisfies Record<Parameters<Ticketing['open']>[0]['priority'], string>;

/** Labels hold no spaces and are what JQL can look for without an app that declares our property as indexed. */
export const labelOf = (faultId: string): string =>
  `rackline-${faultId.replace(/[^A-Za-z0-9_.-]/g, '-')}`.slice(0, 255);

/** Plain text as an Atlassian document: a blank line begins a paragraph, a line break stays one. */
export function toDocument(text: string) {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => ({
    type: 'paragraph',
    content: paragraph
      .split('\n')
      .flatMap((line, index) => [
        ...(index > 0 ? [{ type: 'hardBreak' }] : []),
        ...(line ? [{ type: 'text', text: line }] : []),
      ]),
  }));
  return { type: 'doc', version: 1, content: paragraphs };
}

type DocumentNode = { type?: string | undefined; text?: string | undefined; content?: DocumentNode[] | undefined };
const DocumentNode: z.ZodType<DocumentNode> = z.lazy(() =>
  z.object({ type: z.string().optional(), text: z.string().optional(), content: z.array(DocumentNode).optional() }),
);

/** The words of an Atlassian document, for comparing. Kinds of node we do not know are read through. */
export function toText(document: unknown): string {
  const parsed = DocumentNode.safeParse(document);
  const walk = (node: DocumentNode): string =>
    node.type === 'hardBreak'
      ? '\n'
      : (node.text ?? '') + (node.content ?? []).map(walk).join(node.type === 'doc' ? '\n\n' : '');
  return parsed.success ? walk(parsed.data) : '';
}

/** Of what a label search found, the issue that says itself to be about this fault. The oldest, should there be two. */
export const issueAbout = ({ issues = [] }: z.infer<typeof FoundIssues>, faultId: string): string | undefined =>
  issues.find(({ properties }) => properties?.[faultProperty] === faultId)?.key;

/** The way to an end, whatever this project's workflow calls it. */
export const closingTransition = ({ transitions }: z.infer<typeof Transitions>): string | undefined =>
  transitions.find(({ to }) => to?.statusCategory?.key === 'done')?.id;
