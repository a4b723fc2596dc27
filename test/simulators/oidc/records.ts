import type { Adapter, AdapterFactory, AdapterPayload, JWKS } from 'oidc-provider';

/** What the issuer remembers, as plain JSON: its keys, so that tokens outlive a restart, and what it has under way. */
export interface OidcState {
  jwks: JWKS | null;
  cookieKeys: string[];
  /** By `Model:id`; `until` in milliseconds since 1970. */
  records: Record<string, { payload: AdapterPayload; until: number | null }>;
}

/** oidc-provider's storage over the lab's state. */
export const recordsOf =
  (state: OidcState, now: () => number): AdapterFactory =>
  (model) => {
    const { records } = state;
    const find = (wanted: (payload: AdapterPayload, key: string) => boolean) =>
      Object.entries(records).find(
        ([key, { payload, until }]) =>
          key.startsWith(`${model}:`) && (until === null || until > now()) && wanted(payload, key),
      )?.[1].payload;
    const adapter: Adapter = {
      upsert: async (id, payload, expiresIn) => {
        for (const [key, { until }] of Object.entries(records))
          if (until !== null && until <= now()) delete records[key];
        records[`${model}:${id}`] = {
          payload: structuredClone(payload),
          until: expiresIn === undefined ? null : now() + expiresIn * 1000,
        };
      },
      find: async (id) => find((_, key) => key === `${model}:${id}`),
      findByUid: async (uid) => find((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => find((payload) => payload.userCode === userCode),
      consume: async (id) => {
        const record = records[`${model}:${id}`];
        if (record) record.payload.consumed = Math.floor(now() / 1000);
      },
      destroy: async (id) => void delete records[`${model}:${id}`],
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of Object.entries(records)) if (payload.grantId === grantId) delete records[key];
      },
    };
    return adapter;
  };
