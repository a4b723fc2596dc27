// Set by the build (infra/edge/build.ts); undefined when run from source.
declare const RACKLINE_EDGE_VERSION: string | undefined;

/** The release of this agent. */
export const version: string = typeof RACKLINE_EDGE_VERSION === 'string' ? RACKLINE_EDGE_VERSION : '0.0.0-source';
