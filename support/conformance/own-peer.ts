/** Our own service provider as a peer, in each of its configurations; it runs in this process, with a mailbox. */
import type { SettingsInput } from '../../sp/profile.ts';
import { getBackIn, sendTest } from '../product/connecting.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { ownProduct } from '../product/own-product.ts';
import type { Product } from '../product/product.ts';
import { readTestEmail } from '../product/test-email.ts';
import { type Mailbox, startMailbox } from '../stack/mailbox.ts';
import { type Part, startServiceProvider } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';
import { attackDeliveries, type OwnServiceProvider } from './attack-deliveries.ts';
import type { StandConfig } from './config.ts';
import type { Peer } from './peer.ts';
import type { Stand } from './stand.ts';

/** Profile settings of each configuration: the defaults, and their opposites. */
const own = {
  'sso-rehearsal': {},
  'sso-rehearsal-strict': {
    forceAuthn: true,
    requestedAuthnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
    policies: { requireSignedAssertion: true, requireEncryption: true, requiredAttributes: ['mail'] },
  },
  'sso-rehearsal-lenient': {
    policies: {
      requireSignedMessage: false,
      allowSha1: true,
      allowIdpInitiated: true,
      requireRelayState: false,
      nameIdFormat: 'any',
    },
  },
  // It publishes a certificate, but not an encryption certificate.
  'sso-rehearsal-portal': {
    acceptEncryption: false,
    signRequests: true,
    policies: { allowIdpInitiated: true, requireSignedAssertion: true },
  },
} as const satisfies Readonly<Record<string, SettingsInput>>;
export type OwnName = keyof typeof own;
export const ownNames = Object.keys(own) as OwnName[];

export interface RecordedResponse {
  id: number;
  verdict: string;
  findings: string[];
}

export interface OwnPeer extends Peer {
  /**
   * The responses that it recorded after the one with the number `last`, newest first. If the user's organization
   * recorded fewer than expected, those of the other organization are included.
   */
  responsesAfter(last: number, expected?: number): Promise<RecordedResponse[]>;
  /** Number of server errors that it has logged. */
  errors(): Promise<number>;
}

const password = 'not used for sign-in';

/** The users of the organization under test, and one user of another. */
interface People {
  /** Administers the organization. */
  ada: string;
  /** Signs in in all attempts. */
  user: string;
  /** Named by faults that may name any user; deactivated if sign-ins start from the portal. */
  alias: string;
  /** Named by faults that may name any user; not covered by the profile. */
  uncovered: string;
  /** Belongs to another organization. */
  stranger: string;
}

/** `port` replaces the configured port; 0 uses a free one. */
export async function startOwn(
  name: OwnName,
  config: StandConfig,
  stand: Stand,
  { port }: { port?: number | undefined } = {},
): Promise<OwnPeer> {
  await using started = new AsyncDisposableStack();
  const mailbox = started.use(await startMailbox());
  const { origin, port: usualPort } = new URL(config.metadata!);
  const sp = started.use(await startServiceProvider({ port: port ?? Number(usualPort), smtpUrl: mailbox.smtpUrl }));
  const ownConfig = JSON.parse(JSON.stringify(config).replaceAll(origin, sp.url)) as StandConfig;
  const people = peopleAround(ownConfig.user.nameId);
  await createOrganization({ name, sp, stand, people, fromPortal: config.signIn === 'portal' });
  if (ownConfig.second !== undefined)
    await createSecondOrganization({ name, sp, stand, user: ownConfig.second.user.nameId });
  const acsWithoutProfile = await createOtherOrganization(sp, people);
  await enforce(sp, people);
  const { certificates } = stand.connection;
  const ours = ownServiceProvider({ sp, mailbox, people, certificates, acsWithoutProfile });
  const running = started.move();
  return {
    config: ownConfig,
    version: 'from this repository',
    deliveries: attackDeliveries(ours, ownConfig),
    responsesAfter: (last, expected) => responsesAfter(sp, last, expected),
    errors: async () => (await sp.control.get<unknown[]>('/errors')).length,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function peopleAround(user: string): People {
  return {
    ada: `ada@${user.split('@')[1]}`,
    user,
    alias: user.replace('@', '+sso@'),
    uncovered: user.replace('@', '@mail.'),
    stranger: user.replace(/@.*/, '@elsewhere.example'),
  };
}

async function createOrganization({
  name,
  sp,
  stand,
  people: { ada, user, alias, uncovered },
  fromPortal,
}: {
  name: OwnName;
  sp: Part;
  stand: Stand;
  people: People;
  fromPortal: boolean;
}): Promise<void> {
  const { entityId, ssoUrl, sloUrl, certificates } = stand.connection;
  const domain = user.split('@')[1]!;
  await sp.control.put('/organizations/stand', {
    name: 'Stand',
    domains: [domain, `mail.${domain}`],
    users: [
      { address: ada, name: 'Ada', password, administrator: true },
      { address: user, name: 'Alice', password },
      { address: alias, name: 'Alias', password, deactivated: fromPortal },
      { address: uncovered, name: 'Uncovered', password },
    ],
    profiles: [
      { name: 'Stand', idpEntityId: entityId, ssoUrl, sloUrl, certificates, acceptEncryption: true, ...own[name] },
    ],
  });
}

/** With a profile for another identity provider. */
async function createSecondOrganization({
  name,
  sp,
  stand,
  user,
}: {
  name: OwnName;
  sp: Part;
  stand: Stand;
  user: string;
}): Promise<void> {
  const { entityId, ssoUrl, certificates } = (await stand.second()).connection;
  const domain = user.split('@')[1]!;
  await sp.control.put('/organizations/second', {
    name: 'Second',
    domains: [domain],
    users: [
      { address: `grace@${domain}`, name: 'Grace', password, administrator: true },
      { address: user, name: 'Bob', password },
    ],
    profiles: [{ name: 'Second', idpEntityId: entityId, ssoUrl, certificates, acceptEncryption: true, ...own[name] }],
  });
  await sp.control.put('/organizations/second/profiles/Second/enforce-unproven', {});
}

/** Returns the ACS URL of another organization, which has no SSO profile. */
async function createOtherOrganization(sp: Part, { stranger }: People): Promise<string> {
  const { acsUrl } = await sp.control.put<{ acsUrl: string }>('/organizations/elsewhere', {
    name: 'Elsewhere',
    domains: ['elsewhere.example'],
    users: [{ address: stranger, name: 'Stranger', password, administrator: true }],
  });
  return acsUrl;
}

/** Enforces the newest revision for every user except one. */
async function enforce(sp: Part, { uncovered }: People): Promise<void> {
  await sp.control.put('/organizations/stand/profiles/Stand/enforce-unproven', {});
  await sp.control.patch(`/organizations/stand/users/${encodeURIComponent(uncovered)}`, { profile: null });
}

function ownServiceProvider({
  sp,
  mailbox,
  people,
  certificates,
  acsWithoutProfile,
}: {
  sp: Part;
  mailbox: Mailbox;
  people: People;
  certificates: readonly string[];
  acsWithoutProfile: string;
}): OwnServiceProvider {
  const propose = async (settings: SettingsInput): Promise<void> =>
    void (await sp.control.patch('/organizations/stand/profiles/Stand', settings));
  const { jar } = createVisitor();
  let testsSent = 0;
  return {
    url: sp.url,
    acsWithoutProfile,
    certificates,
    propose,
    async set(settings) {
      await propose(settings);
      await enforce(sp, people);
    },
    async cover(isCovered) {
      const profile = isCovered ? 'Stand' : null;
      await sp.control.patch(`/organizations/stand/users/${encodeURIComponent(people.user)}`, { profile });
    },
    async sendTest() {
      const ada = { driver: createHttpDriver({ who: 'Ada', jar }), product: await ownProductOf(sp) };
      if (testsSent === 0) await getBackIn(ada, { email: people.ada, password });
      await sendTest(ada, people.user);
      testsSent += 1;
      return (await readTestEmail({ product: ada.product, mailbox }, { to: people.user, number: testsSent })).link;
    },
  };
}

/** With its only profile. */
async function ownProductOf(sp: Part): Promise<Product> {
  const { profiles } = await sp.control.get<{ profiles: { id: number }[] }>('/organizations/stand');
  return ownProduct(sp.url, { connection: profiles[0]?.id });
}

async function responsesAfter(sp: Part, last: number, expected = 1): Promise<RecordedResponse[]> {
  const of = (organization: string): Promise<{ id: number; verdict: string; findings: { code: string }[] }[]> =>
    sp.control.get(`/organizations/${organization}/responses?after=${last}`);
  const responses = await of('stand');
  if (responses.length < expected) responses.push(...(await of('elsewhere')));
  return responses
    .toSorted((one, other) => other.id - one.id)
    .map(({ id, verdict, findings }) => ({ id, verdict, findings: findings.map(({ code }) => code) }));
}
