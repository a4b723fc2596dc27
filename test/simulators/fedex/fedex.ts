// FedEx as a shipper sees it: OAuth client credentials and Track API v1. What is wrong with one number stands beside it
// in an answer of 200. A parcel moves on hardware time.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { bearerOf, isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';
import { parcelJobs, type HoldsParcels, type Parcel, type ParcelStage } from '../vendors/parcels.ts';

export interface FedexState extends HoldsParcels {
  tokens: Tokens;
}

export const fedexAccount = { clientId: 'rackline-fedex', clientSecret: 'fedex-lab-secret' };

/** FedEx takes this many numbers at once. */
const mostNumbers = 30;

const Login = z.object({ grant_type: z.string(), client_id: z.string(), client_secret: z.string() });
const Track = z.strictObject({
  includeDetailedScans: z.boolean(),
  trackingInfo: z.array(
    z.strictObject({
      shipDateBegin: z.string().optional(),
      shipDateEnd: z.string().optional(),
      trackingNumberInfo: z.strictObject({
        trackingNumber: z.string(),
        carrierCode: z.string().optional(),
        trackingNumberUniqueId: z.string().optional(),
      }),
    }),
  ),
});

const words: Record<ParcelStage, { code: string; description: string; eventType: string }> = {
  label: { code: 'OC', description: 'Shipment information sent to FedEx', eventType: 'OC' },
  moving: { code: 'IT', description: 'Departed FedEx location', eventType: 'DP' },
  'on-van': { code: 'OD', description: 'On FedEx vehicle for delivery', eventType: 'OD' },
  delivered: { code: 'DL', description: 'Delivered', eventType: 'DL' },
};

const errors = (status: number, code: string, message: string): SimAnswer =>
  json(status, { transactionId: randomUUID(), errors: [{ code, message }] });

const askToken = ({ request, state, context }: Routed<FedexState>): SimAnswer => {
  const asked = Login.safeParse(request.body);
  if (!asked.success || asked.data.grant_type !== 'client_credentials')
    return errors(
      400,
      'BAD.REQUEST.ERROR',
      'Missing or duplicate parameters. Please modify your request and try again.',
    );
  if (asked.data.client_id !== fedexAccount.clientId || asked.data.client_secret !== fedexAccount.clientSecret)
    return errors(401, 'NOT.AUTHORIZED.ERROR', 'The given client credentials were not valid. Please try again.');
  return json(200, {
    access_token: issueToken(state.tokens, context.now(), 3599),
    token_type: 'bearer',
    expires_in: 3599,
    scope: 'CXS',
  });
};

const requireToken = ({ request, state, context }: Routed<FedexState>): SimAnswer | undefined =>
  request.path === '/oauth/token' ||
  isGoodToken(state.tokens, bearerOf(request.headers['authorization']), context.now())
    ? undefined
    : errors(401, 'NOT.AUTHORIZED.ERROR', 'Access token expired. Please modify your request and try again.');

const track = ({ request, state }: Routed<FedexState>): SimAnswer => {
  const asked = Track.safeParse(request.body);
  if (!asked.success) return errors(400, 'INVALID.INPUT.EXCEPTION', 'Invalid field value in the input');
  const numbers = asked.data.trackingInfo.map(({ trackingNumberInfo }) => trackingNumberInfo.trackingNumber);
  if (numbers.length === 0 || numbers.includes(''))
    return errors(400, 'TRACKING.TRACKINGNUMBER.EMPTY', 'Please provide tracking number.');
  if (numbers.length > mostNumbers)
    return errors(400, 'TRACKING.MULTIPLEBARCODES.LIMIT', 'Please limit your inquiry to 30 tracking numbers.');
  return json(200, {
    transactionId: randomUUID(),
    output: {
      completeTrackResults: numbers.map((trackingNumber) => ({
        trackingNumber,
        trackResults: [resultOf(trackingNumber, state.parcels[trackingNumber])],
      })),
    },
  });
};

function resultOf(trackingNumber: string, parcel: Parcel | undefined) {
  const trackingNumberInfo = { trackingNumber, carrierCode: 'FDXE', trackingNumberUniqueId: '' };
  if (!parcel)
    return {
      trackingNumberInfo: { ...trackingNumberInfo, carrierCode: '' },
      error: {
        code: 'TRACKING.TRACKINGNUMBER.NOTFOUND',
        message: 'Tracking number cannot be found. Please correct the tracking number and try again.',
      },
    };
  const [latest] = parcel.scans;
  const delivered = parcel.scans.find(({ stage }) => stage === 'delivered');
  const status = latest && words[latest.stage];
  return {
    trackingNumberInfo: { ...trackingNumberInfo, trackingNumberUniqueId: `12030~${trackingNumber}~FDEG` },
    latestStatusDetail: {
      code: status?.code,
      derivedCode: status?.code,
      statusByLocale: status?.description,
      description: status?.description,
      scanLocation: { city: latest?.place, countryCode: 'US' },
    },
    dateAndTimes: [
      delivered
        ? { type: 'ACTUAL_DELIVERY', dateTime: withOffset(delivered.at) }
        : { type: 'ESTIMATED_DELIVERY', dateTime: withOffset(parcel.promisedFor) },
    ],
    scanEvents: parcel.scans.map(({ stage, place, at }) => ({
      date: withOffset(at),
      eventType: words[stage].eventType,
      eventDescription: words[stage].description,
      derivedStatusCode: words[stage].code,
      derivedStatus: words[stage].description,
      scanLocation: { city: place, countryCode: 'US' },
    })),
  };
}

/** As FedEx writes a moment: the hour at the place, and how far that is from UTC. */
const withOffset = (at: number): string => `${new Date(at - 6 * 3_600_000).toISOString().slice(0, 19)}-06:00`;

export const fedexSimulator: Simulator<FedexState> = {
  name: 'fedex',
  initialState: () => ({ tokens: {}, parcels: {} }),
  handle: routes({ 'POST /oauth/token': askToken, 'POST /track/v1/trackingnumbers': track }, requireToken),
  parcels: { calledByVendors: 'FedEx', trackingNumber: (_shipper, paper) => `7489${paper}` },
  jobs: parcelJobs('Memphis'),
};
