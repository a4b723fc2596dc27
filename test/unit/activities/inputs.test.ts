import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { steps } from '../../../activities/index.ts';
import { sagas } from '../../../orchestrations/index.ts';
import { repositoryFiles } from '../../kit/import-graph.ts';

const files = repositoryFiles().filter((file) => file.startsWith('activities/'));

const unread = (input: z.ZodType, code: string): string[] =>
  input instanceof z.ZodObject ? Object.keys(input.shape).filter((key) => !new RegExp(`\\b${key}\\b`).test(code)) : [];

/** Whoever calls a step or a saga has to have what it asks for: it asks for no more than it reads. */
describe('the inputs', () => {
  it.each(steps.map((step) => [step.name, step] as const))('of the step %s are read by it', (_name, step) => {
    const file = files.find((each) => path.basename(each) === `${step.name}.ts`);
    const source = readFileSync(file ?? `the file of ${step.name}`, 'utf8');
    expect(unread(step.input, source.slice(source.search(/\brun\b.*=>/)))).toEqual([]);
  });

  it.each(sagas.map((saga) => [saga.name, saga] as const))('of the saga %s are read by it', (_name, saga) => {
    expect(unread(saga.input, saga.story.toString())).toEqual([]);
  });
});
