import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { clientCredentials, type ClientReach } from '../../kernel/http-client/client-credentials.ts';
import { createHttp } from '../../kernel/http-client/client.ts';
import type { Carrier } from '../../ports/carrier.ts';
import { Token, TrackAnswer } from './contract.ts';
import { toTracking } from './map.ts';
import { upsMarks } from './marks.ts';

/**
 * UPS tracking. `baseUrl` is `https://onlinetools.ups.com`. UPS keeps a number for 120 days and answers 404
 * for one it has not scanned yet, which is no error here.
 */
export function createUps(options: ClientReach): Carrier {
  const system = 'ups';
  const authentication = clientCredentials(options, {
    system,
    path: 'security/v1/oauth/token',
    sendAs: 'basic',
    token: Token,
  });
  const http = createHttp({ ...options, system, authentication });

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
