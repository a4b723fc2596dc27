import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { TaskResult, type LineAnswer } from '../../shared/domain/tasks/task-lines.ts';
import type { Task } from '../../shared/domain/tasks/tasks.db.ts';
import { counted } from '../../shared/domain/validation/finding.ts';
import {
  isMeasured,
  recordAnswer,
  recordInstruction,
  openFindings,
  stateOf,
  type Finding,
} from '../../shared/domain/validation/findings.db.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ServerId, TaskId } from '../../shared/kernel/ids.ts';
import { noteCondition } from '../../shared/lifecycle/condition.ts';
import { askPerson, callOff } from '../../shared/saga/ask-person.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { step } from '../../shared/saga/step.ts';

const fixWithin = days(1);
const fixAtMost = days(7);

/** Has a technician put right what validation found, line by line. Ends early when operations waive all of it. */
export const fixFindings = step({
  name: 'fix-findings',
  input: z.object({ serverId: ServerId, findings: z.array(z.string()) }),
  output: z.object({ outcome: z.enum(['fixed', 'waived', 'not-fixed']), reason: z.string().optional() }),
  atMost: fixAtMost,
  run: async ({ serverId, findings }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const open = (await openFindings(deps.db, serverId)).filter((each) => stateOf(each) === 'open' && isMeasured(each));
    const wanted = open.filter(({ id }) => findings.includes(id));
    if (wanted.length === 0) {
      await callOff(deps, context);
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
      return { outcome: 'waived' };
    }
    // What does not matter alone is done while somebody is there.
    const lines = [...wanted, ...open.filter(({ id, severity }) => severity === 'minor' && !findings.includes(id))].map(
      (finding) => ({ finding, text: textOf(finding) }),
    );
    const answer = await askPerson(deps, context, {
      kind: 'fix',
      datacenterId: asset.datacenterId,
      serverId,
      orderId: asset.orderId,
      withinMilliseconds: fixWithin,
      title: `Fix ${counted(lines.length, 'finding')} on ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
      instructions: [
        `The server ${asset.serial} stands in ${asset.rackName}, its lowest unit is ${asset.rackUnit}.`,
        ...lines.map(({ text }) => text),
      ],
      lines: lines.map(({ finding: { id, place, expected, found, hint }, text }) => ({
        id,
        text,
        place,
        expected,
        found,
        hint,
      })),
    });
    if (answer.outcome === 'pending') {
      for (const { finding, text } of lines)
        await recordInstruction(deps.db, finding.id, TaskId.parse(answer.ticket), text);
      await noteCondition(deps.db, deps.clock, serverId, {
        condition: 'waiting',
        for: `a technician in ${asset.datacenterId}`,
        reason: `${counted(lines.length, 'finding')} to fix`,
        until: isoTime(context.at + fixAtMost),
        sagaId: context.sagaId,
        taskId: answer.ticket,
      });
      return answer;
    }
    return judge(answer.task, wanted, asset, deps);
  },
  undo: {
    name: 'stop-fixing',
    run: async ({ serverId }, deps, context) => {
      await callOff(deps, context);
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
    },
  },
});

const textOf = ({ kind, place, expected, found, hint }: Finding): string =>
  `${kind.replace('-', ' ')}, ${place}: expected ${expected}; found ${found}. ` +
  `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`;

/** Notes each answer with its finding. A line without an answer counts as done: it is measured again in any case. */
async function judge(
  task: Task,
  wanted: readonly Finding[],
  asset: Asset,
  deps: Deps,
): Promise<{ outcome: 'fixed' | 'not-fixed'; reason?: string }> {
  const { answers = [] } = TaskResult.parse(task.result ?? {});
  const by = task.completedBy ?? 'unknown';
  for (const { line, ...said } of answers) await recordAnswer(deps.db, line, { ...said, by, at: task.updatedAt });
  await noteCondition(deps.db, deps.clock, asset.id, { condition: 'working' });
  const beyond = answers.filter(({ line, outcome }) => outcome === 'not-fixed' && wanted.some(({ id }) => id === line));
  return beyond.length === 0
    ? { outcome: 'fixed' }
    : {
        outcome: 'not-fixed',
        reason: beyond.map((each) => `${placeOf(each, wanted)}: ${each.note ?? 'could not be fixed'}`).join('; '),
      };
}

const placeOf = ({ line }: LineAnswer, wanted: readonly Finding[]): string =>
  wanted.find(({ id }) => id === line)?.place ?? line;
