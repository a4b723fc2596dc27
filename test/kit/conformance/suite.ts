import type { DurableApp } from '../../../runtime/durable/contract/engine.ts';
import { basicCases } from './cases/basics.ts';
import { compoundCases } from './cases/compounds.ts';
import { entityCases } from './cases/entities.ts';
import { familyCases } from './cases/families.ts';
import { httpCases } from './cases/http.ts';
import { operationCases } from './cases/operations.ts';
import { renewalCases } from './cases/renewals.ts';
import { retryCases } from './cases/retries.ts';
import { timerAndEventCases } from './cases/timers-and-events.ts';
import { describeCases, type TestedEngine } from './harness.ts';

/** What every durable engine must do, over an app that knows the two public packages only. */
export function describeEngineConformance(
  name: string,
  createEngine: (app: DurableApp) => Promise<TestedEngine>,
): void {
  describeCases(name, createEngine, [
    basicCases,
    retryCases,
    timerAndEventCases,
    compoundCases,
    familyCases,
    renewalCases,
    operationCases,
    entityCases,
  ]);
}

/** The same over the network: the SDK's HTTP client against the management API, and calls to outside servers. */
export function describeEngineHttpConformance(
  name: string,
  createEngine: (app: DurableApp) => Promise<TestedEngine>,
): void {
  describeCases(`${name} over HTTP`, createEngine, [httpCases]);
}
