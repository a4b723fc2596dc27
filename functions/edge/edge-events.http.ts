import { recordAnswers } from '../../shared/domain/edge/commands.db.ts';
import { publishReports } from '../../shared/domain/edge/reports.ts';
import { uplinkApi } from '../../shared/domain/edge/uplink.api.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const edgeEvents = httpFunction(uplinkApi.events, async ({ caller, body }, { db, publisher }) => {
  const foreign = body.events.find(({ datacenter }) => !caller.may('edge:report', { datacenterId: datacenter }));
  if (foreign)
    throw new AppError({
      code: 'edge.foreign-datacenter',
      kind: 'forbidden',
      publicMessage: `This agent does not speak for ${foreign.datacenter}.`,
    });
  const answers = body.events.filter((each) => each.kind === 'command-answer');
  const reports = body.events.filter((each) => each.kind !== 'command-answer');
  await db.transaction(async (tx) => {
    if (answers.length > 0) await recordAnswers(tx, caller.name, answers);
    if (reports.length > 0) await publishReports(tx, publisher, reports);
  });
  return { status: 202, body: { accepted: body.events.length } };
});
