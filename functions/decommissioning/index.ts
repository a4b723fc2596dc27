import type { Area } from '../../shared/http/area.ts';
import { listDecommissions } from './list-decommissions.http.ts';
import { readDecommission } from './read-decommission.http.ts';
import { submitDecommission } from './submit-decommission.http.ts';

export const decommissioning: Area = { endpoints: [listDecommissions, readDecommission, submitDecommission] };
