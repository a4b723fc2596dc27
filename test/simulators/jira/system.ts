import { jira } from '../../../shared/adapters/jira/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { jiraAccount, jiraSimulator } from './jira.ts';

export const jiraStandIn = standIn(jira, jiraSimulator, ({ url }) => ({
  JIRA_URL: url,
  JIRA_EMAIL: jiraAccount.email,
  JIRA_API_TOKEN: jiraAccount.apiToken,
  JIRA_PROJECT: jiraAccount.project,
}));
