import * as df from 'durable-functions';
import { parse } from '../kernel/errors/parse.ts';
import { aboutOf, Saga, type SagaDefinition } from './define-saga.ts';
import type { Deps } from './deps.ts';
import { keepJournal } from './journal.ts';
import { runStep, undoStep } from './run-step.ts';
import { hasUndo, type Step } from './step.ts';
import { JournalCall, journalActivity, SagaStart } from './wire.ts';

/** Makes every saga an orchestrator, every step and every undo an activity. Names are unique in the app. */
export function registerSagas(sagas: readonly SagaDefinition[], steps: readonly Step[], deps: Deps): void {
  for (const definition of sagas) {
    df.app.orchestration(definition.name, function* (context) {
      const start = SagaStart.parse(context.df.getInput());
      const saga = new Saga(context, {
        id: context.df.instanceId,
        name: definition.name,
        parentId: start.parentId,
        rootId: start.rootId,
      });
      return yield* start.takeBack ? saga.takeBack(start.takeBack) : saga.live(definition, start.input);
    });
  }
  for (const step of steps) {
    df.app.activity(step.name, { handler: (call: unknown) => runStep(step, deps, call) });
    if (hasUndo(step.undo)) df.app.activity(step.undo.name, { handler: (call: unknown) => undoStep(step, deps, call) });
  }
  const definitions = new Map(sagas.map((definition) => [definition.name, definition]));
  df.app.activity(journalActivity, {
    handler: (call: unknown) =>
      keepJournal(deps, parse(JournalCall, call, 'journal entry'), ({ name }, input) => {
        const definition = definitions.get(name);
        return definition ? aboutOf(definition, input) : {};
      }),
  });
}
