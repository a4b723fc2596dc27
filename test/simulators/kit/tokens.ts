import { randomUUID } from 'node:crypto';

/** Access tokens or sessions a simulated system has handed out, with their end in milliseconds since 1970. */
export type Tokens = Record<string, number>;

export function issueToken(tokens: Tokens, now: number, lifetimeSeconds: number): string {
  for (const [token, until] of Object.entries(tokens)) if (until <= now) delete tokens[token];
  const token = randomUUID().replaceAll('-', '');
  tokens[token] = now + lifetimeSeconds * 1000;
  return token;
}

export const isGoodToken = (tokens: Tokens, token: string | undefined, now: number): boolean =>
  token !== undefined && (tokens[token] ?? 0) > now;

export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization?.match(/^Bearer (.+)$/)?.[1];

/** The name and password of a Basic header. */
export function basicOf(authorization: string | undefined): { name: string; password: string } | undefined {
  const encoded = authorization?.match(/^Basic (.+)$/)?.[1];
  const [name, ...rest] = encoded === undefined ? [] : Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return name === undefined ? undefined : { name, password: rest.join(':') };
}
