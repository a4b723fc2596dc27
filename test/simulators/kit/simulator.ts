import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Company } from './company.ts';
import type { Fault } from './faults.ts';

/** A request below the simulator's mount point (`/netbox/api/status/` arrives as `/api/status/`). */
export interface SimRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Parsed JSON, a form's fields, or undefined. */
  body: unknown;
  text: string;
  /** Where the simulator itself is reached, without a trailing slash: for absolute links. */
  baseUrl: string;
  /** Not the first request on its connection. */
  isOnUsedConnection: boolean;
}

/** An answer that stays open: what is written goes out at once. */
export interface SimChannel {
  write(text: string): void;
  close(): void;
  /** The caller went away, or the lab closed. */
  onClose(run: () => void): void;
}

export interface SimAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Objects go out as JSON, strings and bytes as they are. */
  body?: unknown;
  /** Instead of a body: takes over the open answer. */
  stream?: (channel: SimChannel) => void;
  /** Instead of any answer: the connection breaks. */
  isReset?: true;
}

/** What vendors need to know of a carrier to ship with it. */
export interface ParcelService {
  /** The word for it in their ship notices. */
  calledByVendors: string;
  /** The number of a parcel: `shipper` is the vendor’s account (eight characters), `paper` a number of eight digits. */
  trackingNumber(shipper: string, paper: string): string;
}

export interface SimContext<State> {
  /** Plain JSON: it is saved as it stands and survives a restart of the lab. */
  state: State;
  company: Company;
  /** Who brings parcels, in the order of the lab's list; each hears `label`. */
  carriers: readonly (ParcelService & { name: string })[];
  now(): number;
  /**
   * When so many seconds of hardware time will have passed, in milliseconds since 1970: for promises such as an
   * arrival.
   */
  moment(afterSeconds: number): number;
  /** Does `kind` (see `jobs`) after so many seconds of hardware time; the lab's speed divides them. */
  later(kind: string, afterSeconds: number, payload: unknown): void;
  /**
   * Writes down that something happened in the world: a purchase order accepted, a mail delivered, a disk
   * erased. `key` is the caller's idempotency key; the same effect under the same key twice is a defect of
   * the caller, and the lab counts it.
   */
  effect(kind: string, key: string): void;
  /** The effect no longer holds, properly undone: once more is no repetition. */
  takeBack(kind: string, key: string): void;
  /**
   * What happens elsewhere in the company because of this, where the lab has that part: plugging a server in makes its
   * BMC boot.
   */
  tell(simulator: string, kind: string, payload: unknown): void;
  /** The fault this call meets, used up by asking. HTTP calls are spoiled by the lab itself; other protocols ask. */
  fault(method: string, path: string): Fault | undefined;
}

/** A server of its own that a simulator runs beside the lab's HTTP: mail has one. */
export interface Opened {
  url: string;
  close(): Promise<void>;
}

export interface Simulator<State = unknown> {
  /** Also its mount point: `netbox` is served below `/netbox`. */
  name: string;
  initialState(company: Company): State;
  /** Requests it does not know are answered 404 by returning undefined. */
  handle?(request: SimRequest, context: SimContext<State>): SimAnswer | undefined | Promise<SimAnswer | undefined>;
  /**
   * Takes over the raw exchange instead of `handle`, for what brings its own HTTP machinery. Faults that spoil an
   * answer do not reach it.
   */
  serve?(
    request: IncomingMessage,
    response: ServerResponse,
    context: SimContext<State>,
    baseUrl: string,
  ): void | Promise<void>;
  /** Opened when the lab begins to listen, closed with it; `lab.addressOf(name)` tells where. */
  open?(context: SimContext<State>, host: string): Promise<Opened>;
  /** What it does later or when told, by kind. */
  jobs?: Readonly<Record<string, (payload: never, context: SimContext<State>) => void | Promise<void>>>;
  /** Only of a carrier. */
  parcels?: ParcelService;
  /** What this system holds for us right now, for comparing a world before and after. History is left out. */
  holdings?(state: State): unknown;
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): SimAnswer => ({
  status,
  body,
  headers,
});
export const empty = (status: number, headers: Record<string, string> = {}): SimAnswer => ({ status, headers });
