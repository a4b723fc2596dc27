import { AppError } from '../../kernel/errors/app-error.ts';
import { CallFailed, failureOfStatus, type Failure } from '../../kernel/http-client/failure.ts';
import { ErrorBody } from './contract.ts';

/**
 * Message ids that say more than the status does, by their last part: vendors prefix them with registry and
 * version (`Base.1.18.ResourceInUse`, `IDRAC.2.8.RAC0679`). DMTF Base registry, iDRAC EEMI, iLO registry.
 */
const meaning: readonly [RegExp, Failure][] = [
  [/^(SessionLimitExceeded|RAC0218)$/, 'throttled'],
  [
    /^(ServiceTemporarilyUnavailable|ServiceShuttingDown|ServiceInUnknownState|SYS518|UnableToModifyDuringSystemPOST)$/,
    'transient',
  ],
  [/^(InvalidOperationForSystemState|ConditionInRelatedResource|RAC0679|LC068|RED023)$/, 'conflict'],
  [/^(ResourceInUse|ResourceInStandby|ResourceAlreadyExists|UserAlreadyExist)$/, 'conflict'],
  [/^(NoValidSession|InsufficientPrivilege|AccessDenied|PasswordChangeRequired|UnauthorizedLoginAttempt)$/, 'auth'],
  [/^(ResourceMissingAtURI|ResourceNotFound)$/, 'notFound'],
  [/^(QueryNotSupported|QueryNotSupportedOnResource|QueryParameterValueFormatError|ActionNotSupported)$/, 'invalid'],
];

export interface Complaint {
  /** Last parts of the message ids, first the most telling one. */
  ids: string[];
  /** What the most telling one is about. */
  args: string[];
  text: string;
}

/** What an error body says, however it is shaped; a page of HTML says nothing. */
export function complaintOf(body: unknown): Complaint {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) return { ids: [], args: [], text: '' };
  const { error } = parsed.data;
  const messages = error['@Message.ExtendedInfo'] ?? [];
  const ids = [...messages.map((each) => each.MessageId), error.code].flatMap((id) =>
    id ? [id.split('.').at(-1)!] : [],
  );
  const args = (messages[0]?.MessageArgs ?? []).filter((each) => typeof each === 'string');
  return {
    ids,
    args,
    text: messages.map((each) => each.Message ?? each.MessageId).find(Boolean) ?? error.message ?? '',
  };
}

/** The refusal of one call, in the words every adapter uses. */
export function refusal(
  call: { method: string; path: string },
  answer: { status: number; body: unknown; headers: Readonly<Record<string, string>> },
): AppError {
  const { ids, args, text } = complaintOf(answer.body);
  if (ids.includes('PasswordChangeRequired')) return new PasswordChangeRequired(args[0]);
  const reported = meaning.find(([pattern]) => ids.some((id) => pattern.test(id)))?.[1];
  const retryAfter = Number(answer.headers['retry-after']);
  return new CallFailed({
    system: 'redfish',
    ...call,
    status: answer.status,
    // Not implemented is not going to be by trying again.
    failure: reported ?? (answer.status === 501 ? 'invalid' : failureOfStatus(answer.status, call.method !== 'GET')),
    detail: `it answered ${answer.status}${ids[0] ? ` ${ids[0]}` : ''}${text ? `: ${text.replace(/\.$/, '')}` : ''}`,
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
  });
}

/** An account that may do nothing but change its own password, which is still the factory's. */
export class PasswordChangeRequired extends AppError {
  /** Where the account is, if the BMC says so. */
  readonly account: string | undefined;

  constructor(account: string | undefined) {
    super({
      code: 'redfish.password-change-required',
      kind: 'conflict',
      context: { account },
      publicMessage:
        'This management controller does nothing before the password it left the factory with has been ' +
        'changed. Give that account a new one, then go on with it.',
    });
    this.account = account;
  }
}
