import type { Area } from '../../shared/http/area.ts';
import { requestMaintenance } from './request-maintenance.http.ts';

export const operations: Area = { endpoints: [requestMaintenance] };
