import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { AnswerOf, ReadRoute } from '../../portal/src/api/routes.ts';

const folder = path.resolve('test/fixtures/portal-answers');

/** One moment of a story, as the portal reads it: answers by `<route> as <person>`. */
export type Moment = Readonly<Record<string, unknown>>;

/** Who reads a story, by their sign-in. */
export const people = {
  tenant: 'tenant-admin@acme.example',
  ops: 'ops@rackline.example',
  approver: 'approver@rackline.example',
} as const;
export type Person = keyof typeof people;

export function keepAnswers(name: string, moment: Moment): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(moment, null, 2)}\n`);
}
export const keptAnswers = (name: string): Moment =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));
export const keptStories = (): string[] => readdirSync(folder).map((file) => path.basename(file, '.json'));

/** One recorded answer, as the portal's client gets it. */
export function keptAnswer<R extends ReadRoute>(name: string, route: R, who: Person): AnswerOf<R> {
  const answer = keptAnswers(name)[`${route} as ${who}`];
  if (answer === undefined) throw new Error(`${name} has no answer to ${route} as ${who}.`);
  return answer as AnswerOf<R>; // held to the contract by the platform when it was recorded
}
