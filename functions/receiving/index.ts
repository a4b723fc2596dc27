import type { Area } from '../../shared/http/area.ts';
import { listShipments } from './list-shipments.http.ts';
import { receiveItem } from './receive-item.http.ts';

export const receiving: Area = { endpoints: [listShipments, receiveItem] };
