import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { createHttp, type Reach } from '../../kernel/http-client/client.ts';
import { basicAuthorization, keepLogin } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Carrier } from '../../ports/carrier.ts';
import { Token, TrackAnswer } from './contract.ts';
import { toTracking } from './map.ts';
import { upsMarks } from './marks.ts';

export interface UpsOptions extends Reach {
  clientId: string;
  clientSecret: Secret;
  clock?: Clock;
}

/**
 * UPS tracking. `baseUrl` is `https://onlinetools.ups.com`. UPS keeps a number for 120 days and answers 404
 * for one it has not scanned yet, which is no error here.
 */
export function createUps(options: UpsOptions): Carrier {
  const login = createHttp({ ...options, system: 'ups' });
  const authentication = keepLogin(async () => {
    const { body } = await login.send({
      method: 'POST',
      path: 'security/v1/oauth/token',
      headers: {
        authorization: basicAuthorization(options.clientId, options.clientSecret.reveal()),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      answers: { 200: Token },
      repeatable: true,
    });
    return { headers: { authorization: `Bearer ${body.access_token}` }, expiresInSeconds: body.expires_in };
  }, options);
  const http = createHttp({ ...options, system: 'ups', authentication });

  return {
    ...upsMarks,
    track: async (trackingNumber) => {
      const { status, body } = await http.send({
        method: 'GET',
        path: `api/track/v1/details/${encodeURIComponent(trackingNumber)}`,
        query: { locale: 'en_US' },
        headers: { transId: randomUUID(), transactionSrc: 'rackline' },
        answers: { 200: TrackAnswer, 404: z.unknown() },
      });
      if (status === 404) return { status: 'unknown' };
      const packages = body.trackResponse?.shipment?.flatMap((shipment) => shipment.package ?? []) ?? [];
      return toTracking(packages.find((each) => each.trackingNumber === trackingNumber) ?? packages[0]);
    },
  };
}
