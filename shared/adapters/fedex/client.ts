import type { Clock } from '../../kernel/clock.ts';
import { createHttp, type Reach } from '../../kernel/http-client/client.ts';
import { keepLogin } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Carrier } from '../../ports/carrier.ts';
import { Token, TrackAnswer } from './contract.ts';
import { toTracking } from './map.ts';
import { fedexMarks } from './marks.ts';

export interface FedexOptions extends Reach {
  clientId: string;
  clientSecret: Secret;
  clock?: Clock;
}

/**
 * FedEx tracking. `baseUrl` is `https://apis.fedex.com`. A number that FedEx does not know is answered with 200 and an
 * error beside it, which is no error here.
 */
export function createFedex(options: FedexOptions): Carrier {
  const login = createHttp({ ...options, system: 'fedex' });
  const authentication = keepLogin(async () => {
    const { body } = await login.send({
      method: 'POST',
      path: 'oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: options.clientId,
        client_secret: options.clientSecret.reveal(),
      }).toString(),
      answers: { 200: Token },
      repeatable: true,
    });
    return { headers: { authorization: `Bearer ${body.access_token}` }, expiresInSeconds: body.expires_in };
  }, options);
  const http = createHttp({ ...options, system: 'fedex', authentication });

  return {
    ...fedexMarks,
    track: async (trackingNumber) => {
      const { body } = await http.send({
        method: 'POST',
        path: 'track/v1/trackingnumbers',
        headers: { 'x-locale': 'en_US' },
        body: { includeDetailedScans: true, trackingInfo: [{ trackingNumberInfo: { trackingNumber } }] },
        answers: { 200: TrackAnswer },
        repeatable: true, // it only reads
      });
      // A number that was used before has several results, the newest first.
      return toTracking(body.output?.completeTrackResults?.[0]?.trackResults?.[0]);
    },
  };
}
