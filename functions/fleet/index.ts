import type { Area } from '../../shared/http/area.ts';
import { actOnAsset } from './act-on-asset.http.ts';
import { adoptAsset } from './adopt-asset.http.ts';
import { assetHistory } from './asset-history.http.ts';
import { assetProofs } from './asset-proofs.http.ts';
import { claimTask } from './claim-task.http.ts';
import { completeTask } from './complete-task.http.ts';
import { listAssets } from './list-assets.http.ts';
import { listDatacenters } from './list-datacenters.http.ts';
import { listTasks } from './list-tasks.http.ts';
import { mirrorState } from './mirror-state.event.ts';
import { readAsset } from './read-asset.http.ts';
import { readTask } from './read-task.http.ts';
import { watchStatesTimer } from './watch-states.timer.ts';

export const fleet: Area = {
  endpoints: [
    actOnAsset,
    adoptAsset,
    assetHistory,
    assetProofs,
    claimTask,
    completeTask,
    listAssets,
    listDatacenters,
    listTasks,
    readAsset,
    readTask,
  ],
  consumers: [mirrorState],
  timers: [watchStatesTimer],
};
