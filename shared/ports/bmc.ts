import { z } from 'zod';
import { Drive, FirmwareComponent, Health, PowerState, ServerFacts } from '../facts/server.ts';
import { LogReading, Sensors } from '../facts/telemetry.ts';
import { submitted } from './outcome.ts';
import { SecretRef } from './secrets.ts';

/** One management controller: whose it is, where it answers and where its password is kept. */
export const BmcTarget = z.object({
  serverId: z.string().min(1),
  /** Whose network reaches it. */
  datacenterId: z.string().min(1),
  /** `https://10.20.3.7`: scheme, host and, if unusual, port. */
  address: z.url({ protocol: /^https?$/ }),
  secretRef: SecretRef,
});
export type BmcTarget = z.infer<typeof BmcTarget>;

export const PowerAction = z.enum(['on', 'off', 'graceful-off', 'restart', 'power-cycle']);
export type PowerAction = z.infer<typeof PowerAction>;
/** In the order firmware is updated in. */
export const UpdatableComponent = z.enum(['bios', 'bmc', 'nic', 'storage']);
export type UpdatableComponent = z.infer<typeof UpdatableComponent>;
export const BmcRole = z.enum(['administrator', 'operator', 'read-only']);
export type BmcRole = z.infer<typeof BmcRole>;

/** The method of an erasure for which nobody has named one: the drive or its controller chose. */
export const unnamedMethod = 'SecureErase';
/** How the erasure of one drive ended. */
export const DriveErased = z.object({
  serial: z.string(),
  /**
   * What the drive was told, as DSP2046 names it (`BlockErase`), also where somebody else had told it; or
   * `unnamedMethod`.
   */
  method: z.string(),
  /** It ended well, and was read back. */
  isVerified: z.boolean(),
  /** What was read back, or what is wrong. Agents of before do not say. */
  evidence: z.string().optional(),
});
export type DriveErased = z.infer<typeof DriveErased>;

const none = z.object({});
const nothing = z.null();
interface Traits<I extends z.ZodType> {
  withinSeconds?: number;
  /** Whether doing this again is another effect: a second restart. */
  isOnce?: (input: z.infer<I>) => boolean;
}
const operation = <I extends z.ZodType, O extends z.ZodType>(
  isWrite: boolean,
  input: I,
  output: O,
  { withinSeconds = 60, isOnce = () => false }: Traits<I> = {},
) => ({ isWrite, input, output, withinSeconds, isOnce });
const reads = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O, traits?: Traits<I>) =>
  operation(false, input, output, traits);
const writes = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O, traits?: Traits<I>) =>
  operation(true, input, output, traits);
const always = { isOnce: () => true };

/**
 * All that can be asked of a server's management controller (Redfish). Every call may be made twice. Input and output
 * are JSON and hold no secret, only where it is kept: a call can be carried out by whoever reaches the controller.
 * `withinSeconds` is how long one call may take; `isOnce` says of what a repetition has to be recognised.
 */
export const bmcOperations = {
  /** The service root: reachable without a login. Proves address and vendor before any password is sent. */
  probe: reads(
    none,
    z.object({ vendor: z.string().optional(), product: z.string().optional(), redfishVersion: z.string() }),
  ),
  readFacts: reads(none, ServerFacts, { withinSeconds: 120 }),
  readPower: reads(none, PowerState),
  /** Already being so is success. Success means the command was accepted: read the power afterwards. */
  setPower: writes(z.object({ action: PowerAction }), nothing, {
    isOnce: ({ action }) => action === 'restart' || action === 'power-cycle',
  }),
  /** Network boot at the next start, once. */
  bootOnceFromNetwork: writes(none, nothing),
  clearBootOverride: writes(none, nothing),
  readBootOverride: reads(none, z.enum(['none', 'network', 'other'])),
  /** What runs now. Versions are the comparable part alone: `2.34`, not `U46 v2.34 (03/11/2025)`. */
  readFirmware: reads(none, z.array(FirmwareComponent), { withinSeconds: 120 }),
  /**
   * Installs firmware that the BMC fetches from `imageUrl`; answers when the version has been read back. Restarts
   * the host where the update waits for that. Asked with a ticket, a BMC that does not answer is `pending`: it
   * may be restarting on its new firmware.
   */
  updateFirmware: writes(
    z.object({ component: UpdatableComponent, version: z.string(), imageUrl: z.url(), ticket: z.string().optional() }),
    submitted(z.object({ version: z.string() })),
    always,
  ),
  listAccounts: reads(
    none,
    z.array(z.object({ username: z.string(), role: z.union([BmcRole, z.literal('other')]), isEnabled: z.boolean() })),
  ),
  /** Creates the account whose name and password are kept there, or sets its password and role. */
  ensureAccount: writes(z.object({ secretRef: SecretRef, role: BmcRole }), nothing),
  /** Removing what is not there is success. */
  removeAccount: writes(z.object({ username: z.string() }), nothing),
  /** Whether the target's name and password open a session. Used to prove a rotation and a revocation. */
  canLogIn: reads(none, z.boolean()),
  listDrives: reads(none, z.array(Drive)),
  /**
   * Erases every drive that the BMC shows by the drive's own secure erase, and answers how each ended; what that is
   * worth is for the caller to judge. `refused` before anything is touched if the BMC shows no drive or cannot erase
   * one of them. The host has to be off, or nothing tells whether something was written meanwhile.
   */
  eraseDrives: writes(
    z.object({ ticket: z.string().optional() }),
    submitted(z.object({ drives: z.array(DriveErased) })),
    always,
  ),
  readHealth: reads(
    none,
    z.object({ health: Health, powerWatts: z.number().optional(), inletCelsius: z.number().optional() }),
  ),
  /** Health, power and every sensor, as they are now. */
  readSensors: reads(none, Sensors),
  /** What the machine's log has gained since the cursor of the last reading; without one, the newest entries. */
  readLog: reads(z.object({ cursor: z.string().optional() }), LogReading, { withinSeconds: 120 }),
  /**
   * Restarts the controller itself, not the host, where it hangs. Success means it was accepted: it answers nothing for
   * a minute or two.
   */
  restartBmc: writes(z.object({ isForced: z.boolean().optional() }), nothing, always),
} as const;

export type BmcOperation = keyof typeof bmcOperations;
export const BmcOperation = z.enum(Object.keys(bmcOperations) as [BmcOperation, ...BmcOperation[]]);
export type BmcInput<N extends BmcOperation> = z.infer<(typeof bmcOperations)[N]['input']>;
export type BmcOutput<N extends BmcOperation> = z.infer<(typeof bmcOperations)[N]['output']>;

export interface BmcCallOptions {
  /** Once it is aborted nothing more is sent to the controller. */
  signal?: AbortSignal;
}
type Arguments<N extends BmcOperation> =
  Record<never, never> extends BmcInput<N>
    ? [input?: BmcInput<N>, options?: BmcCallOptions]
    : [input: BmcInput<N>, options?: BmcCallOptions];

/** A server's management controller, by operation. */
export type Bmc = { readonly [N in BmcOperation]: (bmc: BmcTarget, ...more: Arguments<N>) => Promise<BmcOutput<N>> };
