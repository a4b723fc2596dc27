import { z } from 'zod';
import { complaintsOf } from '../kernel/errors/parse.ts';
import type { HttpOptions } from '../kernel/http-client/client.ts';
import { Secret } from '../kernel/secret.ts';
import type { Ports } from '../ports/ports.ts';
import { SystemOff } from '../ports/system-off.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SettingText = z.object({
  /** What it is for, as a cell of a table. */
  description: z.string().min(1).max(300),
  /** A value that its schema accepts. */
  example: z.string().min(1).max(200),
});
/** A setting of a system: how its text is read, and what people read about it. */
export const setting = <S extends z.ZodType>(schema: S, text: z.infer<typeof SettingText>): S => schema.meta(text);

/** One thing that Rackline does only with this system. */
export interface Capability {
  /** As a subject: `carrier tracking (UPS)`. */
  name: string;
  /** What happens without it, as a sentence. */
  without: string;
}

/** What a system is made with beside its settings. */
export interface ConnectParts {
  /** Told of every call to it, for metrics. */
  observe?: HttpOptions['observe'];
}

export interface SystemDeclaration<S extends z.ZodRawShape, P extends keyof Ports, C> {
  /** The adapter’s folder. */
  name: string;
  /** As people call it. */
  title: string;
  /** Names are those of the environment. One that accepts an absent value is optional. */
  settings: z.ZodObject<S>;
  /** The setting that stands for the system: where it is. */
  address: keyof S & string;
  /** What is wrong with settings that are right one by one: `NAME: complaint` each. */
  check?(settings: z.output<z.ZodObject<S>>): string[];
  ports: readonly P[];
  capabilities: readonly [Capability, ...Capability[]];
  /** Loads the client. Only what connects does so: a process that reads the settings alone holds no client. */
  client(): Promise<C>;
  /** Makes no call. */
  connect(client: C, settings: z.output<z.ZodObject<S>>, parts: ConnectParts): Pick<Ports, P>;
  /**
   * Absent: the platform does not start without the system. Else what stands in its place: `refuse` rejects with
   * SystemOff. What only gives something back must succeed, because without the system nothing was taken.
   */
  off?(refuse: () => Promise<never>): Partial<Pick<Ports, P>>;
}

/** A system as its settings say it is reached. */
export interface ConfiguredSystem {
  /** The address without name and password. */
  address: string;
  connect(parts: ConnectParts): Promise<Partial<Ports>>;
}

/** A setting as documents and checks see it. */
export interface DescribedSetting {
  name: string;
  description: string;
  example: string;
  isSecret: boolean;
  /** Whether the system can be used without it. */
  isOptional: boolean;
  defaultValue: string | undefined;
}

export interface OutsideSystem<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly settings: z.ZodObject<S>;
  readonly address: string;
  readonly ports: readonly (keyof Ports)[];
  readonly capabilities: readonly Capability[];
  readonly isOptional: boolean;
  readonly described: readonly DescribedSetting[];
  /** Names of the settings without which it is not reached. */
  readonly needed: readonly string[];
  /** Undefined where nothing of it is set. A complaint is `NAME: what is wrong`. */
  configure(environment: Environment): { system?: ConfiguredSystem; complaints: string[] };
  /** What serves its ports while it is not configured. */
  standIn(): Partial<Ports>;
}

/** Declares an outside system. All that needs a list of systems derives it from `systems.ts`. */
export function outsideSystem<S extends z.ZodRawShape, P extends keyof Ports, C>(
  declaration: SystemDeclaration<S, P, C>,
): OutsideSystem<S> {
  const { name, title, settings, address, ports, capabilities, check = () => [], off } = declaration;
  const described = Object.entries(settings.shape).map(([key, schema]) => describe(key, schema));
  const needed = described.filter(({ isOptional }) => !isOptional).map((each) => each.name);
  return {
    name,
    title,
    settings,
    address,
    ports,
    capabilities,
    isOptional: off !== undefined,
    described,
    needed,
    configure: (environment) => {
      const given = givenOf(described, environment);
      const saying = described.find((each) => given[each.name] !== undefined && each.defaultValue === undefined);
      if (!saying) return { complaints: complaintsIn(settings.partial().safeParse(given)) };
      const missing = needed
        .filter((key) => given[key] === undefined)
        .map((key) => `${key}: is needed for ${title}, because ${saying.name} is set`);
      const result = settings.safeParse(given);
      if (!result.success) return { complaints: [...missing, ...complaintsIn(settings.partial().safeParse(given))] };
      return {
        complaints: check(result.data),
        system: {
          address: withoutCredentials(given[address] ?? ''),
          connect: async (parts) => declaration.connect(await declaration.client(), result.data, parts),
        },
      };
    },
    standIn: () => {
      const refuse = () => Promise.reject(new SystemOff(title, needed));
      return off?.(refuse) ?? {};
    },
  };
}

function describe(name: string, schema: z.core.$ZodType): DescribedSetting {
  const { description, example } = SettingText.parse(z.globalRegistry.get(schema));
  const absent = z.safeParse(schema, undefined);
  const defaultValue = absent.success && absent.data !== undefined ? String(absent.data) : undefined;
  return {
    name,
    description,
    example,
    isSecret: z.parse(schema, example) instanceof Secret,
    isOptional: absent.success,
    defaultValue,
  };
}

/** Empty values count as absent. */
const givenOf = (described: readonly DescribedSetting[], environment: Environment): Record<string, string> =>
  Object.fromEntries(
    described.flatMap(({ name }) => {
      const value = environment[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );

const complaintsIn = (result: z.ZodSafeParseResult<unknown>): string[] =>
  result.success ? [] : complaintsOf(result.error).map(({ where, what }) => `${where}: ${what}`);

function withoutCredentials(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
