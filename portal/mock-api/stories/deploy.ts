import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { SagaRow } from '../../../shared/domain/sagas/sagas.db.ts';
import { hours, minutes } from '../../../shared/kernel/durations.ts';
import type { Cause } from '../../../shared/lifecycle/transitions.ts';
import { factsOf, place } from './hardware.ts';
import { about } from './order.ts';
import type { Teller } from './teller.ts';

/** A server on the shelf becomes a READY one. */
export async function deploy(teller: Teller, order: Order, asset: Asset, parent: SagaRow): Promise<void> {
  const of = { subject: asset.id, serverId: asset.id };
  const name = `${order.id}-${asset.id}`;
  const whole = teller.begin('deploy-server', name, of, parent);
  await install(teller, order, asset, teller.begin('install-server', name, of, whole));
  await discover(teller, asset, teller.begin('discover-server', name, of, whole));
  await commission(teller, asset, teller.begin('commission-server', name, of, whole));
  teller.end(whole, 'done');
}

async function install(teller: Teller, order: Order, asset: Asset, saga: SagaRow): Promise<void> {
  place(asset);
  await teller.step(saga, 'allocate-place', `${asset.rackName}, unit ${asset.rackUnit}`);
  const where = {
    datacenterId: asset.datacenterId,
    serverId: asset.id,
    orderId: order.id,
    rackName: asset.rackName,
    rackUnit: asset.rackUnit,
  };
  await teller.task(saga, 'rack-server', 'rack', {
    ...where,
    title: `Rack ${asset.model} ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [
      `Fetch ${asset.manufacturer} ${asset.model}, serial ${asset.serial}.`,
      `Mount it in rack ${asset.rackName} with its lowest unit at ${asset.rackUnit}.`,
      'Scan the rack and the server to confirm.',
    ],
  });
  teller.move(asset, 'racked', saga);
  await teller.step(saga, 'plan-cables', '5 cables');
  await teller.task(saga, 'cable-server', 'cable', {
    ...where,
    title: `Cable ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [
      'Plug NIC 1 into leaf-1a, port Ethernet12 (network).',
      'Plug NIC 2 into leaf-1b, port Ethernet12 (network).',
      'Plug BMC into mgmt-1, port 14 (network).',
      'Plug PSU 1 into pdu-a, port 7 (power).',
      'Plug PSU 2 into pdu-b, port 7 (power).',
    ],
  });
  teller.move(asset, 'cabled', saga);
  teller.end(saga, 'done');
}

async function discover(teller: Teller, asset: Asset, saga: SagaRow): Promise<void> {
  await teller.wait(
    saga,
    'await-bmc',
    `the BMC ${asset.bmcMac} to ask for an address in ${asset.datacenterId}`,
    'the BMC answers',
    minutes(12),
  );
  Object.assign(asset, { bmcAddress: `10.20.${asset.rackUnit}.17` });
  teller.move(asset, 'bmc-answered', saga);
  await teller.step(saga, 'identify-server', 'it is who it should be');
  Object.assign(asset, { facts: factsOf(asset, 'redfish') });
  teller.move(asset, 'identified', saga);
  const [port = asset.bmcMac ?? ''] = asset.macs;
  teller.platform.emit(
    'assets.observed',
    asset.id,
    {
      serverId: asset.id,
      datacenterId: asset.datacenterId,
      kind: 'boot',
      what: `Port ${port} asked what to boot and was given the validation image, because the server is DISCOVERED.`,
      detail: { mac: port, choice: 'image' },
    },
    { at: teller.now(), datacenterId: asset.datacenterId },
  );
  await teller.wait(
    saga,
    'boot-validation-image',
    'the validation image to report',
    'every part was measured',
    minutes(20),
  );
  Object.assign(asset, { measured: factsOf(asset, 'validation-image') });
  await teller.step(saga, 'compare-with-order', 'as ordered and as cabled');
  await teller.wait(
    saga,
    'test-links',
    'the validation image to test the links',
    'every link carries traffic',
    minutes(2),
  );
  teller.move(asset, 'validated', saga);
  teller.end(saga, 'done');
}

const commissioning: readonly (readonly [
  step: string,
  waitingFor: string | null,
  takes: number,
  then: Cause | null,
])[] = [
  ['begin-commissioning', null, minutes(1), 'firmware-started'],
  ['rotate-bmc-credentials', null, minutes(2), null],
  ['register-vendor-tool', 'the vendor tool to discover the server', minutes(9), null],
  ['update-firmware', 'bios firmware 2.22', minutes(45), null],
  ['harden-server', 'the hardening playbook', minutes(25), 'hardened'],
  ['burn-in-server', 'the burn-in', hours(4), 'burned-in'],
  ['apply-server-profile', 'the vendor tool to apply the template', minutes(15), 'profile-applied'],
  ['make-ready', null, minutes(1), 'made-ready'],
];

async function commission(teller: Teller, asset: Asset, saga: SagaRow): Promise<void> {
  for (const [step, waitingFor, takes, then] of commissioning) {
    if (waitingFor === null) await teller.step(saga, step, 'done', takes);
    else await teller.wait(saga, step, waitingFor, `${waitingFor}: done`, takes);
    if (then) teller.move(asset, then, saga);
  }
  teller.end(saga, 'done');
}

/** The server becomes its tenant's. */
export async function deliver(teller: Teller, order: Order, asset: Asset, parent: SagaRow): Promise<void> {
  const saga = teller.begin(
    'deliver-server',
    `${order.id}-${asset.id}`,
    { subject: asset.id, serverId: asset.id },
    parent,
  );
  await teller.step(saga, 'assign-server', `assigned to ${order.tenantId}`);
  teller.move(asset, 'assigned', saga, 'platform', order.tenantId);
  await teller.step(saga, 'issue-bmc-access', 'an account of the tenant alone');
  Object.assign(saga, { pointOfNoReturn: 'the tenant is about to hold working credentials' });
  await teller.step(saga, 'hand-over', 'handed over');
  teller.move(asset, 'handed-over', saga);
  await teller.step(saga, 'notify-tenant', 'the tenant was told');
  teller.platform.emit(
    'tenant.server_delivered',
    asset.id,
    { serverId: asset.id, orderId: order.id, tenantId: order.tenantId },
    about(teller, order),
  );
  teller.end(saga, 'done');
}
