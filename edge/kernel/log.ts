import { pino, type Logger } from 'pino';

/** The fields a line of the agent's log may carry. */
export interface EdgeLogFields {
  datacenter?: string;
  reason?: string;
  count?: number;
  seconds?: number;
  eventId?: string;
  mac?: string;
  commandId?: string;
  agentId?: string;
  until?: string;
  what?: string;
  url?: string;
  part?: string;
  jobId?: string;
  serverId?: string;
}

const line = (level: 'info' | 'warn' | 'error', message: string) => (logger: Logger) => (fields: EdgeLogFields) =>
  logger[level](fields, message);

/** Every line the agent can write: a constant message each, to be searched for. */
const lines = {
  started: line('info', 'the agent listens'),
  linkLost: line('warn', 'the platform does not take events; they wait in the journal'),
  linkBack: line('info', 'the platform takes events again'),
  deadLetter: line('error', 'the platform refused an event; it was put aside'),
  journalRefused: line('error', 'the journal took no event'),
  pulled: line('info', 'the platform has sent something new'),
  notPulled: line('warn', 'the platform could not be asked for it; the last one is used'),
  documentUnreadable: line('error', 'what was kept cannot be read; it is pulled anew'),
  enrolled: line('info', 'the agent was let in and has a certificate'),
  enrolmentFailed: line('warn', 'the platform did not let the agent in; it is tried again'),
  identityRefused: line('error', 'the platform does not know this agent any more; events wait in the journal'),
  identityAccepted: line('info', 'the platform knows this agent again'),
  identityOver: line('error', 'the agent’s certificate is over'),
  codeNeeded: line('error', 'the agent needs an enrolment code (EDGE_ENROLMENT_CODE); events wait in the journal'),
  identityUnreadable: line('error', 'the kept certificate and key cannot be read; the agent needs an enrolment code'),
  renewed: line('info', 'the agent has another certificate'),
  handingOver: line('info', 'another release is in place; the agent ends for it'),
  notUpdated: line('error', 'the agent is to be another release and is not'),
  renewalFailed: line('warn', 'the certificate could not be renewed; it is tried again'),
  commandsNotFetched: line('warn', 'the platform could not be asked what is to be done'),
  becameActive: line('info', 'this agent acts in its datacenter'),
  becameStandby: line('info', 'another agent acts in this datacenter; this one stands by'),
  answerNotKept: line('error', 'how a command ended could not be kept; the platform will call it unknown'),
  unknownDevice: line('info', 'an unknown device was seen'),
  anomaly: line('warn', 'an anomaly was seen'),
  fault: line('warn', 'a part of the agent met trouble and goes on'),
  caughtUp: line('info', 'the leases that a DHCP server holds were read'),
  bootServes: line('info', 'machines can boot from here'),
  reportRefused: line('warn', 'a machine was not let report'),
  jobAdded: line('info', 'a job for a validation image was queued'),
  jobEnded: line('info', 'a job of a validation image has ended'),
  sessionNotEnded: line('warn', 'a session at a management controller was not ended; the next login there ends it'),
  tftpdEnded: line('warn', 'the TFTP server ended; it is started again'),
} as const;

export type EdgeLog = { readonly [Name in keyof typeof lines]: (fields: EdgeLogFields) => void };

export const createEdgeLog = (logger: Logger): EdgeLog => {
  const entries = Object.entries(lines).map(([name, make]) => [name, make(logger)]);
  return Object.fromEntries(entries) as EdgeLog;
};

export const silentEdgeLog: EdgeLog = createEdgeLog(pino({ level: 'silent' }));
