// Put in by the build (infra/edge/build.ts); from source there is none.
declare const RACKLINE_EDGE_VERSION: string | undefined;

/** What this agent is. */
export const version: string = typeof RACKLINE_EDGE_VERSION === 'string' ? RACKLINE_EDGE_VERSION : '0.0.0-source';
