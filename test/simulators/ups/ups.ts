import { routes, type Routed } from '../kit/routes.ts';
// UPS as a shipper sees it: OAuth client credentials and Track API v1. A parcel moves on hardware time.
import { json, type SimAnswer, type SimContext, type Simulator } from '../kit/simulator.ts';
import { basicOf, bearerOf, isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';

export interface Scan {
  type: 'M' | 'I' | 'O' | 'D' | 'X';
  description: string;
  place: string;
  at: number;
}
export interface Parcel {
  trackingNumber: string;
  reference: string;
  to: string;
  /** Milliseconds since 1970. */
  promisedFor: number;
  /** Latest first, as UPS answers. */
  scans: Scan[];
}
export interface UpsState {
  tokens: Tokens;
  parcels: Record<string, Parcel>;
}
/** What a shipper hands over with a parcel. */
export interface Label {
  trackingNumber: string;
  reference: string;
  from: string;
  to: string;
}

export const upsAccount = { clientId: 'rackline-ups', clientSecret: 'ups-lab-secret' };

/** Hardware seconds from the label on. */
export const parcelTimes = { pickedUp: 120, outForDelivery: 900, delivered: 1200 };

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
  const delivered = parcel.scans.find((scan) => scan.type === 'D');
  const date = (at: number) => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  const time = (at: number) => new Date(at).toISOString().slice(11, 19).replaceAll(':', '');
  const activity = parcel.scans.map((scan) => ({
    location: { address: { city: scan.place, countryCode: 'US', country: 'US' } },
    status: { type: scan.type, description: scan.description, code: '', statusCode: '' },
    date: date(scan.at),
    time: time(scan.at),
    gmtDate: date(scan.at),
    gmtTime: time(scan.at),
    gmtOffset: '+00:00',
  }));
  const found = {
    trackingNumber: parcel.trackingNumber,
    activity,
    currentStatus: { type: latest?.type, description: latest?.description, code: '', statusCode: '' },
    deliveryDate: delivered
      ? [{ type: 'DEL', date: date(delivered.at) }]
      : [{ type: 'SDD', date: date(parcel.promisedFor) }],
    ...(delivered && { deliveryTime: { type: 'DEL', endTime: time(delivered.at) } }),
    packageCount: 1,
    referenceNumber: [{ type: '13', number: parcel.reference }],
  };
  return { trackResponse: { shipment: [{ inquiryNumber: parcel.trackingNumber, package: [found] }] } };
}

const scan = (
  context: SimContext<UpsState>,
  trackingNumber: string,
  type: Scan['type'],
  description: string,
  place: string,
) => context.state.parcels[trackingNumber]?.scans.unshift({ type, description, place, at: context.now() });

export const upsSimulator: Simulator<UpsState> = {
  name: 'ups',
  initialState: () => ({ tokens: {}, parcels: {} }),
  handle: routes(
    { 'POST /security/v1/oauth/token': askToken, 'GET /api/track/v1/details/:number': track },
    requireToken,
  ),
  jobs: {
    /** A shipper made a label; the parcel follows. */
    label: (label: Label, context) => {
      context.state.parcels[label.trackingNumber] = {
        trackingNumber: label.trackingNumber,
        reference: label.reference,
        to: label.to,
        promisedFor: context.moment(parcelTimes.delivered),
        scans: [],
      };
      scan(
        context,
        label.trackingNumber,
        'M',
        'Shipper created a label, UPS has not received the package yet.',
        label.from,
      );
      context.effect('parcel accepted', label.trackingNumber);
      context.later('pick-up', parcelTimes.pickedUp, label.trackingNumber);
      context.later('load-van', parcelTimes.outForDelivery, label.trackingNumber);
      context.later('deliver', parcelTimes.delivered, label.trackingNumber);
    },
    'pick-up': (trackingNumber: string, context) =>
      void scan(context, trackingNumber, 'I', 'Departed from Facility', 'Louisville'),
    'load-van': (trackingNumber: string, context) =>
      void scan(context, trackingNumber, 'O', 'Out For Delivery', context.state.parcels[trackingNumber]?.to ?? ''),
    deliver: (trackingNumber: string, context) => {
      scan(context, trackingNumber, 'D', 'DELIVERED', context.state.parcels[trackingNumber]?.to ?? '');
      context.effect('parcel delivered', trackingNumber);
    },
  },
};
