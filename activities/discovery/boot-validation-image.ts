import { z } from 'zod';
import { forgetMeasured, getAsset, recordMeasured, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { askBmc, passing, type BmcAnswer } from '../../shared/domain/health/bmc-trouble.ts';
import type { PowerState } from '../../shared/facts/server.ts';
import { Trouble } from '../../shared/facts/trouble.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { noteCondition } from '../../shared/lifecycle/condition.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import { askPerson } from '../../shared/saga/ask-person.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { pending, step, type StepContext, type StepPending } from '../../shared/saga/step.ts';

const [recheckSeconds, recheckPowerSeconds, recheckBmcSeconds, recheckAgentSeconds] = [120, 5, 30, 300];
/** A large server's self-test and the image's way over the network take half of this. */
const bootWithin = minutes(20);
const offWithin = minutes(2);
const patience = minutes(4);

/**
 * Where a boot stands: its BMC is to be reached, its power goes off, or it was off: if it is on now, it was started.
 */
const Stage = z.enum(['reaching', 'stopping', 'booting']);
type Stage = z.infer<typeof Stage>;
/** Where it stands, and since when, milliseconds: a call that is repeated goes on from there. */
const Ticket = z.object({ stage: Stage, since: z.number() });
type Waiting = StepPending<z.infer<typeof Ticket>>;

/**
 * Starts the validation image from the network, once, and waits for what it finds on the machine itself. That the image
 * does not report, or that the BMC does not do its part, is an answer.
 *
 * Only a machine that is off is told to boot from the network: the self-test of one that is on may use that up at any
 * moment, before it is restarted. And that it is off is kept before it is started, so that whoever finds it on
 * afterwards knows that it was.
 */
export const bootValidationImage = step({
  name: 'boot-validation-image',
  input: z.object({
    serverId: ServerId,
    attempt: z.number().int().default(1),
  }),
  output: z.union([z.object({ measuredAt: z.string() }), z.object({ trouble: Trouble })]),
  ticket: Ticket,
  atMost: hours(24),
  run: async ({ serverId, attempt }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const { stage, since } = context.ticket ?? { stage: 'reaching', since: context.at };
    // An inventory of an earlier boot does not count.
    if (stage === 'booting' && asset.measuredAt && Date.parse(asset.measuredAt) >= context.at) {
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
      return { measuredAt: asset.measuredAt };
    }
    const target = bmcOf(asset);
    const now = deps.clock.now();
    const next = await advance[stage]({ deps, serverId, target, since, now });
    if ('ok' in next) return next.ok;
    // While the datacenter cannot be reached, no time of this boot is counted: its report would wait there too.
    if ('unreachable' in next)
      return wait(stage, now, recheckAgentSeconds, `the agent of ${asset.datacenterId}: ${next.unreachable}`);
    if (stage === 'reaching' && passing.includes(next.trouble.kind) && now - since < patience) {
      return wait('reaching', since, recheckBmcSeconds, `an answer: ${next.trouble.reason}`);
    }
    await noteCondition(deps.db, deps.clock, serverId, {
      condition: 'failed',
      reason: next.trouble.reason,
      attempts: attempt,
      sagaId: context.sagaId,
    });
    return next;
  },
  undo: {
    name: 'stop-validation-image',
    run: async ({ serverId }, deps, context) => {
      const asset = await getAsset(deps.db, serverId);
      await recordMeasured(deps.db, deps.clock, serverId, null);
      await noteCondition(deps.db, deps.clock, serverId, { condition: 'working' });
      if (!asset.bmcAddress) return undefined;
      const target = bmcOf(asset);
      const stopped = await askBmc(deps.bmc, target, async () => {
        await deps.bmc.clearBootOverride(target);
        await deps.bmc.setPower(target, { action: 'off' });
      });
      if ('unreachable' in stopped)
        return pending({
          ticket: 'agent',
          pollAfterSeconds: recheckAgentSeconds,
          waitingFor: `the agent of ${asset.datacenterId}: ${stopped.unreachable}`,
        });
      return 'trouble' in stopped ? switchOffByHand(asset, stopped.trouble, deps, context) : undefined;
    },
  },
});

const wait = (stage: Stage, since: number, pollAfterSeconds: number, waitingFor: string): Waiting =>
  pending({ ticket: { stage, since }, pollAfterSeconds, waitingFor });

interface Boot {
  deps: Deps;
  serverId: ServerId;
  target: BmcTarget;
  since: number;
  now: number;
}

const [itsPower, theImage] = ['its power to go off', 'the validation image to report'];
const bootFrom = (now: number): Waiting => wait('booting', now, 0, theImage);

const advance: Record<Stage, (boot: Boot) => Promise<BmcAnswer<Waiting>>> = {
  reaching: async (boot) => {
    const power = await askBmc(boot.deps.bmc, boot.target, () => switchOff(boot));
    if (!('ok' in power)) return power;
    return {
      ok: power.ok === 'off' ? bootFrom(boot.now) : wait('stopping', boot.now, recheckPowerSeconds, itsPower),
    };
  },
  stopping: async (boot) => {
    const { deps, target, since, now } = boot;
    const power = await askBmc(deps.bmc, target, () => switchOff(boot));
    if ('unreachable' in power) return power;
    if ('ok' in power && power.ok === 'off') return { ok: bootFrom(now) };
    if (now - since < offWithin) return { ok: wait('stopping', since, recheckPowerSeconds, itsPower) };
    return 'trouble' in power
      ? power
      : {
          trouble: {
            kind: 'power-stuck',
            reason: `its power does not go off: the BMC at ${target.address} says it is ${power.ok}`,
          },
        };
  },
  booting: async (boot) => {
    const {
      deps: { bmc },
      target,
      since,
      now,
    } = boot;
    const power = await askBmc(bmc, target, () => bmc.readPower(target));
    if ('unreachable' in power) return power;
    if (now - since >= bootWithin)
      return 'trouble' in power
        ? power
        : {
            trouble: {
              kind: 'silent',
              reason:
                `the validation image has not reported for ${bootWithin / 60_000} minutes after the server ` +
                `was started; its power is ${power.ok}`,
            },
          };
    // The image reports past the BMC, which may be busy meanwhile.
    const isOff = 'ok' in power && power.ok === 'off';
    const started = isOff ? await askBmc(bmc, target, () => start(boot)) : { ok: undefined };
    if ('ok' in started) return { ok: wait('booting', since, recheckSeconds, theImage) };
    // Some refuse to start a server that has only just gone off.
    if ('trouble' in started && [...passing, 'refuses'].includes(started.trouble.kind) && now - since < patience)
      return { ok: wait('booting', since, recheckBmcSeconds, theImage) };
    return started;
  },
};

/**
 * Answers the power it found, which is what is read, not what was asked for. What was measured before it was off does
 * not count any more.
 */
async function switchOff({ deps: { bmc, db, clock }, target, serverId, now }: Boot): Promise<PowerState> {
  const power = await bmc.readPower(target);
  if (power === 'off') await forgetMeasured(db, clock, serverId, now);
  else await bmc.setPower(target, { action: 'off' });
  return power;
}

async function start({ deps: { bmc }, target }: Boot): Promise<void> {
  await bmc.bootOnceFromNetwork(target);
  await bmc.setPower(target, { action: 'on' });
}

/** A BMC that does not answer cannot switch its server off; a hand can. */
async function switchOffByHand(
  asset: Asset,
  trouble: Trouble,
  deps: Deps,
  context: StepContext,
): Promise<StepPending | undefined> {
  const answer = await askPerson(deps, context, {
    kind: 'inspect',
    about: 'off',
    oncePerSaga: true,
    datacenterId: asset.datacenterId,
    serverId: asset.id,
    orderId: asset.orderId,
    withinMilliseconds: hours(4),
    title: `Switch off ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [`Its BMC cannot do it: ${trouble.reason}.`, 'Hold its power button until it is off.'],
  });
  return answer.outcome === 'pending' ? answer : undefined;
}
