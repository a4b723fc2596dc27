import { inspectServer } from '../../activities/discovery/inspect-server.ts';
import { quarantineServer } from '../../activities/discovery/quarantine-server.ts';
import { restartBmc } from '../../activities/discovery/restart-bmc.ts';
import type { ServerId } from '../../shared/kernel/ids.ts';
import type { Flow, Saga } from '../../shared/saga/define-saga.ts';
import { remediate, type Remediation, type Remedy } from '../../shared/saga/remediate.ts';

/** A BMC that answers and does not do what it is asked is restarted. Its server goes on running. */
export const restartOfBmc = (saga: Saga, serverId: ServerId): Remedy => ({
  name: 'its BMC is restarted',
  helps: ['hangs'],
  use: function* () {
    const { refusedReason } = yield* saga.step(restartBmc, { serverId });
    return refusedReason;
  },
});

/** A technician looks at the server, within that time (milliseconds); afterwards it is checked again, whoever came. */
export const inspection = (saga: Saga, serverId: ServerId, atMost: number): Remedy => ({
  name: 'a technician looks at it',
  use: function* (trouble) {
    const answer = yield* saga.waitFor(inspectServer, { serverId, trouble }, { atMost });
    if (answer === 'too-late') return 'nobody came in time';
    return answer.by === null ? answer.said : `${answer.by} says “${answer.said}”`;
  },
});

/** What a tenant may read of it as well: no addresses, and nothing that a technician said. */
const inWords: Readonly<Record<string, string>> = {
  'no-address': 'the BMC of a server asks for no address',
  unreachable: 'the BMC of a server does not answer',
  hangs: 'the BMC of a server hangs',
  'login-refused': 'the BMC of a server refuses the login',
  'no-credentials': 'there is no login for the BMC of a server',
  refuses: 'the BMC of a server refuses what it is asked',
  'no-network-boot': 'a server cannot boot from the network',
  'power-stuck': 'a server cannot be switched off',
  silent: 'a server does not run the validation image',
  'wrong-serial': 'the machine that was cabled has another serial number',
  'no-serial': 'the machine that was cabled does not say its serial number',
};

/**
 * Answers what was wanted, after as many remedies as it takes. Where none is left it puts the server into quarantine,
 * so that no order is given it next, and fails the saga with what was tried.
 */
export function* remediateOrQuarantine<T>(saga: Saga, serverId: ServerId, remediation: Remediation<T>): Flow<T> {
  const result = yield* remediate(saga, remediation);
  if ('ok' in result) return result.ok;
  const {
    trouble: { kind, reason },
    tried,
  } = result;
  yield* saga.step(quarantineServer, { serverId, reason, tried: [...tried] });
  return saga.fail(
    `discovery.${kind}`,
    `${inWords[kind] ?? 'a server does not work'}; tried: ` +
      `${tried.map((each) => each.split(':')[0]).join(', ') || 'nothing could be'}`,
  );
}
