// UPS as a shipper sees it: OAuth client credentials and Track API v1. A parcel moves on hardware time.
import { routes, type Routed } from '../kit/routes.ts';
import { json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { basicOf, bearerOf, isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';
import { parcelJobs, type HoldsParcels, type Parcel, type ParcelStage, type Scan } from '../vendors/parcels.ts';

export interface UpsState extends HoldsParcels {
  tokens: Tokens;
}

export const upsAccount = { clientId: 'rackline-ups', clientSecret: 'ups-lab-secret' };

/** The status types and words of UPS. */
const words: Record<ParcelStage, { type: string; description: string }> = {
  label: { type: 'M', description: 'Shipper created a label, UPS has not received the package yet.' },
  moving: { type: 'I', description: 'Departed from Facility' },
  'on-van': { type: 'O', description: 'Out For Delivery' },
  delivered: { type: 'D', description: 'DELIVERED' },
};

const errors = (status: number, code: string, message: string): SimAnswer =>
  json(status, { response: { errors: [{ code, message }] } });

const askToken = ({ request, state, context }: Routed<UpsState>): SimAnswer => {
  const caller = basicOf(request.headers['authorization']);
  if (caller?.name !== upsAccount.clientId || caller.password !== upsAccount.clientSecret)
    return errors(401, '10401', 'ClientId is Invalid');
  if (new URLSearchParams(request.text).get('grant_type') !== 'client_credentials')
    return errors(400, '10400', 'Invalid/Missing grant_type');
  return json(200, {
    token_type: 'Bearer',
    issued_at: String(context.now()),
    client_id: upsAccount.clientId,
    access_token: issueToken(state.tokens, context.now(), 14_399),
    expires_in: '14399',
    status: 'approved',
  });
};

const requireToken = ({ request, state, context }: Routed<UpsState>): SimAnswer | undefined => {
  if (request.path.startsWith('/security/')) return undefined;
  if (!isGoodToken(state.tokens, bearerOf(request.headers['authorization']), context.now()))
    return errors(401, '250002', 'Invalid Authentication Information.');
  if (!request.headers['transid'] || !request.headers['transactionsrc'])
    return errors(400, 'TV0010', 'Missing transId or transactionSrc');
  return undefined;
};

const track = ({ state, params }: Routed<UpsState>): SimAnswer => {
  const number = params['number'] ?? '';
  if (number.length < 7 || number.length > 34) return errors(400, 'TV1002', 'Invalid inquiry number');
  const parcel = state.parcels[number];
  return parcel ? json(200, shipmentOf(parcel)) : errors(404, 'TW0001', 'Tracking Information Not Found');
};

function shipmentOf(parcel: Parcel) {
  const [latest] = parcel.scans;
  const delivered = parcel.scans.find(({ stage }) => stage === 'delivered');
  const statusOf = (scan: Scan | undefined) => scan && { ...words[scan.stage], code: '', statusCode: '' };
  const date = (at: number) => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  const time = (at: number) => new Date(at).toISOString().slice(11, 19).replaceAll(':', '');
  const activity = parcel.scans.map((scan) => ({
    location: { address: { city: scan.place, countryCode: 'US', country: 'US' } },
    status: statusOf(scan),
    date: date(scan.at),
    time: time(scan.at),
    gmtDate: date(scan.at),
    gmtTime: time(scan.at),
    gmtOffset: '+00:00',
  }));
  const found = {
    trackingNumber: parcel.trackingNumber,
    activity,
    currentStatus: statusOf(latest),
    deliveryDate: delivered
      ? [{ type: 'DEL', date: date(delivered.at) }]
      : [{ type: 'SDD', date: date(parcel.promisedFor) }],
    ...(delivered && { deliveryTime: { type: 'DEL', endTime: time(delivered.at) } }),
    packageCount: 1,
    referenceNumber: [{ type: '13', number: parcel.reference }],
  };
  return { trackResponse: { shipment: [{ inquiryNumber: parcel.trackingNumber, package: [found] }] } };
}

export const upsSimulator: Simulator<UpsState> = {
  name: 'ups',
  initialState: () => ({ tokens: {}, parcels: {} }),
  handle: routes(
    { 'POST /security/v1/oauth/token': askToken, 'GET /api/track/v1/details/:number': track },
    requireToken,
  ),
  parcels: {
    calledByVendors: 'UPS',
    trackingNumber: (shipper, paper) => `1Z${shipper}${paper}`,
  },
  jobs: parcelJobs('Louisville'),
};
