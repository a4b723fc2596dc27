import type { Area } from '../../shared/http/area.ts';
import { assetLog } from './asset-log.http.ts';
import { bmcReadings } from './bmc-readings.event.ts';

export const health: Area = { endpoints: [assetLog], consumers: [bmcReadings] };
