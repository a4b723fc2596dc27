import { setTimeout as delay } from 'node:timers/promises';
import * as df from 'durable-functions';

/** Registers orchestrations whose every step leaves a trace through `record`, which must outlive the process. */
export function registerChaosApp(record: (instanceId: string, step: string) => Promise<void>): void {
  df.app.activity('enter', {
    handler: async ({ instanceId, step, milliseconds }: { instanceId: string; step: string; milliseconds: number }) => {
      await record(instanceId, step);
      await delay(milliseconds);
      return step;
    },
  });

  // What it calls next depends on what ended first: a replay in another order would ask for other steps.
  df.app.orchestration('order-sensitive', function* (context) {
    const { instanceId } = context.df;
    const enter = (step: string, milliseconds: number) =>
      context.df.callActivity('enter', { instanceId, step, milliseconds });
    const first = ['a', 'b', 'c'].map((name, index) => ({
      name,
      task: enter(name, 40 * ((instanceId.length * 7 + index * 3) % 5)),
    }));
    const order: string[] = [];
    let open = first;
    for (let round = 0; round < 7; round += 1) {
      const winner = yield context.df.Task.any(open.map(({ task }) => task));
      const won = open.find(({ task }) => task === winner);
      if (!won) throw new Error('nobody won');
      order.push(won.name);
      open = [
        ...open.filter((each) => each !== won),
        { name: `${won.name}${round}`, task: enter(`${won.name}${round}`, 60 * (round % 3)) },
      ];
    }
    yield context.df.Task.all(open.map(({ task }) => task));
    return order;
  });

  df.app.orchestration('long-step', function* (context) {
    const { instanceId } = context.df;
    const { milliseconds } = context.df.getInput<{ milliseconds: number }>();
    yield context.df.callActivity('enter', { instanceId, step: 'first', milliseconds });
    yield context.df.callActivity('enter', { instanceId, step: 'second', milliseconds: 0 });
    return 'done';
  });
}
