import type { Step } from '../../shared/saga/step.ts';
import { acceptValidation } from './accept-validation.ts';
import { awaitBmc } from './await-bmc.ts';
import { bootValidationImage } from './boot-validation-image.ts';
import { compareWithOrder } from './compare-with-order.ts';
import { fixFindings } from './fix-findings.ts';
import { identifyServer } from './identify-server.ts';
import { inspectServer } from './inspect-server.ts';
import { quarantineServer } from './quarantine-server.ts';
import { restartBmc } from './restart-bmc.ts';
import { testLinks } from './test-links.ts';

export const discoverySteps: readonly Step[] = [
  awaitBmc,
  identifyServer,
  bootValidationImage,
  compareWithOrder,
  testLinks,
  fixFindings,
  acceptValidation,
  restartBmc,
  inspectServer,
  quarantineServer,
];
