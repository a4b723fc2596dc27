// The heart of the engine: from a history and the SDK's answer to it, what is to be done next.
//
// The SDK numbers its tasks by itself, with a counter, and answers every replay with all actions so far but
// without the numbers. They are found again by walking the history the way the SDK does. Numbers are taken in
// two ways only: by user code reaching an action, and by an event that makes the SDK go on by itself (a retry's
// failure or its timer, a 202 of an HTTP call). One rule makes the walk exact without knowing what user code
// awaits: only the *first* event of an episode may take numbers by itself (`splitBefore` sees to it), so within an
// episode the event's numbers come first and then those of the actions reached, in their order.
import type { Decision } from '../contract/decisions.ts';
import { httpActivity } from '../contract/decisions.ts';
import {
  completedId,
  EventType,
  isCompletion,
  isScheduling,
  type Completion,
  type EventRaised,
  type Failure,
  type HistoryEvent,
  type Scheduling,
} from '../contract/history.ts';
import { entityId } from '../contract/instance.ts';
import {
  ActionType,
  type Action,
  type CallHttp,
  type HttpRequest,
  type LockEntities,
  type RetryOptions,
} from './actions.ts';

export interface DecodedActions {
  /** Not in history yet, by ascending id. */
  decisions: Decision[];
  /** Tasks the instance must still see the end of, even if the orchestrator has ended. */
  openTasks: number;
  /** The orchestrator asked to begin anew. */
  continueAsNew?: { input: unknown };
  /** Events raised that no wait has taken, oldest first. */
  unread: EventRaised[];
  /** What history recorded and this replay did not ask for, or not so. Empty unless the code has changed. */
  mismatches: Mismatch[];
  /** Timers that were cancelled and have not fired. */
  canceledTimers: number[];
  /** What the orchestrator waits for, for people. */
  waitsFor: string[];
  /** The number the SDK would give next. */
  nextId: number;
  /** The history from this index on must be left for the next episode. Then nothing else here counts. */
  splitBefore?: number;
}

export interface Mismatch {
  id: number;
  recorded: string;
  replayed: string | undefined;
}

/** One task with a number of its own. */
interface Leaf {
  decision: Decision;
  /** As history would record it. */
  label: string;
  state: 'open' | 'done' | 'forgotten';
  /** Whether it keeps the instance from ending. */
  counts: boolean;
  isCanceled?: () => boolean;
  /** Not to be scheduled before that timer has fired. */
  after?: Leaf;
  onEnd?: (event: Completion) => void;
}

export interface DecodeOptions {
  /** How long to wait before polling a 202 that names no time itself. */
  httpPollMilliseconds: number;
}

export function decodeActions(
  history: readonly HistoryEvent[],
  actions: readonly Action[],
  options: DecodeOptions,
): DecodedActions {
  const walk = new Walk(history, actions, options);
  for (const [index, event] of history.entries()) {
    walk.read(event, index);
    if (walk.splitBefore !== undefined) break;
  }
  return walk.conclude();
}

class Walk {
  splitBefore: number | undefined;
  readonly #actions: readonly Action[];
  readonly #options: DecodeOptions;
  readonly #recorded: ReadonlyMap<number, { episode: number; label: string }>;
  readonly #recordedEpisodes: number;
  readonly #leaves = new Map<number, Leaf>();
  readonly #met = new Set<Action>();
  readonly #ended = new Map<number, Completion>();
  readonly #answers = new Map<string, number>();
  readonly #raised: EventRaised[] = [];
  readonly #waits: string[] = [];
  #continueAsNew: { input: unknown } | undefined;
  #lastLock: { id: number; entities: readonly string[] } | undefined;
  #cursor = 0;
  #nextId = 0;
  #episode = -1;
  #now = 0;
  /** Whether an earlier event of this episode may have let user code run. */
  #userCodeRan = false;
  #index = 0;

  constructor(history: readonly HistoryEvent[], actions: readonly Action[], options: DecodeOptions) {
    this.#actions = actions;
    this.#options = options;
    this.#recorded = recordedIds(history);
    this.#recordedEpisodes = history.reduce(
      (count, { EventType: type }) => (type === EventType.OrchestratorCompleted ? count + 1 : count),
      0,
    );
  }

  read(event: HistoryEvent, index: number): void {
    this.#index = index;
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.#episode += 1;
        this.#now = Math.max(this.#now, event.Timestamp.getTime());
        this.#userCodeRan = false;
        break;
      case EventType.OrchestratorCompleted:
        this.#takeActions((id) => this.#recorded.get(id)?.episode === this.#episode);
        break;
      case EventType.EventSent:
        this.#answers.set(requestIdOf(event.Input), event.EventId);
        break;
      case EventType.ExecutionStarted:
        this.#userCodeRan = true;
        break;
      case EventType.EventRaised:
        this.#raise(event);
        this.#userCodeRan = true;
        break;
      default:
        if (!isCompletion(event)) break;
        this.#end(event);
        this.#userCodeRan = true;
    }
  }

  conclude(): DecodedActions {
    this.#takeActions(() => true);
    const leaves = [...this.#leaves.values()].sort((a, b) => a.decision.id - b.decision.id);
    const isOpen = (leaf: Leaf) => leaf.state === 'open' && !leaf.isCanceled?.();
    return {
      decisions: leaves
        .filter((leaf) => !this.#recorded.has(leaf.decision.id) && (!leaf.after || leaf.after.state === 'done'))
        .map((leaf) => settled(leaf)),
      openTasks: leaves.filter((leaf) => leaf.counts && isOpen(leaf)).length,
      ...(this.#continueAsNew && { continueAsNew: this.#continueAsNew }),
      unread: this.#unread(),
      mismatches: [...this.#recorded].flatMap(([id, { label }]) =>
        this.#leaves.get(id)?.label === label ? [] : [{ id, recorded: label, replayed: this.#leaves.get(id)?.label }],
      ),
      canceledTimers: leaves
        .filter((leaf) => leaf.state === 'open' && leaf.isCanceled?.())
        .map((leaf) => leaf.decision.id),
      waitsFor: [...leaves.filter(isOpen).map((leaf) => leaf.label), ...this.#openWaits()],
      nextId: this.#nextId,
      ...(this.splitBefore !== undefined && { splitBefore: this.splitBefore }),
    };
  }

  // ── actions: numbers taken because user code got there ──

  /**
   * Takes the actions that were reached by now: those whose numbers (one suffices, a rewind may have taken others away)
   * belong here.
   */
  #takeActions(belongs: (id: number) => boolean): void {
    for (let action = this.#actions[this.#cursor]; action; action = this.#actions[++this.#cursor]) {
      const wanted = this.#idsWanted(action);
      const isReached =
        wanted === 0 || Array.from({ length: wanted }, (_, offset) => this.#nextId + offset).some(belongs);
      if (!isReached) return;
      this.#meet(action);
    }
  }

  #idsWanted(action: Action): number {
    if (this.#met.has(action)) return 0;
    switch (action.actionType) {
      case ActionType.WaitForExternalEvent:
      case ActionType.ContinueAsNew:
        return 0;
      case ActionType.WhenAll:
      case ActionType.WhenAny:
        return action.compoundActions.reduce((sum, each) => sum + this.#idsWanted(each), 0);
      case ActionType.ReleaseEntities:
        return this.#lastLock?.entities.length ?? 0;
      default:
        return 1;
    }
  }

  #meet(action: Action): void {
    if (this.#met.has(action)) return;
    this.#met.add(action);
    switch (action.actionType) {
      case ActionType.CallActivity:
        this.#activity(action.functionName, activityInput(action.input));
        break;
      case ActionType.CallActivityWithRetry:
        this.#retry(action.retryOptions, (failWith) =>
          this.#activity(action.functionName, activityInput(action.input), failWith),
        );
        break;
      case ActionType.CallSubOrchestrator:
        this.#child(action);
        break;
      case ActionType.CallSubOrchestratorWithRetry:
        this.#retry(action.retryOptions, () => this.#child(action));
        break;
      case ActionType.CreateTimer:
        this.#timer(new Date(action.fireAt).getTime(), () => action.isCanceled);
        break;
      case ActionType.CallEntity:
      case ActionType.SignalEntity:
        this.#entity(
          action.actionType === ActionType.CallEntity ? 'call-entity' : 'signal-entity',
          action.instanceId,
          action.operation,
          json(action.input),
        );
        break;
      case ActionType.CallHttp:
        this.#http(action);
        break;
      case ActionType.WhenAll:
      case ActionType.WhenAny:
        for (const each of action.compoundActions) this.#meet(each);
        break;
      case ActionType.LockEntities:
        this.#lock(action);
        break;
      case ActionType.ReleaseEntities:
        this.#release();
        break;
      case ActionType.WaitForExternalEvent:
        this.#waits.push(action.externalEventName);
        break;
      case ActionType.ContinueAsNew:
        this.#continueAsNew = { input: action.input };
    }
  }

  #activity(name: string, input: string | null, failWith?: Failure): Leaf {
    return this.#leaf((id) => ({ id, kind: 'activity', name, input, ...(failWith && { failWith }) }), {
      label: `activity ${name}`,
      counts: true,
    });
  }

  #child({
    functionName: name,
    instanceId,
    version,
    input,
  }: {
    functionName: string;
    instanceId?: string;
    version?: string;
    input?: unknown;
  }): Leaf {
    return this.#leaf(
      (id) => ({
        id,
        kind: 'child',
        name,
        instanceId: instanceId ?? null,
        version: version ?? null,
        input: json(input),
      }),
      { label: `sub-orchestration ${name}`, counts: true },
    );
  }

  #timer(fireAt: number, isCanceled = () => false): Leaf {
    return this.#leaf((id) => ({ id, kind: 'timer', fireAt, isCanceled: isCanceled() }), {
      label: 'timer',
      counts: true,
      isCanceled,
    });
  }

  #entity(kind: 'call-entity' | 'signal-entity', target: string, operation: string, input: string | null): void {
    const leaf = this.#leaf((id) => ({ id, kind, target, operation, input }), { label: 'message', counts: false });
    if (kind === 'signal-entity') leaf.state = 'forgotten';
  }

  #lock({ lockSet }: LockEntities): void {
    const entities = lockSet.map(({ name, key }) => entityId(name, key));
    const leaf = this.#leaf((id) => ({ id, kind: 'lock', entities }), { label: 'message', counts: false });
    this.#lastLock = { id: leaf.decision.id, entities };
  }

  #release(): void {
    const lock = this.#lastLock;
    for (const target of lock?.entities ?? []) {
      this.#leaf((id) => ({ id, kind: 'release', target, lockId: lock?.id ?? -1 }), {
        label: 'message',
        counts: false,
      }).state = 'forgotten';
    }
  }

  #leaf(decide: (id: number) => Decision, rest: Omit<Leaf, 'decision' | 'state'>): Leaf {
    const id = this.#nextId++;
    const leaf: Leaf = { decision: decide(id), state: 'open', ...rest };
    this.#leaves.set(id, leaf);
    const earlier = this.#ended.get(id);
    if (earlier) this.#finish(leaf, earlier);
    return leaf;
  }

  // ── events: numbers taken because something ended ──

  #end(event: Completion): void {
    const leaf = this.#leaves.get(completedId(event));
    if (leaf) this.#finish(leaf, event);
    else this.#ended.set(completedId(event), event);
  }

  #finish(leaf: Leaf, event: Completion): void {
    if (leaf.state !== 'open') return;
    leaf.state = 'done';
    leaf.onEnd?.(event);
  }

  /** To be called before an event takes a number by itself. True: not in this episode. */
  #mustSplit(): boolean {
    const isRecorded = this.#episode < this.#recordedEpisodes;
    if (this.#userCodeRan && !isRecorded) this.splitBefore ??= this.#index;
    return this.splitBefore !== undefined;
  }

  /**
   * A failed attempt is followed by a timer and, when that fires, by the next attempt. After the last failure
   * there is one more timer, due at once, before the error is thrown: the SDK waits for it.
   */
  #retry(options: RetryOptions, attempt: (failWith?: Failure) => Leaf): void {
    const startedAt = this.#now;
    const {
      firstRetryIntervalInMilliseconds: first,
      maxNumberOfAttempts: attempts,
      backoffCoefficient = 1,
      maxRetryIntervalInMilliseconds: longest = Infinity,
      retryTimeoutInMilliseconds: timeout = Infinity,
    } = options;
    let failures = 0;
    // Out of time with attempts left, the SDK would still wait for them all: they fail without being made.
    let givenUp: Failure | undefined;
    const attempting = (leaf: Leaf) => {
      leaf.onEnd = (event) => {
        if (!('Reason' in event) || this.#mustSplit()) return;
        failures += 1;
        if (this.#now >= startedAt + timeout && failures < attempts) givenUp = failureOf(event);
        const pause =
          failures >= attempts || givenUp ? 0 : Math.min(first * backoffCoefficient ** (failures - 1), longest);
        this.#timer(this.#now + pause).onEnd = () => {
          if (failures < attempts && !this.#mustSplit()) attempting(attempt(givenUp));
        };
      };
    };
    attempting(attempt());
  }

  /** A 202 with a Location is polled: a timer and the next request take their numbers together. */
  #http({ httpRequest }: CallHttp): void {
    const sending = (request: HttpRequest, after?: Leaf) => {
      const leaf = this.#leaf((id) => ({ id, kind: 'activity', name: httpActivity, input: JSON.stringify(request) }), {
        label: `activity ${httpActivity}`,
        counts: true,
        ...(after && { after }),
      });
      leaf.onEnd = (event) => {
        const poll =
          httpRequest.asynchronousPatternEnabled && 'Result' in event
            ? pollAfter(event.Result, this.#now, this.#options.httpPollMilliseconds)
            : undefined;
        if (!poll || this.#mustSplit()) return;
        const { 'x-functions-key': _, ...headers } = request.headers ?? {};
        const { content: __, ...rest } = request;
        const timer = this.#timer(poll.at);
        sending({ ...rest, method: 'GET', uri: poll.location, headers }, timer);
      };
    };
    sending(httpRequest);
  }

  #raise(event: EventRaised): void {
    const answered = this.#answers.get(event.Name);
    const leaf = answered === undefined ? undefined : this.#leaves.get(answered);
    if (leaf) leaf.state = 'done';
    if (answered === undefined) this.#raised.push(event);
  }

  // ── events and waits: each wait takes one event of its name, early events wait in line ──

  #unread(): EventRaised[] {
    const waits = tally(this.#waits);
    return this.#raised.filter(({ Name }) => !waits.take(Name));
  }

  #openWaits(): string[] {
    const raised = tally(this.#raised.map(({ Name }) => Name));
    return this.#waits.filter((name) => !raised.take(name)).map((name) => `event ${name}`);
  }
}

function tally(names: readonly string[]): { take(name: string): boolean } {
  const left = new Map<string, number>();
  for (const name of names) left.set(name, (left.get(name) ?? 0) + 1);
  return {
    take: (name) => {
      const count = left.get(name) ?? 0;
      if (count > 0) left.set(name, count - 1);
      return count > 0;
    },
  };
}

/** Which numbers history recorded, in which episode, for what. */
function recordedIds(history: readonly HistoryEvent[]): Map<number, { episode: number; label: string }> {
  const recorded = new Map<number, { episode: number; label: string }>();
  let episode = -1;
  for (const event of history) {
    if (event.EventType === EventType.OrchestratorStarted) episode += 1;
    else if (isScheduling(event)) recorded.set(event.EventId, { episode, label: labelOf(event) });
  }
  return recorded;
}

function labelOf(event: Scheduling): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `activity ${event.Name}`;
    case EventType.SubOrchestrationInstanceCreated:
      return `sub-orchestration ${event.Name}`;
    case EventType.TimerCreated:
      return 'timer';
    case EventType.EventSent:
      return 'message';
  }
}

/** A timer may have been cancelled after its action was met. */
const settled = ({ decision, isCanceled }: Leaf): Decision =>
  decision.kind === 'timer' ? { ...decision, isCanceled: isCanceled?.() ?? false } : decision;

const failureOf = ({ Reason, Details, FailureDetails }: Failure): Failure => ({ Reason, Details, FailureDetails });

const requestIdOf = (input: string): string => (JSON.parse(input) as { id: string }).id;

const json = (value: unknown): string | null =>
  value === undefined || value === null ? null : (JSON.stringify(value) ?? null);

/** The SDK has already turned a string into JSON text; everything else comes as it is. */
const activityInput = (input: unknown): string | null => (typeof input === 'string' ? input : json(input));

/** When and where to ask again, if this is a 202 that says where. */
function pollAfter(
  result: string | null,
  now: number,
  defaultMilliseconds: number,
): { at: number; location: string } | undefined {
  const { statusCode, headers = {} } = (JSON.parse(result ?? '{}') ?? {}) as {
    statusCode?: number;
    headers?: Record<string, string>;
  };
  const header = (wanted: string) => Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  const location = header('location');
  if (statusCode !== 202 || !location) return undefined;
  const retryAfter = header('retry-after');
  const seconds = Number(retryAfter);
  const date = Date.parse(retryAfter ?? '');
  const at = !retryAfter
    ? now + defaultMilliseconds
    : Number.isFinite(seconds)
      ? now + seconds * 1000
      : Number.isFinite(date)
        ? date
        : now + defaultMilliseconds;
  return { at: Math.max(now, at), location };
}
