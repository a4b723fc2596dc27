import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

export const jira = outsideSystem({
  name: 'jira',
  title: 'Jira',
  settings: z.object({
    JIRA_URL: setting(address, { description: 'where Jira is', example: 'https://company.atlassian.net' }),
    JIRA_EMAIL: setting(text, { description: 'the account that opens tickets', example: 'rackline@rackline.example' }),
    JIRA_API_TOKEN: setting(secret, { description: 'its API token', example: 'jira-token' }),
    JIRA_PROJECT: setting(text.default('RACK'), { description: 'the key of the project', example: 'RACK' }),
  }),
  address: 'JIRA_URL',
  ports: ['ticketing'],
  capabilities: [
    { name: 'tickets', without: 'A stuck saga shows in the portal and in the events only; its timeline says why.' },
  ],
  client: () => import('./client.ts'),
  connect: ({ createJira }, settings, parts) => ({
    ticketing: createJira({
      ...parts,
      baseUrl: settings.JIRA_URL,
      email: settings.JIRA_EMAIL,
      apiToken: settings.JIRA_API_TOKEN,
      project: settings.JIRA_PROJECT,
    }),
  }),
  off: (refuse) => ({ ticketing: { open: refuse, comment: refuse, close: refuse } }),
});
