import { describe, expect, it } from '@jest/globals';
import { staleAfter } from '../../../../portal/src/api/stale-after.ts';

const after = (topic: string, subject: string, data: Record<string, unknown> = {}) =>
  staleAfter({ type: `com.rackline.${topic}`, subject, data }).map((key) => key.join(' '));

describe('what an event makes stale', () => {
  it('is the pages about the server, its order and its saga, and the lists they stand in', () => {
    expect(
      after('assets.racked', 'srv_1', { serverId: 'srv_1', orderId: 'ord_1', sagaId: 'install-server-srv_1' }),
    ).toEqual(
      expect.arrayContaining([
        'asset srv_1',
        'history srv_1',
        'proofs srv_1',
        'server srv_1',
        'order ord_1',
        'timeline ord_1',
        'saga install-server-srv_1',
        'assets',
        'servers',
        'orders',
        'events',
      ]),
    );
  });

  it("is the log of a server's management controller when it is told not to be well", () => {
    expect(after('health.alert_critical', 'srv_1', { serverId: 'srv_1' })).toEqual(
      expect.arrayContaining(['asset srv_1', 'asset-log srv_1']),
    );
  });

  it("is the order's timeline after a decision or a finished task, whose events do not name the order", () => {
    expect(after('approvals.decided', 'apr_1', { approvalId: 'apr_1' })).toContain('timeline');
    expect(after('tasks.completed', 'tsk_1', { taskId: 'tsk_1' })).toContain('timeline');
  });

  it('is not every page: another order stays as it is', () => {
    expect(after('orders.shipped', 'ord_1', { orderId: 'ord_1' })).not.toContain('order');
  });
});
