import { createHmac } from 'node:crypto';
import { isSameSecret } from './same-secret.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** The host's secrets. All are derived from one root, so replicas agree and there is one thing to rotate. */
export interface HostKeys {
  /** Opens everything. */
  readonly master: string;
  /** Opens every function of level `function`. */
  readonly host: string;
  /** Opens one function. */
  ofFunction(name: string): string;
  /** Opens one extension's webhooks, such as `durabletask_extension`. */
  ofSystem(name: string): string;
  mayCall(offered: string | undefined, functionName: string, level: AuthLevel): boolean;
  mayUseSystem(offered: string | undefined, name: string): boolean;
}

export function deriveKeys(root: string): HostKeys {
  const derive = (purpose: string) => createHmac('sha256', root).update(purpose).digest('base64url');
  const master = derive('master');
  const host = derive('host');
  const ofFunction = (name: string) => derive(`function/${name.toLowerCase()}`);
  const ofSystem = (name: string) => derive(`system/${name}`);
  const opens = (offered: string | undefined, keys: readonly string[]) =>
    offered !== undefined && keys.some((key) => isSameSecret(key, offered));
  return {
    master,
    host,
    ofFunction,
    ofSystem,
    mayCall: (offered, functionName, level) =>
      level === 'anonymous' || opens(offered, level === 'admin' ? [master] : [ofFunction(functionName), host, master]),
    mayUseSystem: (offered, name) => opens(offered, [ofSystem(name), master]),
  };
}
