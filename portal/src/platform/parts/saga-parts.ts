import type { SagaDetail, SagaView } from '../../../../shared/domain/sagas/sagas.api.ts';

export type StepView = SagaDetail['steps'][number];
export interface Part {
  saga: SagaView;
  /** Steps and parts in the order they began. */
  children: readonly ({ step: StepView; part?: undefined } | { step?: undefined; part: Part })[];
}

/** A story's family as a tree below the saga one looks at: its steps, and its parts with theirs. */
export function treeOf(saga: SagaDetail): Part {
  const build = (node: SagaView): Part => ({
    saga: node,
    children: [
      ...saga.steps.filter(({ sagaId }) => sagaId === node.id).map((step) => ({ step, at: step.startedAt })),
      ...saga.family
        .filter(({ parentId }) => parentId === node.id)
        .map((child) => ({ part: build(child), at: child.startedAt })),
    ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  });
  return build(saga);
}

/** Those in the part of the family one looks at that wait for a person's decision. */
export const stuckIn = (saga: SagaDetail): SagaView[] => {
  const below = (part: Part): SagaView[] => [
    part.saga,
    ...part.children.flatMap(({ part: child }) => (child ? below(child) : [])),
  ];
  return below(treeOf(saga)).filter(({ state, held }) => state === 'stuck' && held !== null);
};

/**
 * What is taken back when a saga is cancelled: the whole story, or a part alone that died and was left over from it.
 */
export function cancelTarget(saga: Pick<SagaDetail, 'id' | 'rootId' | 'engineEnd' | 'family'>): string {
  const isOver = saga.family.some(({ id, endedAt }) => id === saga.rootId && endedAt !== null);
  return isOver && saga.engineEnd !== null ? saga.id : saga.rootId;
}

/** Why a person cannot decide so about a stuck saga; null when they can. */
export function decisionBlocked(
  { engineEnd }: Pick<SagaView, 'engineEnd'>,
  verb: 'retry' | 'resume' | 'terminate',
): string | null {
  if (engineEnd === null || verb === 'terminate') return null;
  if (verb === 'resume') return 'Its instance in the engine is over: it cannot go on.';
  return engineEnd === 'Failed' ? null : 'Its instance in the engine is over: there is nothing to try again.';
}

/** Why a story cannot be taken back now; null when it can. */
export function cancelBlocked({ family }: Pick<SagaDetail, 'family'>): string | null {
  const root = family.find(({ parentId }) => parentId === null);
  if (root?.state === 'stuck' && root.engineEnd === null) return 'It is stuck: decide on that first.';
  const noReturn = family.find(({ pointOfNoReturn }) => pointOfNoReturn)?.pointOfNoReturn;
  if (noReturn) return `There is no way back: ${noReturn}.`;
  const asked = family.find(({ cancelRequested }) => cancelRequested)?.cancelRequested;
  if (asked) return `${asked.by} has asked for it already.`;
  return root?.state === 'unwinding' ? 'It is being taken back already.' : null;
}

/** What a step last said of itself. */
export const messageOf = ({ detail }: StepView): string | undefined =>
  typeof detail['text'] === 'string' ? detail['text'] : undefined;
export const waitingFor = ({ state, detail }: StepView): string | undefined =>
  (state === 'waiting' || state === 'undoing') && typeof detail['waitingFor'] === 'string'
    ? detail['waitingFor']
    : undefined;

/** The step of something held: the platform adds the key of its call, `place-purchase (place-purchase#4)`. */
export const heldStep = (held: string): string => held.replace(/ \(.*\)$/, '');
