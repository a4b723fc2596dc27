import type { Step } from '../../shared/saga/step.ts';
import { allocatePlace } from './allocate-place.ts';
import { cableServer } from './cable-server.ts';
import { closeShipment } from './close-shipment.ts';
import { planCables } from './plan-cables.ts';
import { rackServer } from './rack-server.ts';
import { receiveGoods } from './receive-goods.ts';
import { registerServer } from './register-server.ts';
import { trackShipment } from './track-shipment.ts';

export const receivingSteps: readonly Step[] = [
  trackShipment,
  receiveGoods,
  registerServer,
  closeShipment,
  allocatePlace,
  rackServer,
  planCables,
  cableServer,
];
