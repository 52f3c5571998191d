/** Our own service provider as a peer, under each of its descriptions: it runs in this process, with a mailbox. It puts nothing to the test. */
import type { SettingsInput } from '../../sp/profile.ts';
import { startMailbox } from '../stack/mailbox.ts';
import { startServiceProvider } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import { createVisitor } from '../stack/visitor.ts';
import { attackDeliveries, type OwnServiceProvider } from './attack-deliveries.ts';
import type { StandConfig } from './config.ts';
import type { Peer } from './peer.ts';
import type { Stand } from './stand.ts';

/** As its profiles are at first, and with their settings turned. */
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
  // It has a key, and not for decryption.
  'sso-rehearsal-portal': {
    acceptEncryption: false,
    signRequests: true,
    policies: { allowIdpInitiated: true, requireSignedAssertion: true },
  },
} as const satisfies Readonly<Record<string, SettingsInput>>;
export type OwnName = keyof typeof own;
export const ownNames = Object.keys(own) as OwnName[];

export interface OwnPeer extends Peer {
  /** What it recorded of the answers that came after the one with this number, the newest first. Where fewer than expected reached the organization of the user, those of the other one are among them. */
  answersAfter(last: number, expected?: number): Promise<{ id: number; verdict: string; findings: string[] }[]>;
  /** How often it stumbled so far. */
  errors(): Promise<number>;
}

const password = 'no longer of use';

/** `described` is how it is said to be reached, at its usual port; 0 takes a free one. Throws what the service provider throws that cannot be started. */
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
  const { nameId } = config.user;
  const { entityId, ssoUrl, certificates } = stand.connection;
  const domain = nameId.split('@')[1]!;
  const ada = `ada@${domain}`;
  // Others whom faults name: where anybody may be meant, one is deactivated and one is not covered by the profile; the last is of another organization.
  const [alias, uncovered, stranger] = [
    nameId.replace('@', '+sso@'),
    nameId.replace('@', '@mail.'),
    nameId.replace(/@.*/, '@elsewhere.example'),
  ];
  await sp.control.put('/organizations/stand', {
    name: 'Stand',
    domains: [domain, `mail.${domain}`],
    users: [
      { address: ada, name: 'Ada', password, administrator: true },
      { address: nameId, name: 'Alice', password },
      { address: alias, name: 'Alias', password, deactivated: described.signIn === 'portal' },
      { address: uncovered, name: 'Uncovered', password },
    ],
    profiles: [{ name: 'Stand', idpEntityId: entityId, ssoUrl, certificates, acceptEncryption: true, ...own[name] }],
  });
  const { acsUrl } = await sp.control.put<{ acsUrl: string }>('/organizations/elsewhere', {
    name: 'Elsewhere',
    domains: ['elsewhere.example'],
    users: [{ address: stranger, name: 'Stranger', password, administrator: true }],
  });
  await enforce();

  async function enforce(): Promise<void> {
    await sp.control.put('/organizations/stand/profiles/Stand/enforce-unproven', {});
    await sp.control.patch(`/organizations/stand/users/${encodeURIComponent(uncovered)}`, { profile: null });
  }

  const administrator = createVisitor();
  let asked = 0;
  const ours: OwnServiceProvider = {
    url: sp.url,
    acsWithoutProfile: acsUrl,
    certificates,
    propose: async (settings) => void (await sp.control.patch('/organizations/stand/profiles/Stand', settings)),
    async set(settings) {
      await ours.propose(settings);
      await enforce();
    },
    async askForTest() {
      const door = new URL('/login/recovery', sp.url);
      if (asked === 0)
        await administrator.visit(door, {
          method: 'POST',
          fields: [
            ['address', ada],
            ['password', password],
          ],
          from: door,
        });
      const { profiles } = await sp.control.get<{ profiles: { id: number }[] }>('/organizations/stand');
      const form = new URL(`/admin/sso/${profiles[0]!.id}/test`, sp.url);
      const { status, text } = await administrator.visit(form, {
        method: 'POST',
        fields: [['address', nameId]],
        from: form,
      });
      if (status >= 400) throw new Error(`Ada could ask for no test: ${text.slice(0, 300)}`);
      return testLink(await mailbox.waitFor(nameId, { count: ++asked }));
    },
  };
  const running = started.move();
  return {
    config,
    version: 'of this repository',
    deliveries: attackDeliveries(ours, config),
    async answersAfter(last, expected = 1) {
      const of = (organization: string): Promise<{ id: number; verdict: string; findings: { code: string }[] }[]> =>
        sp.control.get(`/organizations/${organization}/responses?after=${last}`);
      const answers = await of('stand');
      if (answers.length < expected) answers.push(...(await of('elsewhere')));
      return answers
        .toSorted((one, other) => other.id - one.id)
        .map(({ id, verdict, findings }) => ({ id, verdict, findings: findings.map(({ code }) => code) }));
    },
    errors: async () => (await sp.control.get<unknown[]>('/errors')).length,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
