import { clientCredentials, type ClientReach } from '../../kernel/http-client/client-credentials.ts';
import { createHttp } from '../../kernel/http-client/client.ts';
import type { Carrier } from '../../ports/carrier.ts';
import { Token, TrackAnswer } from './contract.ts';
import { toTracking } from './map.ts';
import { fedexMarks } from './marks.ts';

/**
 * FedEx tracking. `baseUrl` is `https://apis.fedex.com`. A number that FedEx does not know is answered with 200 and an
 * error beside it, which is no error here.
 */
export function createFedex(options: ClientReach): Carrier {
  const system = 'fedex';
  const authentication = clientCredentials(options, { system, path: 'oauth/token', sendAs: 'form', token: Token });
  const http = createHttp({ ...options, system, authentication });

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
