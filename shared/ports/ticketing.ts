/** The ticket desk (Jira). `faultId` is our key: one fault, one ticket. */
export interface Ticketing {
  open(ticket: {
    faultId: string;
    summary: string;
    description: string;
    priority: 'highest' | 'high' | 'medium' | 'low';
  }): Promise<{ key: string; url: string }>;
  comment(key: string, text: string): Promise<void>;
  close(key: string, resolution: string): Promise<void>;
}
