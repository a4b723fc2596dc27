// Everybody's mailbox: an SMTP server that delivers a message once per Message-ID and shows what it holds at GET
// /messages.
import { SMTPServer } from 'smtp-server';
import { routes } from '../kit/routes.ts';
import { json, type Opened, type SimContext, type Simulator } from '../kit/simulator.ts';
import { readMail, type ReadMail } from './message.ts';

interface Mail extends ReadMail {
  receivedAt: string;
  /** How often it was sent; delivered is it once. */
  copies: number;
}
export interface MailState {
  messages: Mail[];
}

/** The lab keeps this many; older ones are forgotten. */
const kept = 1000;

function receive(context: SimContext<MailState>, raw: string): void {
  const mail = readMail(raw);
  const { messages } = context.state;
  const known = messages.find((each) => each.messageId === mail.messageId && each.to === mail.to);
  // SMTP cannot tell a sender that died whether its mail was taken: a copy with the same Message-ID is no second
  // effect.
  if (known) return void (known.copies += 1);
  context.effect('mail delivered', `${mail.messageId} to ${mail.to}`);
  messages.push({ ...mail, receivedAt: new Date(context.now()).toISOString(), copies: 1 });
  messages.splice(0, messages.length - kept);
}

const refuse = (status: number, message: string): Error => Object.assign(new Error(message), { responseCode: status });

/**
 * Fault switches `{system: 'mail', method: 'RCPT'|'DATA', path: <address>}` with a status are SMTP's own replies: 451
 * may pass later, 550 never.
 */
const open = (context: SimContext<MailState>, host: string): Promise<Opened> => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      const fault = context.fault('RCPT', address);
      if (fault?.kind === 'status') return done(refuse(fault.status, 'Requested action not taken'));
      return /^[^@\s]+@[^@\s]+$/.test(address) ? done() : done(refuse(550, 'No such mailbox'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
        const fault = context.fault('DATA', to);
        if (fault?.kind === 'status') return done(refuse(fault.status, 'Requested action aborted'));
        receive(context, Buffer.concat(chunks).toString('utf8'));
        // A lost answer: taken in, but the sender never hears so.
        return done(fault?.kind === 'lost-answer' ? refuse(451, 'Local error in processing') : undefined);
      });
    },
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listening = server.listen(0, host, () => {
      const address = listening.address();
      resolve({
        url: `smtp://${host}:${typeof address === 'object' ? address?.port : ''}`,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
};

export const mailSimulator: Simulator<MailState> = {
  name: 'mail',
  initialState: () => ({ messages: [] }),
  open,
  handle: routes<MailState>({
    'GET /messages': ({ state, request }) => {
      const to = request.query.get('to');
      return json(200, { messages: state.messages.filter((mail) => to === null || mail.to.includes(to)) });
    },
  }),
};
