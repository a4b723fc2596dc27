import { describe, expect, it } from '@jest/globals';
import { complaintOf, refusal } from '../../../../../shared/adapters/redfish/errors.ts';

const call = { method: 'PATCH', path: '/redfish/v1/Systems/1' };
const body = (info: unknown) => ({ error: { 'code': 'Base.1.5.GeneralError', 'message': 'See ExtendedInfo.', '@Message.ExtendedInfo': info } });
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
    expect(complaintOf(answered)).toEqual({ ids, text });
  });

  it.each([
    [400, 'iLO.2.8.InvalidOperationForSystemState', 'conflict'],
    [400, 'iLO.2.8.UnableToModifyDuringSystemPOST', 'transient'],
    [400, 'Base.1.18.SessionLimitExceeded', 'throttled'],
    [503, 'IDRAC.2.8.SYS518', 'transient'],
    [403, 'Base.1.18.PasswordChangeRequired', 'auth'],
    [400, 'Base.1.18.ResourceAlreadyExists', 'conflict'],
    [400, 'Base.1.18.PropertyValueNotInList', 'invalid'],
    [412, 'Base.1.18.PreconditionFailed', 'conflict'],
    [501, 'Base.1.18.GeneralError', 'invalid'],
  ])('decides beside the status %i: %s is %s', (status, id, failure) => {
    expect(refusal(call, { status, body: body([{ MessageId: id }]), headers: {} }).failure).toBe(failure);
  });

  it('names resource, status and message, and how long to wait', () => {
    const failed = refusal(call, { status: 409, body: body([message]), headers: { 'retry-after': '30' } });
    expect(failed.publicMessage).toBe('redfish did not do PATCH /redfish/v1/Systems/1: it answered 409 RAC0679: A job operation is already running.');
    expect(failed.retryAfterSeconds).toBe(30);
  });
});
