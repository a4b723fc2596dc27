/**
 * Ways to answer one request. The first is ours as the product runs it: its live stream needs the library's streaming.
 */
export const modes = ['host, streaming', 'host without streaming', 'bare node:http', 'forwarded, as on Azure'] as const;
export type Mode = (typeof modes)[number];
