import { describe, expect, it } from '@jest/globals';
import { complaintOf, refusal } from '../../../../../shared/adapters/redfish/errors.ts';

const call = { method: 'PATCH', path: '/redfish/v1/Systems/1' };
const body = (info: unknown) => ({
  error: { code: 'Base.1.5.GeneralError', message: 'See ExtendedInfo.', '@Message.ExtendedInfo': info },
});
const message = { MessageId: 'IDRAC.2.8.RAC0679', Message: 'A job operation is already running.', Severity: 'Warning' };

describe('what a refusal says', () => {
  it.each([
    ['a list of messages', body([message]), ['RAC0679', 'GeneralError'], 'A job operation is already running.'],
    ['one message that is no list', body(message), ['RAC0679', 'GeneralError'], 'A job operation is already running.'],
    ['no messages', { error: { code: 'Base.1.0.Failed', message: 'It failed.' } }, ['Failed'], 'It failed.'],
    ['messages of a strange shape', body('oops'), ['GeneralError'], 'See ExtendedInfo.'],
    ['a page of HTML', '<html>Forbidden</html>', [], ''],
    ['nothing', undefined, [], ''],
  ])('is read from %s', (_case, answered, ids, text) => {
    expect(complaintOf(answered)).toMatchObject({ ids, text });
  });

  it.each([
    [400, 'iLO.2.8.InvalidOperationForSystemState', 'conflict'],
    [400, 'iLO.2.8.UnableToModifyDuringSystemPOST', 'transient'],
    [400, 'Base.1.18.SessionLimitExceeded', 'throttled'],
    [503, 'IDRAC.2.8.SYS518', 'transient'],
    [400, 'Base.1.18.ResourceAlreadyExists', 'conflict'],
    [400, 'Base.1.18.PropertyValueNotInList', 'invalid'],
    [412, 'Base.1.18.PreconditionFailed', 'conflict'],
    [501, 'Base.1.18.GeneralError', 'invalid'],
  ])('decides beside the status %i: %s is %s', (status, id, failure) => {
    expect(refusal(call, { status, body: body([{ MessageId: id }]), headers: {} })).toMatchObject({ failure });
  });

  it('that asks for another password first says so, and where the account is', () => {
    const failed = refusal(call, {
      status: 403,
      body: body([
        { MessageId: 'Base.1.18.PasswordChangeRequired', MessageArgs: ['/redfish/v1/AccountService/Accounts/2'] },
      ]),
      headers: {},
    });
    expect(failed).toMatchObject({
      code: 'redfish.password-change-required',
      kind: 'conflict',
      account: '/redfish/v1/AccountService/Accounts/2',
    });
  });

  it('names resource, status and message, and how long to wait', () => {
    const failed = refusal(call, { status: 409, body: body([message]), headers: { 'retry-after': '30' } });
    expect(failed.publicMessage).toBe(
      'redfish did not do PATCH /redfish/v1/Systems/1: it answered 409 RAC0679: A job operation is already running.',
    );
    expect(failed.retryAfterSeconds).toBe(30);
  });
});
