import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseSync } from 'vite';
import { repositoryFiles } from '../kit/import-graph.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = repositoryFiles().filter((file) => /\.(ts|tsx|mjs)$/.test(file));

/** Words that only we understood, and the field's word for each. No identifier has one as any of its parts. */
const retired = new Map([
  ['because', 'reason'],
  ['world', 'deps, or platform in tests'],
  ['desk', 'tracker, intake, queue or service'],
  ['door', 'client'],
  ['keeper', 'gate'],
  ['lobby', 'queue'],
  ['seat', 'session'],
  ['ear', 'subscription'],
  ['looker', 'sampler'],
  ['troubles', 'error counter'],
  ['climb', 'remediate'],
  ['climbed', 'remediation result'],
  ['ladder', 'remedies'],
  ['rung', 'remedy'],
  ['tenure', 'worker lease'],
  ['lookout', 'poller'],
  ['parked', 'deferred'],
  ['compete', 'acquire'],
  ['contest', 'candidate'],
  ['doorbell', 'signal'],
  ['bell', 'signal or notifier'],
  ['unhear', 'unsubscribe'],
  ['stranger', 'unknown device'],
  ['strangers', 'unknown devices'],
  ['oddity', 'anomaly'],
  ['oddities', 'anomalies'],
  ['sighting', 'observation'],
  ['sightings', 'observations'],
]);

/** Ordinary words that were names of ours: as a whole identifier they say too little. */
const retiredAlone = new Map([
  ['Advance', 'DecodedActions'],
  ['Hold', 'HeldLease'],
  ['Kept', 'SyncedDocument'],
  ['Look', 'Sample'],
  ['News', 'EdgeEventBody'],
  ['newsOf', 'eventOf'],
  ['Owned', 'OwnedInstance'],
  ['Tell', 'emit'],
  ['Told', 'ReportedCache'],
  ['told', 'reported'],
  ['UnderWay', 'InFlight'],
  ['aside', 'dead letter'],
  ['handedOut', 'offloaded'],
  ['putAside', 'deadLetter'],
  ['putBack', 'redeliver'],
  ['remark', 'anomaly'],
  ['toFix', 'blocking'],
  ['underWay', 'inFlight'],
]);
/** Words of others, by the file that speaks their language. */
const foreign = new Map([
  ['aside', /\.tsx$/], // HTML's element
]);

const wordsOf = (identifier: string): string[] =>
  identifier
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());

/** Every identifier of a file, once; property names too, prose not. */
function identifiersOf(file: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && 'name' in node && typeof node.type === 'string' && typeof node.name === 'string')
      if (node.type.endsWith('Identifier')) found.add(node.name);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseSync(file, readFileSync(path.join(root, file), 'utf8')).program);
  return found;
}

const identifiers = new Map(sources.map((file) => [file, [...identifiersOf(file)]]));

describe('the words of the code', () => {
  it('are those of the field: no identifier has a retired word', () => {
    const hits = [...identifiers].flatMap(([file, names]) =>
      names
        .filter((identifier) => !foreign.get(identifier)?.test(file))
        .flatMap((identifier) =>
          [retiredAlone.get(identifier), ...wordsOf(identifier).map((word) => retired.get(word))]
            .filter((better) => better !== undefined)
            .map((better) => `${file}: ${identifier} (say: ${better})`),
        ),
    );
    expect(hits).toEqual([]);
  });
});

describe('the glossary', () => {
  const rows = [
    ...readFileSync(path.join(root, 'docs/glossary.md'), 'utf8').matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm),
  ].flatMap(([, word = '', meaning = '']) => (word === 'word' || word.startsWith('---') ? [] : [{ word, meaning }]));
  const words = rows.map(({ word }) => word);

  it('has each word once, in the order of the alphabet', () => {
    expect(words).toEqual([...new Set(words)].toSorted((one, other) => one.localeCompare(other, 'en')));
  });

  it('explains no word by a retired one, and retires none that it explains', () => {
    const text = rows.map(({ word, meaning }) => `${word} ${meaning}`).join(' ');
    expect(wordsOf(text).filter((word) => retired.has(word))).toEqual([]);
  });

  it('explains words that are used', () => {
    const used = new Set([...identifiers.values()].flat().flatMap(wordsOf));
    const unused = words.filter((word) => !wordsOf(word).some((part) => used.has(part) || used.has(`${part}s`)));
    expect(unused).toEqual([]);
  });
});
