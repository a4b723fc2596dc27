/** What a step of an order is to its tenant. */
interface StepWords {
  /** What is so when it is done. */
  done: string;
  /** Whom or what it waits for. Without it, what the step itself says may be read by a tenant. */
  waitsFor?: string;
}

/**
 * Every step of an order in its tenant's words: no name of a step, vendor's tool or machine reaches a tenant. Null: a
 * tenant is not told of the step. A test names the steps that have no line here.
 */
export const stepWords: Readonly<Record<string, StepWords | null>> = {
  'begin-order': { done: 'We began with the order' },
  'reserve-inventory': { done: 'We looked for servers in stock' },
  'enter-phase': null,
  'complete-order': { done: 'The order is complete' },

  'plan-purchase': { done: 'What has to be bought is known' },
  'request-quote': { done: 'A vendor was asked for a quote' },
  'collect-quotes': { done: 'The quotes are here', waitsFor: 'quotes from vendors' },
  'choose-quote': { done: 'A quote was chosen' },
  'request-approval': { done: 'The purchase was put before an approver' },
  'await-purchase-decision': { done: 'The purchase was decided on', waitsFor: 'an approver' },
  'place-purchase': { done: 'The servers were ordered from the vendor', waitsFor: 'the vendor' },
  'decline-other-quotes': { done: 'The other quotes were declined' },
  'await-ship-notice': { done: 'The vendor shipped the servers', waitsFor: 'the vendor to ship' },

  'track-shipment': { done: 'The shipment arrived', waitsFor: 'the carrier' },
  'receive-goods': { done: 'The shipment was received and checked' },
  'register-server': { done: 'A server was registered' },
  'close-shipment': { done: 'The shipment is complete' },
  'allocate-place': { done: 'A server has its place in a rack' },
  'rack-server': { done: 'A server was racked' },
  'plan-cables': { done: 'The cables of a server are planned' },
  'cable-server': { done: 'A server was cabled' },

  'await-bmc': { done: 'A server answers on the management network', waitsFor: 'the server to come on' },
  'identify-server': { done: 'A server is the one that was shipped', waitsFor: 'the server to answer' },
  'restart-bmc': { done: 'A server’s management controller was restarted', waitsFor: 'the server to restart' },
  'inspect-server': { done: 'A technician looked at a server' },
  'quarantine-server': { done: 'A server was taken aside' },
  'boot-validation-image': { done: 'A server measured its own parts', waitsFor: 'the server to measure its parts' },
  'compare-with-order': { done: 'A server was compared with what was ordered' },
  'test-links': { done: 'The network links of a server were tested', waitsFor: 'a test of the network links' },
  'fix-findings': { done: 'What was wrong with a server was put right' },
  'accept-validation': { done: 'A server is as ordered' },

  'prove-erased': { done: 'The drives of a server are proven to be empty' },
  'begin-commissioning': { done: 'A server is being prepared' },
  'rotate-bmc-credentials': { done: 'A server has new management credentials' },
  'register-vendor-tool': { done: 'A server is under hardware management', waitsFor: 'hardware management' },
  'update-firmware': { done: 'The firmware of a server is up to date', waitsFor: 'new firmware' },
  'harden-server': { done: 'A server was hardened', waitsFor: 'the hardening' },
  'burn-in-server': { done: 'A server passed its burn-in', waitsFor: 'the burn-in' },
  'apply-server-profile': { done: 'A server has its settings', waitsFor: 'the server’s settings' },
  'make-ready': { done: 'A server is ready' },

  'assign-server': { done: 'A server is yours' },
  'issue-bmc-access': { done: 'Your credentials are made' },
  'hand-over': { done: 'A server was handed over' },
  'notify-tenant': { done: 'You were told that a server is in service' },
};

/** Whom a step waits for, as its tenant may read it. `own`: what the step says of itself. */
export function waitsFor(step: string, own: string): string {
  const words = stepWords[step];
  if (!words) return 'the platform';
  return words.waitsFor ?? own;
}
