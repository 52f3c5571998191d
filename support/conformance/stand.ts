/** The IdP of the conformance test (the stand): it keeps its keys between runs, and has one user and one app. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import type { Answer, SaidPhrase } from '../../mock-idp/api.ts';
import type { PlanChange } from '../../mock-idp/personas/plan.ts';
import { fetchForeignText } from '../stack/foreign-reply.ts';
import type { Person } from '../stack/rehearsal.ts';
import { startIdentityProvider } from '../stack/servers.ts';
import type { Form } from '../stack/visit.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { InvalidConfig, type StandConfig, sentAttributes } from './config.ts';

/** Username of the other user at the IdP, who never signs in. */
const victimName = 'victim';
/** Username of the user whom the IdP of one organization gives the names of a user of the other. */
const impostorName = 'impostor';

/** Path segments of its tenants: the second one is for a second organization. */
const tenants = ['stand', 'stand-2'] as const;
type TenantName = (typeof tenants)[number];

export const standPort = 18_400;

/** The project's folder in a clone, otherwise the current folder. */
export const home = isPacked ? process.cwd() : fileURLToPath(new URL('../..', import.meta.url));

/** Keeps the identity provider's keys between runs of the command. */
export const standStateFile = join(home, '.rehearsal', 'stand.json');

export interface StandOptions {
  /** The port is part of the IdP's entity ID, so it stays the same from run to run. */
  port?: number;
  stateFile: string;
}

/** For a service provider that does not read metadata. */
export interface Connection {
  entityId: string;
  ssoUrl: string;
  sloUrl: string;
  metadataUrl: string;
  certificates: string[];
}

export interface Stand extends AsyncDisposable {
  url: URL;
  connection: Connection;
  /** The metadata to load into the service provider. */
  metadata(): Promise<string>;
  /** The command that prints the metadata, for the IdP of the first or of the second organization. */
  metadataCommand(organization: 'first' | 'second'): string;
  /** The IdP of a second organization. */
  second(): Promise<{ connection: Connection; metadata: string }>;
  /** Registers the service provider. Throws InvalidConfig if its metadata cannot be read. */
  register(config: StandConfig): Promise<App>;
  /** Registers the connection of the second organization; after the first. */
  registerSecond(config: StandConfig): Promise<SecondApp>;
}

/** A product, or facts of it. */
export interface PlayedPersona {
  name?: string;
  set: PlanChange;
}

export interface App {
  entityId: string;
  acs: readonly string[];
  /** True if the service provider published an encryption certificate. */
  decrypts: boolean;
  person: Person;
  /** Start page of IdP-initiated sign-ins. */
  portal: string;
  encrypt(on: boolean): Promise<void>;
  /** The name by which it knows its users, `nameId` or an attribute: faults of the name change it. */
  knowBy(name: string): Promise<void>;
  /** Gives the user other names from now on. */
  callUser(names: Pick<StandConfig['user'], 'nameId' | 'attributes'>): Promise<void>;
  /** Plays this product from now on. */
  play(persona: PlayedPersona): Promise<void>;
  /** Assigns it to everyone, or to no user. */
  assign(users: 'everyone' | []): Promise<void>;
  arrange(...phrases: string[]): Promise<void>;
  struck(): Promise<boolean>;
  /** The format of the NameID that the latest request asks for. */
  requestedNameId(): string | undefined;
  /** True if it has a logout URL. */
  logsOut: boolean;
  /** Signs the user out at the IdP. Returns the LogoutRequest of the latest session; undefined if there is none. */
  signOut(): Promise<Form | undefined>;
  /** The LogoutResponse to its LogoutRequest. */
  respondToLogout(request: Message): Promise<Form>;
}

/** A message to the identity provider: a URL, or the fields of a form. */
export type Message = string | Readonly<Record<string, string>>;

export interface SecondApp {
  app: App;
  config: StandConfig;
  /**
   * The first organization's IdP responds to the request of either connection, in the name of the second one's user.
   * Without a request, it responds to none.
   */
  impersonate(request: Message | undefined, options: Impersonation): Promise<Form>;
}

export interface Impersonation {
  /** The connection to which the response belongs. */
  at: 'first' | 'second';
  /** Writes the second IdP's entity ID as Issuer. */
  forgesIssuer?: boolean;
}

interface View {
  apps: { number: number; entityId: string; acs: { url: string }[]; slo?: object; encryptionCertificate?: string }[];
}

const formOf = ({ action, method, contentType, fields }: Answer): Form => ({
  action: new URL(action),
  method: method === 'post' ? 'POST' : 'GET',
  enctype: contentType,
  fields: fields.map(([name, value]) => ({ name, value, type: 'hidden' })),
  buttons: [],
});

type Idp = Awaited<ReturnType<typeof startIdentityProvider>>;

export async function startStand({ port = standPort, stateFile }: StandOptions): Promise<Stand> {
  await mkdir(dirname(stateFile), { recursive: true });
  const idp = await startIdentityProvider({ port, stateFile }).catch((error: Error) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'EADDRINUSE') throw error;
    throw new Error(
      `port ${port} is in use, perhaps by another conformance run. Wait for it, or choose another with --port ` +
        '(the port is part of the IdP’s entity ID)',
      { cause: error },
    );
  });
  const connection = await connectionOf(idp, 'stand');
  let second: Promise<{ connection: Connection; metadata: string }> | undefined;
  const openSecond = async (): Promise<{ connection: Connection; metadata: string }> => {
    const opened = await connectionOf(idp, 'stand-2');
    return { connection: opened, metadata: idp.tenant('stand-2').metadata() };
  };
  const secondOnce = (): ReturnType<typeof openSecond> => {
    second ??= openSecond();
    return second;
  };
  let first: Registered | undefined;
  return {
    url: new URL(idp.url),
    connection,
    metadata: async () => idp.tenant('stand').metadata(),
    metadataCommand: (organization) =>
      metadataCommand({ port: Number(new URL(idp.url).port), stateFile, isSecond: organization === 'second' }),
    second: secondOnce,
    async register(config) {
      first = await register(idp, 'stand', config);
      return first.app;
    },
    async registerSecond(config) {
      await secondOnce();
      return registerSecond(idp, first!, config);
    },
    [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose](),
  };
}

/** With the options under which it prints the metadata of this very stand. */
export function metadataCommand({ port, stateFile, isSecond }: Required<StandOptions> & { isSecond: boolean }): string {
  const args = [
    '--idp-metadata',
    ...(isSecond ? ['--second'] : []),
    ...(port === standPort ? [] : [`--port ${port}`]),
    ...(resolve(stateFile) === resolve(standStateFile) ? [] : [`--state ${inShell(stateFile)}`]),
  ];
  return commandLine('conformance', { args: args.join(' '), silent: true });
}

const inShell = (path: string): string => (/^[\w./:\\-]+$/.test(path) ? path : JSON.stringify(path));

const connectionOf = (idp: Idp, tenant: TenantName): Promise<Connection> =>
  idp.control.put(`/tenants/${tenant}`, { displayName: displayNames[tenant] });

const displayNames: Record<TenantName, string> = { stand: 'The stand', 'stand-2': 'The stand, second organization' };

interface Registered {
  app: App;
  config: StandConfig;
  /** The metadata, or the settings in place of them. */
  described: object;
  /** Registers it again with all its settings. */
  reset(): Promise<void>;
}

async function register(idp: Idp, tenant: TenantName, config: StandConfig): Promise<Registered> {
  const { user, victim, second } = config;
  const person: Person = {
    name: 'Sam',
    address: user.address ?? user.nameId,
    password: 'not known to the IdP',
    idpPassword: 'rehearsal',
  };
  const impostor = second && { nameId: second.user.nameId, attributes: sentAttributes(second.user) };
  const others = { [victimName]: victim, [impostorName]: impostor };
  await idp.control.put(`/tenants/${tenant}`, {
    displayName: displayNames[tenant],
    users: [
      {
        username: person.address,
        password: person.idpPassword,
        email: person.address,
        nameId: user.nameId,
        attributes: user.attributes,
      },
      ...Object.entries(others).flatMap(([username, names]) =>
        names === undefined
          ? []
          : [{ username, password: 'not known to anyone', nameId: names.nameId, attributes: names.attributes }],
      ),
    ],
  });
  const described = await describedBy(config);
  const { app, reset } = await appAt(idp, tenant, { config, described, person });
  if (tenant === 'stand' && second !== undefined) await registerApp(idp, 'stand', await describedBy(second), config);
  // Faults that mix up apps need a second one.
  await idp.control.put(`/tenants/${tenant}/apps`, {
    name: 'Elsewhere',
    entityId: 'https://elsewhere.example/sp',
    acs: ['https://elsewhere.example/acs'],
  });
  return { app, config, described, reset };
}

type Described = Pick<StandConfig, 'metadata' | 'entityId' | 'acs'>;

const describedBy = async ({ metadata, entityId, acs }: Described): Promise<object> =>
  metadata === undefined ? { entityId, acs: [acs] } : { metadata: await read(metadata) };

async function registerApp(idp: Idp, tenant: TenantName, app: object, { name }: { name: string }): Promise<void> {
  await idp.control.put(`/tenants/${tenant}/apps`, { name, ...app }).catch((error: Error) => {
    throw new InvalidConfig(`cannot use the metadata of ${name}: ${error.message}`);
  });
}

async function appAt(
  idp: Idp,
  tenant: TenantName,
  { config, described, person }: { config: StandConfig; described: object; person: Person },
): Promise<{ app: App; reset: () => Promise<void> }> {
  const settings = { encrypt: false, ...(config.victim === undefined ? {} : { forgedUser: victimName }) };
  const put = (more: object = {}): Promise<void> =>
    registerApp(idp, tenant, { ...described, ...Object.assign(settings, more) }, config);
  await put();
  const [registered] = (await idp.control.get<View>(`/tenants/${tenant}`)).apps;
  const app: App = {
    entityId: registered!.entityId,
    acs: registered!.acs.map(({ url }) => url),
    decrypts: registered!.encryptionCertificate !== undefined,
    person,
    portal: new URL(`/${tenant}/apps/${registered!.number}`, idp.url).href,
    async encrypt(on) {
      if (on !== settings.encrypt) await put({ encrypt: on });
    },
    async knowBy(name) {
      if (name !== 'nameId') await put({ knownBy: name });
    },
    async callUser({ nameId, attributes }) {
      await idp.control.patch(`/tenants/${tenant}/users/${encodeURIComponent(person.address)}`, { nameId, attributes });
    },
    async play(persona) {
      await idp.control.patch(`/tenants/${tenant}`, { persona });
    },
    async assign(users) {
      await idp.control.put(`/tenants/${tenant}/assignments`, { app: registered!.entityId, users });
    },
    arrange: (...phrases) => idp.tenant(tenant).arrangeFaults(...(phrases as SaidPhrase[])),
    struck: () => Promise.resolve(idp.tenant(tenant).struckFaults().length > 0),
    requestedNameId: () => idp.tenant(tenant).log('authn-request').at(-1)?.nameIdFormat,
    logsOut: registered!.slo !== undefined,
    async signOut() {
      const username = person.address;
      const started = await idp.control.post<{ app: string; request?: Answer }[]>(`/tenants/${tenant}/sign-outs`, {
        username,
      });
      const request = started.findLast((one) => one.app === registered!.entityId)?.request;
      return request && formOf(request);
    },
    respondToLogout: async (request) =>
      formOf(await idp.control.post<Answer>(`/tenants/${tenant}/logout-responses`, { request })),
  };
  return { app, reset: () => put() };
}

async function registerSecond(idp: Idp, first: Registered, config: StandConfig): Promise<SecondApp> {
  const { app, described } = await register(idp, 'stand-2', config);
  const [own, other] = [idp.tenant('stand'), idp.tenant('stand-2')];
  return {
    app,
    config,
    async impersonate(request, { at, forgesIssuer = false }) {
      const { entityId } = at === 'first' ? first.app : app;
      const settings = {
        encrypt: config.demands.includes('encryption'),
        ...(forgesIssuer ? { forgedIssuer: other.entityId } : {}),
      };
      if (at === 'second') await registerApp(idp, 'stand', { ...described, ...settings }, config);
      const source = request === undefined ? { unsolicited: true } : { request: redirected(request, own.ssoUrl) };
      const body = { username: impostorName, app: entityId, ...source };
      try {
        return formOf(await idp.control.post<Answer>('/tenants/stand/sign-ins', body));
      } finally {
        if (at === 'second') await registerApp(idp, 'stand', described, config);
        // Both connections may have the same entity ID.
        await first.reset();
      }
    },
  };
}

/** Octets of a request after decompression. */
const longestRequest = 1024 * 1024;

function withoutSignature(xml: string): string {
  const start = xml.search(/<(\w+:)?Signature[\s>]/);
  if (start === -1) return xml;
  const end = /<\/(\w+:)?Signature>/.exec(xml.slice(start));
  return end === null ? xml : xml.slice(0, start) + xml.slice(start + end.index + end[0].length);
}

/** The AuthnRequest, unsigned and for another sign-on URL. */
function redirected(message: Message, ssoUrl: string): Record<string, string> {
  const fields = typeof message === 'string' ? Object.fromEntries(new URL(message).searchParams) : message;
  const octets = Buffer.from(fields.SAMLRequest ?? '', 'base64');
  const xml = (octets[0] === 0x3c ? octets : inflateRawSync(octets, { maxOutputLength: longestRequest })).toString();
  const moved = withoutSignature(xml).replace(
    /(\sDestination=)(["'])[^"']*\2/,
    (_, name: string) => `${name}"${ssoUrl}"`,
  );
  const { RelayState } = fields;
  return {
    SAMLRequest: Buffer.from(moved).toString('base64'),
    ...(RelayState === undefined ? {} : { RelayState }),
  };
}

async function read(metadata: string): Promise<string> {
  try {
    return URL.canParse(metadata) ? await fetchForeignText(new URL(metadata)) : await readFile(metadata, 'utf8');
  } catch (error) {
    throw new InvalidConfig(`cannot read the metadata of the service provider: ${(error as Error).message}`);
  }
}
