import { createHmac, timingSafeEqual } from 'node:crypto';

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
  const digest = (text: string) => createHmac('sha256', root).update(text);
  const derive = (purpose: string) => digest(purpose).digest('base64url');
  const master = derive('master');
  const host = derive('host');
  const ofFunction = (name: string) => derive(`function/${name.toLowerCase()}`);
  const ofSystem = (name: string) => derive(`system/${name}`);
  // Digests of equal length, compared in constant time: the answer's delay tells nothing of the key.
  const same = (a: string, b: string) => timingSafeEqual(digest(a).digest(), digest(b).digest());
  const opens = (offered: string | undefined, keys: readonly string[]) => offered !== undefined && keys.some((key) => same(key, offered));
  return {
    master,
    host,
    ofFunction,
    ofSystem,
    mayCall: (offered, functionName, level) => level === 'anonymous' || opens(offered, level === 'admin' ? [master] : [ofFunction(functionName), host, master]),
    mayUseSystem: (offered, name) => opens(offered, [ofSystem(name), master]),
  };
}
