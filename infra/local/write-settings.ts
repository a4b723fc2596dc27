// `npm run settings`: writes what documents say about settings from their declarations.
import { readFileSync, writeFileSync } from 'node:fs';
import { exampleSettings, withSystemTables } from './settings-documents.ts';

const page = 'docs/operations.md';
writeFileSync('local.settings.example.json', exampleSettings());
writeFileSync(page, withSystemTables(readFileSync(page, 'utf8')));
