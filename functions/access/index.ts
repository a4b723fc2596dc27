import type { Area } from '../../shared/http/area.ts';
import { listAudit } from './list-audit.http.ts';
import { readMe } from './read-me.http.ts';
import { verifyAudit } from './verify-audit.http.ts';

export const access: Area = { endpoints: [listAudit, readMe, verifyAudit] };
