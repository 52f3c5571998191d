/** The IdP of the conformance test (the stand): it keeps its keys between runs, and has one user and one app. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Answer, SaidPhrase } from '../../mock-idp/api.ts';
import { fetchForeignText } from '../stack/foreign-reply.ts';
import { request } from '../stack/http.ts';
import type { Person } from '../stack/rehearsal.ts';
import { startIdentityProvider } from '../stack/servers.ts';
import type { Form } from '../stack/visit.ts';
import { InvalidConfig, type StandConfig } from './config.ts';

/** Username of the other user at the IdP, who never signs in. */
const victimName = 'victim';

/** Path segment of its tenant. */
const tenant = 'stand';

export const standPort = 18_400;

export interface StandOptions {
  /** The port is part of the IdP's entity ID, so it stays the same from run to run. */
  port?: number;
  stateFile: string;
}

export interface Stand extends AsyncDisposable {
  url: URL;
  /** For a service provider that does not read metadata. */
  connection: { entityId: string; ssoUrl: string; sloUrl: string; certificates: string[] };
  /** The metadata to load into the service provider. */
  metadata(): Promise<string>;
  /** Registers the service provider. Throws InvalidConfig if its metadata cannot be read. */
  register(config: StandConfig): Promise<App>;
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
  arrange(...phrases: string[]): Promise<void>;
  struck(): Promise<boolean>;
  /** True if it has a logout URL. */
  logsOut: boolean;
  /** Signs the user out at the IdP. Returns the LogoutRequest of the latest session; undefined if there is none. */
  signOut(): Promise<Form | undefined>;
  /** The LogoutResponse to its LogoutRequest, which is a URL or the fields of a form. */
  respondToLogout(request: string | Record<string, string>): Promise<Form>;
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
  const created = await idp.control.put<Stand['connection'] & { metadataUrl: string }>(`/tenants/${tenant}`, {
    displayName: 'The stand',
  });
  return {
    url: new URL(idp.url),
    connection: created,
    metadata: async () => (await request(created.metadataUrl)).text(),
    register: (config) => register(idp, config),
    [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose](),
  };
}

async function register(idp: Awaited<ReturnType<typeof startIdentityProvider>>, config: StandConfig): Promise<App> {
  const { user, victim, metadata, entityId, acs } = config;
  const person: Person = {
    name: 'Sam',
    address: user.address ?? user.nameId,
    password: 'not known to the IdP',
    idpPassword: 'rehearsal',
  };
  await idp.control.put(`/tenants/${tenant}`, {
    displayName: 'The stand',
    users: [
      {
        username: person.address,
        password: person.idpPassword,
        email: person.address,
        nameId: user.nameId,
        attributes: user.attributes,
      },
      ...(victim === undefined ? [] : [{ username: victimName, password: 'not known to anyone', ...victim }]),
    ],
  });
  const described = metadata === undefined ? { entityId, acs: [acs] } : { metadata: await read(metadata) };
  const settings = { encrypt: false, ...(victim === undefined ? {} : { forgedUser: victimName }) };
  const put = (more: object = {}): Promise<unknown> =>
    idp.control.put(`/tenants/${tenant}/apps`, { name: config.name, ...described, ...Object.assign(settings, more) });
  await put().catch((error: Error) => {
    throw new InvalidConfig(`cannot use the metadata of ${config.name}: ${error.message}`);
  });
  const [app] = (await idp.control.get<View>(`/tenants/${tenant}`)).apps;
  // Faults that mix up apps need a second one.
  await idp.control.put(`/tenants/${tenant}/apps`, {
    name: 'Elsewhere',
    entityId: 'https://elsewhere.example/sp',
    acs: ['https://elsewhere.example/acs'],
  });
  return {
    entityId: app!.entityId,
    acs: app!.acs.map(({ url }) => url),
    decrypts: app!.encryptionCertificate !== undefined,
    person,
    portal: new URL(`/${tenant}/apps/${app!.number}`, idp.url).href,
    async encrypt(on) {
      if (on !== settings.encrypt) await put({ encrypt: on });
    },
    async knowBy(name) {
      if (name !== 'nameId') await put({ knownBy: name });
    },
    async callUser({ nameId, attributes }) {
      await idp.control.patch(`/tenants/${tenant}/users/${encodeURIComponent(person.address)}`, { nameId, attributes });
    },
    arrange: (...phrases) => idp.tenant(tenant).arrangeFaults(...(phrases as SaidPhrase[])),
    struck: () => Promise.resolve(idp.tenant(tenant).struckFaults().length > 0),
    logsOut: app!.slo !== undefined,
    async signOut() {
      const username = person.address;
      const started = await idp.control.post<{ app: string; request?: Answer }[]>(`/tenants/${tenant}/sign-outs`, {
        username,
      });
      const request = started.findLast((one) => one.app === app!.entityId)?.request;
      return request && formOf(request);
    },
    respondToLogout: async (request) =>
      formOf(await idp.control.post<Answer>(`/tenants/${tenant}/logout-responses`, { request })),
  };
}

async function read(metadata: string): Promise<string> {
  try {
    return URL.canParse(metadata) ? await fetchForeignText(new URL(metadata)) : await readFile(metadata, 'utf8');
  } catch (error) {
    throw new InvalidConfig(`cannot read the metadata of the service provider: ${(error as Error).message}`);
  }
}
