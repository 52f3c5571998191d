/** Attacks around a sign-in at our own SP: the clock is moved, the profile changes, a test is sent. */
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import type { SettingsInput } from '../../sp/profile.ts';
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import type { StandConfig } from './config.ts';
import type { Delivery } from './delivery.ts';
import type { Attempt, Guest, SignInOptions } from './guest.ts';
import { anotherCertificate, certificateOfSigner } from './pinned-certificate.ts';
import { stopClock } from './stopped-clock.ts';

/** Our own service provider, with everything that the attacks need to arrange. */
export interface OwnServiceProvider {
  url: string;
  /** ACS URL of an organization without an SSO profile. */
  acsWithoutProfile: string;
  /** The identity provider's signing certificates. */
  certificates: readonly string[];
  /** Edits the profile and enforces the new revision. */
  set(settings: SettingsInput & { oldCertificates?: string[] }): Promise<void>;
  /** Edits the profile; the previous revision stays enforced. */
  propose(settings: SettingsInput): Promise<void>;
  /** Sets if the profile covers the user of all attempts. */
  cover(isCovered: boolean): Promise<void>;
  /** Ada sends a test to the user of all attempts. Returns the link from the email. */
  sendTest(): Promise<string>;
}

/** The service provider, and the page where its sign-ins start. */
interface Target {
  sp: OwnServiceProvider;
  login: string;
  acceptsUnsolicited: boolean;
}

export function attackDeliveries(
  sp: OwnServiceProvider,
  { signIn, unwanted }: Pick<StandConfig, 'signIn' | 'unwanted'>,
): Delivery[] {
  const target: Target = {
    sp,
    login: new URL('/login', sp.url).href,
    acceptsUnsolicited: signIn === 'portal' || !unwanted.includes('idp-initiated'),
  };
  return [
    ...withPinnedKeys(target),
    ...withoutProfile(target),
    ...acrossRevisions(target),
    ...unsolicited(target),
    ...atTimeLimits(target),
    ...inEndedSessions(target),
    ...replayed(target),
    ...inTests(target),
  ];
}

const withPinnedKeys = ({ sp, login }: Target): Delivery[] => [
  weakKeyPinned({ sp, login }, 'signatures by a 1024-bit RSA key', {
    phrase: 'signatures by a pinned 1024-bit key',
    code: 'rsa-1024-pinned',
    sentence: 'Both signatures use a short key that the SP trusts.',
  }),
  weakKeyPinned({ sp, login }, 'ECDSA signatures by a P-192 key', {
    phrase: 'signatures by a pinned key on a short curve',
    code: 'ecdsa-192-pinned',
    sentence: 'Both signatures use a key on the curve P-192 that the SP trusts.',
  }),
  {
    phrase: 'signatures by the second of two pinned keys',
    row: { rejection: null },
    fault: {
      code: 'certificate-second',
      sentence: 'The SP trusts two keys, and the IdP signs with the second.',
      rule: 'SAML metadata interoperability profile 2.6.1 (any key may sign)',
      verdict: 'accept',
    },
    play: async ({ open }) =>
      withPinned(sp, [await anotherCertificate(), ...sp.certificates], () => open().signIn({ startAt: login })),
  },
];

const withoutProfile = ({ sp, login }: Target): Delivery[] => [
  attack({
    phrase: 'a response for an SSO profile without a certificate',
    code: 'profile-without-certificate',
    rejection: 'idp-certificate-absent',
    sentence: 'The SP has no certificate of the IdP, and receives a response from it.',
    rule: 'SAML profiles 4.1.4.3 (the signature must be verified)',
    play: ({ app, open }) => withPinned(sp, [], () => open().signIn({ startAt: app.portal })),
  }),
  attack({
    phrase: 'a response for an organization without an SSO profile',
    code: 'organization-without-profile',
    rejection: 'response-unsolicited',
    sentence: 'The response is posted to the ACS URL of an organization that has not set up SSO.',
    rule: 'SAML profiles 4.1.4.3',
    play: ({ open }) =>
      open().signIn({ startAt: login, thief: posting(open(), { to: new URL(sp.acsWithoutProfile) }) }),
  }),
];

const acrossRevisions = ({ sp, login }: Target): Delivery[] => [
  attack({
    phrase: 'a response after the certificate was changed',
    code: 'settings-changed',
    rejection: 'signing-cert-mismatch',
    sentence:
      'The SP trusted another key when it made the request; ' +
      'the right certificate is added while the user is at the IdP.',
    rule: 'SAML profiles 4.1.4.3 (a response is judged by its request)',
    play: async ({ open }) =>
      withPinned(sp, [await anotherCertificate()], () =>
        open().signIn({ startAt: login, atIdp: () => sp.set({ certificates: [...sp.certificates] }) }),
      ),
  }),
  attack({
    phrase: 'a response to a request made before the certificate was replaced',
    code: 'settings-replaced',
    rejection: 'request-superseded',
    sentence: 'The SP trusts the key when it makes the request, and another key when the response arrives.',
    rule: 'hardening of this catalogue (a sign-in ends with the change that made it pointless)',
    async play({ open }) {
      const replaced = [await anotherCertificate()];
      try {
        return await open().signIn({ startAt: login, atIdp: () => sp.set({ certificates: replaced }) });
      } finally {
        await sp.set({ certificates: [...sp.certificates] });
      }
    },
  }),
  attack({
    phrase: 'a response about a user who is no longer covered',
    code: 'user-uncovered',
    rejection: 'request-superseded',
    sentence: 'While the user is at the IdP, the administrator removes the user from the SSO profile.',
    rule: 'hardening of this catalogue (a sign-in ends with the change that made it pointless)',
    async play({ open }) {
      try {
        return await open().signIn({ startAt: login, atIdp: () => sp.cover(false) });
      } finally {
        await sp.cover(true);
      }
    },
  }),
  attack({
    phrase: 'a response that only a proposed revision would accept',
    code: 'settings-proposed',
    rejection: 'signing-cert-mismatch',
    sentence: 'The enforced revision trusts another key; a newer one, not yet enforced, trusts the right key.',
    rule: 'the story of a connection test (only the enforced revision counts)',
    play: async ({ app, open }) =>
      withPinned(sp, [await anotherCertificate()], async () => {
        await sp.propose({ certificates: [...sp.certificates] });
        return open().signIn({ startAt: app.portal });
      }),
  }),
];

const unsolicited = ({ login, acceptsUnsolicited }: Target): Delivery[] => [
  attack({
    phrase: 'an unsolicited response with the RelayState of another browser',
    code: 'relaystate-of-another',
    rejection: 'request-id-lost',
    sentence:
      'The response belongs to no request, but has the RelayState of a request made in another browser. ' +
      'An attacker who gets a victim to post it signs the victim in to the attacker’s account.',
    rule: 'SAML bindings 3.5.5.2 (login CSRF); SAML profiles 4.1.5',
    async play({ app, open }) {
      await app.arrange('an unsolicited response' satisfies FaultPhrase);
      return open().signIn({ startAt: login, postedBy: open() });
    },
  }),
  {
    phrase: 'an IdP-initiated response while a request is pending',
    row: { rejection: acceptsUnsolicited ? null : 'in-response-to-missing', feature: 'idp-initiated' },
    fault: {
      code: 'unsolicited-while-waiting',
      sentence: 'The browser has sent a request, and receives a response to no request.',
      rule: 'SAML profiles 4.1.4.3 and 4.1.5; hardening of this catalogue',
      verdict: acceptsUnsolicited ? 'accept' : 'reject',
    },
    async play({ app, open }) {
      const guest = open();
      await guest.signIn({ startAt: login, atIdp: () => Promise.reject(new Error('the user leaves')) });
      return guest.signIn({ startAt: app.portal });
    },
  },
];

const atTimeLimits = ({ login }: Target): Delivery[] => [
  attack({
    phrase: 'a response to an expired request',
    code: 'request-expired',
    rejection: 'request-expired',
    sentence: 'The response arrives ten minutes after the request, to the millisecond.',
    rule: 'a limit of the SP; SAML profiles 4.1.4.3 (InResponseTo must name a request of the SP)',
    async play({ open }) {
      using clock = stopClock();
      return await open().signIn({ startAt: login, atIdp: async () => clock.forward({ minutes: 10 }) });
    },
  }),
  attack({
    phrase: 'conditions that expire at this very millisecond',
    code: 'conditions-end-exactly',
    rejection: 'assertion-expired',
    sentence: 'The conditions of the assertion expired exactly three minutes ago, which is the clock skew allowed.',
    rule: 'SAML core 2.5.1.2 (“on or after”)',
    async play({ app, open }) {
      using _clock = stopClock();
      await app.arrange('an assertion that expires exactly at the clock skew limit' satisfies FaultPhrase);
      return await open().signIn();
    },
  }),
  attack({
    phrase: 'a subject confirmation that expires at this very millisecond',
    code: 'scd-end-exactly',
    rejection: 'confirmation-expired',
    sentence: 'The subject confirmation expired exactly three minutes ago, which is the clock skew allowed.',
    rule: 'SAML profiles 4.1.4.3; SAML core 2.4.1.2 (“on or after”)',
    async play({ app, open }) {
      using _clock = stopClock();
      await app.arrange('a SubjectConfirmationData that expired 3 minutes ago');
      return await open().signIn();
    },
  }),
];

const inEndedSessions = ({ login }: Target): Delivery[] => [
  attack({
    phrase: 'a session past the SessionNotOnOrAfter of one statement',
    code: 'session-end-passed',
    rejection: 'session-over',
    sentence:
      'Of two AuthnStatements, one limits the session to four hours and one to an hour; ' +
      'more than an hour has passed.',
    rule: 'SAML core 2.7.2 (SessionNotOnOrAfter; every statement of an assertion applies)',
    async play({ app, open }) {
      await app.arrange('two AuthnStatements with different SessionNotOnOrAfter' satisfies FaultPhrase);
      return sessionAfter({ minutes: 61 }, open());
    },
  }),
  attack({
    phrase: 'a session of twelve hours',
    code: 'session-too-long',
    rejection: 'session-over',
    sentence: 'The IdP sets no end to the session; twelve hours have passed.',
    rule: 'a limit of the SP',
    play: ({ open }) => sessionAfter({ minutes: 12 * 60 }, open(), { startAt: login }),
  }),
  attack({
    phrase: 'a session ended by a newer sign-in',
    code: 'session-before',
    rejection: 'session-over',
    sentence: 'An attacker has a copy of the browser’s cookies; the user signs in again in that browser.',
    rule: 'hardening of this catalogue (a new sign-in ends the previous session)',
    async play({ open }) {
      const guest = open();
      await guest.signIn({ startAt: login });
      const thief = await guest.copy();
      return lookAfter(await guest.signIn({ startAt: login }), thief);
    },
  }),
];

const replayed = ({ login, acceptsUnsolicited }: Target): Delivery[] => [
  attack({
    phrase: 'a replay at the end of the clock skew',
    code: 'replay-late',
    rejection: 'replay-detected',
    sentence:
      'The same response arrives again one minute after it has expired, which the clock skew allows, ' +
      'after another user has signed in.',
    rule: 'SAML profiles 4.1.4.5 (for as long as the assertion would be accepted)',
    async play({ app, open }) {
      using clock = stopClock();
      return await open().signIn({
        startAt: acceptsUnsolicited ? app.portal : login,
        thief: posting(open(), {
          after: async () => {
            clock.forward({ minutes: 6 });
            await open().signIn({ startAt: login });
          },
        }),
      });
    },
  }),
  attack({
    phrase: 'a replay of an assertion whose Conditions have no NotOnOrAfter',
    code: 'replay-without-end',
    rejection: 'replay-detected',
    sentence:
      'The same response arrives again after another user has signed in; ' +
      'only its subject confirmation has an expiry time.',
    rule: 'SAML profiles 4.1.4.5 (for as long as the assertion would be valid)',
    async play({ app, open }) {
      await app.arrange('Conditions without NotOnOrAfter' satisfies FaultPhrase);
      return open().signIn({
        startAt: acceptsUnsolicited ? app.portal : login,
        thief: posting(open(), { after: () => open().signIn({ startAt: login }) }),
      });
    },
  }),
];

const inTests = ({ sp }: Target): Delivery[] => [
  {
    phrase: 'a sign-in from a test link',
    row: { rejection: null },
    fault: {
      code: 'test-link',
      sentence: 'A valid sign-in that starts from the link of a connection test.',
      rule: 'the story of a connection test',
      verdict: 'accept',
    },
    play: async ({ open }) => open().signIn({ startAt: await sp.sendTest() }),
  },
  attack({
    phrase: 'a response to a superseded test',
    code: 'test-superseded',
    rejection: 'test-superseded',
    sentence: 'While the tester is at the IdP, a newer test is sent.',
    rule: 'the story of a connection test',
    play: async ({ open }) => open().signIn({ startAt: await sp.sendTest(), atIdp: () => sp.sendTest() }),
  }),
  attack({
    phrase: 'a second response to a test',
    code: 'test-already-answered',
    rejection: 'test-already-answered',
    sentence: 'Two browsers open the same link, and the other one has already signed in.',
    rule: 'the story of a connection test',
    async play({ open }) {
      const link = await sp.sendTest();
      return open().signIn({ startAt: link, atIdp: () => open().signIn({ startAt: link }) });
    },
  }),
  attack({
    phrase: 'a late response to a test',
    code: 'test-answer-late',
    rejection: 'request-expired',
    sentence: 'The tester comes back from the IdP after half an hour.',
    rule: 'the story of a connection test',
    async play({ open }) {
      const link = await sp.sendTest();
      using clock = stopClock();
      return await open().signIn({ startAt: link, atIdp: async () => clock.forward({ minutes: 30 }) });
    },
  }),
];

const attack = ({
  phrase,
  code,
  sentence,
  rule,
  play,
  ...row
}: Pick<Delivery, 'phrase' | 'play'> & Pick<Delivery['fault'], 'code' | 'sentence' | 'rule'> & FaultRow): Delivery => ({
  phrase,
  fault: { code, verdict: 'reject', sentence, rule },
  row,
  play,
});

/** `weakKeyFault` signs with the weak key: it is sent once to learn the key, and again with the key pinned. */
const weakKeyPinned = (
  { sp, login }: Pick<Target, 'sp' | 'login'>,
  weakKeyFault: FaultPhrase,
  description: { phrase: string; code: string; sentence: string },
): Delivery =>
  attack({
    ...description,
    rejection: 'key-too-weak',
    choice: 'key-size',
    rule: 'SAML deployment profile SDP-MD06',
    async play({ app, open }) {
      await app.arrange(weakKeyFault);
      const unpinned = await open().signIn({ startAt: login });
      const oldCertificates = [...sp.certificates, await certificateOfSigner(unpinned.sent ?? '')];
      return withSettings(sp, { oldCertificates }, () => open().signIn({ startAt: login }));
    },
  });

/** Acts while the SP trusts only these keys. Afterwards it trusts the right ones again, even after an error. */
const withPinned = <Result>(
  sp: OwnServiceProvider,
  certificates: string[],
  act: () => Promise<Result>,
): Promise<Result> => withSettings(sp, { certificates }, act);

async function withSettings<Result>(
  sp: OwnServiceProvider,
  settings: Parameters<OwnServiceProvider['set']>[0],
  act: () => Promise<Result>,
): Promise<Result> {
  await sp.set(settings);
  try {
    return await act();
  } finally {
    await sp.set({ certificates: [...sp.certificates] });
  }
}

/** Signs in, moves the clock forward, and looks who is still signed in. */
async function sessionAfter(time: { minutes: number }, guest: Guest, options?: SignInOptions): Promise<Attempt> {
  using clock = stopClock();
  const attempt = await guest.signIn(options);
  clock.forward(time);
  return await lookAfter(attempt, guest);
}

/** The attempt, with `guest`'s current session; broken if the sign-in failed, as then it shows nothing. */
const lookAfter = async (attempt: Attempt, guest: Guest): Promise<Attempt> =>
  attempt.signedIn === undefined
    ? { ...attempt, broken: 'the first sign-in failed' }
    : { ...attempt, signedIn: await guest.look() };

/** A thief who posts the response elsewhere, or only after something else. */
const posting = (thief: Guest, { to, after }: { to?: URL; after?: () => Promise<unknown> }): Guest => ({
  ...thief,
  async deliver(form, from) {
    await after?.();
    return thief.deliver(to === undefined ? form : { ...form, action: to }, from);
  },
});
