import type { Step } from '../../shared/saga/step.ts';
import { applyServerProfile } from './apply-server-profile.ts';
import { beginCommissioning } from './begin-commissioning.ts';
import { burnInServer } from './burn-in-server.ts';
import { hardenServer } from './harden-server.ts';
import { makeReady } from './make-ready.ts';
import { proveErased } from './prove-erased.ts';
import { registerVendorTool } from './register-vendor-tool.ts';
import { rotateBmcCredentials } from './rotate-bmc-credentials.ts';
import { updateFirmware } from './update-firmware.ts';

export const provisioningSteps: readonly Step[] = [
  proveErased,
  beginCommissioning,
  rotateBmcCredentials,
  registerVendorTool,
  updateFirmware,
  hardenServer,
  burnInServer,
  applyServerProfile,
  makeReady,
];
