import { smtp } from '../../../shared/adapters/smtp/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { mailSimulator } from './mail.ts';

export const mailStandIn = standIn(smtp, mailSimulator, ({ ownServer }) => ({
  SMTP_URL: ownServer(),
  SMTP_FROM: 'Rackline <rackline@rackline.example>',
}));
