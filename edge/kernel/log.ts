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

/** Every line that the agent can write, each with a constant message that can be searched for. */
const lines = {
  started: line('info', 'the agent started'),
  linkLost: line('warn', 'the platform does not accept events; they wait in the journal'),
  linkBack: line('info', 'the platform accepts events again'),
  deadLetter: line('error', 'the platform refused an event; it is a dead letter'),
  journalRefused: line('error', 'an event could not be written to the journal'),
  pulled: line('info', 'a new version was pulled from the platform'),
  notPulled: line('warn', 'a pull from the platform failed; the last version stays in use'),
  documentUnreadable: line('error', 'the stored version cannot be read; it is pulled again'),
  enrolled: line('info', 'the agent is enrolled and has a certificate'),
  enrolmentFailed: line('warn', 'the enrolment failed; it is tried again'),
  identityRefused: line('error', 'the platform refuses this agent; events wait in the journal'),
  identityAccepted: line('info', 'the platform accepts this agent again'),
  identityOver: line('error', 'the agent’s certificate has expired'),
  codeNeeded: line('error', 'the agent needs an enrolment code (EDGE_ENROLMENT_CODE); events wait in the journal'),
  identityUnreadable: line('error', 'the stored certificate and key cannot be read; the agent needs an enrolment code'),
  renewed: line('info', 'the agent’s certificate was renewed'),
  handingOver: line('info', 'another release is in place; the agent stops for it'),
  notUpdated: line('error', 'the agent could not be updated'),
  renewalFailed: line('warn', 'the certificate could not be renewed; it is tried again'),
  commandsNotFetched: line('warn', 'commands could not be fetched from the platform'),
  becameActive: line('info', 'this agent is active in its datacenter'),
  becameStandby: line('info', 'another agent is active in this datacenter; this one is on standby'),
  answerNotStored: line(
    'error',
    'the answer to a command could not be stored; the platform will count its outcome as unknown',
  ),
  unknownDevice: line('info', 'an unknown device was seen'),
  anomaly: line('warn', 'an anomaly was seen'),
  fault: line('warn', 'a part of the agent had a fault and goes on'),
  caughtUp: line('info', 'the leases that the DHCP server holds were read'),
  bootServes: line('info', 'the boot server started'),
  reportRefused: line('warn', 'a report or job request of a machine was refused'),
  jobAdded: line('info', 'a job for a validation image was queued'),
  jobEnded: line('info', 'a job of a validation image has ended'),
  sessionNotEnded: line('warn', 'a session at a management controller was not ended; the next login there ends it'),
  tftpdEnded: line('warn', 'the TFTP server stopped; it is started again'),
} as const;

export type EdgeLog = { readonly [Name in keyof typeof lines]: (fields: EdgeLogFields) => void };

export const createEdgeLog = (logger: Logger): EdgeLog => {
  const entries = Object.entries(lines).map(([name, make]) => [name, make(logger)]);
  return Object.fromEntries(entries) as EdgeLog;
};

export const silentEdgeLog: EdgeLog = createEdgeLog(pino({ level: 'silent' }));
