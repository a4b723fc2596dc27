import { z } from 'zod';
import { applyServerProfile } from '../../activities/provisioning/apply-server-profile.ts';
import { beginCommissioning } from '../../activities/provisioning/begin-commissioning.ts';
import { burnInServer } from '../../activities/provisioning/burn-in-server.ts';
import { hardenServer } from '../../activities/provisioning/harden-server.ts';
import { makeReady } from '../../activities/provisioning/make-ready.ts';
import { proveErased } from '../../activities/provisioning/prove-erased.ts';
import { registerVendorTool } from '../../activities/provisioning/register-vendor-tool.ts';
import { rotateBmcCredentials } from '../../activities/provisioning/rotate-bmc-credentials.ts';
import { updateFirmware } from '../../activities/provisioning/update-firmware.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

/**
 * Guarantees: own credentials, firmware at its baseline, hardened, burned in, its profile in force: READY.
 * Leaves behind on failure: erased drives, the factory's account, no trace in the vendor tool.
 * Started by: deploy-server.
 */
export const commissionServer = defineSaga({
  name: 'commission-server',
  input: z.object({ serverId: ServerId }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { serverId }) {
    yield* saga.step(proveErased, { serverId });
    yield* saga.step(beginCommissioning, { serverId });
    yield* saga.step(rotateBmcCredentials, { serverId });
    yield* saga.step(registerVendorTool, { serverId });
    yield* saga.step(updateFirmware, { serverId });
    yield* saga.step(hardenServer, { serverId });
    yield* saga.step(burnInServer, { serverId });
    yield* saga.step(applyServerProfile, { serverId });
    yield* saga.step(makeReady, { serverId });
    return { serverId };
  },
});
