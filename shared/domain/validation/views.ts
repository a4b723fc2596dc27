import type { z } from 'zod';
import type { FindingView } from './findings.api.ts';
import { type Finding, stateOf } from './findings.db.ts';

export const findingView = (finding: Finding): z.input<typeof FindingView> => ({ ...finding, state: stateOf(finding) });
