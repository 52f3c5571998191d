/** Our own service provider as a peer, under each of its descriptions; it runs in this process, with a mailbox. */
import type { SettingsInput } from '../../sp/profile.ts';
import { type Mailbox, startMailbox } from '../stack/mailbox.ts';
import { type Part, startServiceProvider } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { sendWizardForm } from '../stack/wizard-form.ts';
import { attackDeliveries, type OwnServiceProvider } from './attack-deliveries.ts';
import type { StandConfig } from './config.ts';
import type { Peer } from './peer.ts';
import type { Stand } from './stand.ts';

/** Settings of the profile under each description: the defaults, and the opposite of them. */
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
  // It publishes a certificate, but not for encryption.
  'sso-rehearsal-portal': {
    acceptEncryption: false,
    signRequests: true,
    policies: { allowIdpInitiated: true, requireSignedAssertion: true },
  },
} as const satisfies Readonly<Record<string, SettingsInput>>;
export type OwnName = keyof typeof own;
export const ownNames = Object.keys(own) as OwnName[];

export interface RecordedAnswer {
  id: number;
  verdict: string;
  findings: string[];
}

export interface OwnPeer extends Peer {
  /**
   * What it recorded of the responses after the one with the number `last`, newest first. If the organization
   * of the user recorded fewer than expected, those of the other organization are included.
   */
  answersAfter(last: number, expected?: number): Promise<RecordedAnswer[]>;
  /** How many server errors it has logged. */
  errors(): Promise<number>;
}

const password = 'no longer of use';

/** The users of the organization under test, and one user of another. */
interface People {
  /** Administers the organization. */
  ada: string;
  /** Signs in in all attempts. */
  user: string;
  /** Named by faults that may mean any user; deactivated where sign-ins start at the portal. */
  alias: string;
  /** Named by faults that may mean any user; not covered by the profile. */
  uncovered: string;
  /** Belongs to another organization. */
  stranger: string;
}

/** `port` replaces the port of the description; 0 takes a free one. */
export async function startOwn(
  name: OwnName,
  described: StandConfig,
  stand: Stand,
  { port }: { port?: number | undefined } = {},
): Promise<OwnPeer> {
  await using started = new AsyncDisposableStack();
  const mailbox = started.use(await startMailbox());
  const { origin, port: usual } = new URL(described.metadata!);
  const sp = started.use(await startServiceProvider({ port: port ?? Number(usual), smtpUrl: mailbox.smtpUrl }));
  const config = JSON.parse(JSON.stringify(described).replaceAll(origin, sp.url)) as StandConfig;
  const people = peopleAround(config.user.nameId);
  await createOrganization({ name, sp, stand, people, fromPortal: described.signIn === 'portal' });
  const acsWithoutProfile = await createOtherOrganization(sp, people);
  await enforce(sp, people);
  const { certificates } = stand.connection;
  const ours = ownServiceProvider({ sp, mailbox, people, certificates, acsWithoutProfile });
  const running = started.move();
  return {
    config,
    version: 'of this repository',
    deliveries: attackDeliveries(ours, config),
    answersAfter: (last, expected) => answersAfter(sp, last, expected),
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
  const { entityId, ssoUrl, certificates } = stand.connection;
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
    profiles: [{ name: 'Stand', idpEntityId: entityId, ssoUrl, certificates, acceptEncryption: true, ...own[name] }],
  });
}

/** Gives the address of its assertion consumer service; it has no profile. */
async function createOtherOrganization(sp: Part, { stranger }: People): Promise<string> {
  const { acsUrl } = await sp.control.put<{ acsUrl: string }>('/organizations/elsewhere', {
    name: 'Elsewhere',
    domains: ['elsewhere.example'],
    users: [{ address: stranger, name: 'Stranger', password, administrator: true }],
  });
  return acsUrl;
}

/** Enforces the newest revision for every user but one. */
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
  mailbox: Pick<Mailbox, 'waitFor'>;
  people: People;
  certificates: readonly string[];
  acsWithoutProfile: string;
}): OwnServiceProvider {
  const propose = async (settings: SettingsInput): Promise<void> =>
    void (await sp.control.patch('/organizations/stand/profiles/Stand', settings));
  const administrator = createVisitor();
  let asked = 0;
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
    async askForTest() {
      if (asked === 0) await signInAsAda(administrator, sp, people);
      await sendTest(administrator, sp, people);
      asked += 1;
      return testLink(await mailbox.waitFor(people.user, { count: asked }));
    },
  };
}

async function signInAsAda(administrator: Visitor, sp: Part, { ada }: People): Promise<void> {
  const recovery = new URL('/login/recovery', sp.url);
  await administrator.visit(recovery, {
    method: 'POST',
    fields: [
      ['address', ada],
      ['password', password],
    ],
    from: recovery,
  });
}

async function sendTest(administrator: Visitor, sp: Part, { user }: People): Promise<void> {
  const { profiles } = await sp.control.get<{ profiles: { id: number }[] }>('/organizations/stand');
  const form = new URL(`/admin/sso/${profiles[0]!.id}/test`, sp.url);
  const { status, text } = await sendWizardForm(administrator, form, [['address', user]]);
  if (status >= 400) throw new Error(`Ada could send no test: ${text.slice(0, 300)}`);
}

async function answersAfter(sp: Part, last: number, expected = 1): Promise<RecordedAnswer[]> {
  const of = (organization: string): Promise<{ id: number; verdict: string; findings: { code: string }[] }[]> =>
    sp.control.get(`/organizations/${organization}/responses?after=${last}`);
  const answers = await of('stand');
  if (answers.length < expected) answers.push(...(await of('elsewhere')));
  return answers
    .toSorted((one, other) => other.id - one.id)
    .map(({ id, verdict, findings }) => ({ id, verdict, findings: findings.map(({ code }) => code) }));
}
