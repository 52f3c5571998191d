/** Attacks around a sign-in at our own SP: the clock moves, the profile changes, a test is sent. */
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import type { SettingsInput } from '../../sp/profile.ts';
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import type { StandConfig } from './config.ts';
import type { Delivery } from './delivery.ts';
import type { Attempt, Guest, SignInOptions } from './guest.ts';
import { anotherCertificate, certificateOfSigner } from './pinned-certificate.ts';
import { stopClock } from './stopped-clock.ts';

/** What can be asked of our own service provider besides sign-ins. */
export interface OwnServiceProvider {
  url: string;
  /** The assertion consumer service of an organization that has no profile. */
  acsWithoutProfile: string;
  /** What the identity provider signs with. */
  certificates: readonly string[];
  /** Changes the profile and enforces the new revision. */
  set(settings: SettingsInput & { oldCertificates?: string[] }): Promise<void>;
  /** Changes the profile; the revision before stays enforced. */
  propose(settings: SettingsInput): Promise<void>;
  /** Whether the profile covers the user of all attempts. */
  cover(isCovered: boolean): Promise<void>;
  /** Ada sends a test to the user of all attempts; gives the link in the email. */
  askForTest(): Promise<string>;
}

/** The service provider, and where its sign-ins start. */
interface Start {
  sp: OwnServiceProvider;
  login: string;
  takesUnsolicited: boolean;
}

export function attackDeliveries(
  sp: OwnServiceProvider,
  { signIn, unwanted }: Pick<StandConfig, 'signIn' | 'unwanted'>,
): Delivery[] {
  const start: Start = {
    sp,
    login: new URL('/login', sp.url).href,
    takesUnsolicited: signIn === 'portal' || !unwanted.includes('idp-initiated'),
  };
  return [
    ...withPinnedKeys(start),
    ...withoutProfile(start),
    ...acrossRevisions(start),
    ...unsolicited(start),
    ...atTimeLimits(start),
    ...inEndedSessions(start),
    ...replayed(start),
    ...toTests(start),
  ];
}

const withPinnedKeys = ({ sp, login }: Start): Delivery[] => [
  weakKeyPinned({ sp, login }, 'signatures made with a key of 1024 bits', {
    phrase: 'signatures by a key of 1024 bits that is pinned',
    code: 'rsa-1024-pinned',
    sentence: 'Both signatures are made with a short key that the SP was told to trust.',
  }),
  weakKeyPinned({ sp, login }, 'signatures made with a key on a short curve', {
    phrase: 'signatures by a key on a short curve that is pinned',
    code: 'ecdsa-192-pinned',
    sentence: 'Both signatures are made with a key on the curve P-192 that the SP was told to trust.',
  }),
  {
    phrase: 'signatures by the second of two keys that are pinned',
    row: { rejection: null },
    fault: {
      code: 'certificate-second',
      sentence: 'The SP trusts two keys, and the identity provider signs with the second.',
      rule: 'SAML metadata interoperability profile 2.6.1 (any key may sign)',
      verdict: 'accept',
    },
    play: async ({ open }) =>
      withPinned(sp, [await anotherCertificate(), ...sp.certificates], () => open().signIn({ startAt: login })),
  },
];

const withoutProfile = ({ sp, login }: Start): Delivery[] => [
  attack({
    phrase: 'a message for a profile without a certificate',
    code: 'profile-without-certificate',
    rejection: 'idp-certificate-absent',
    sentence: 'The SP knows no key of the identity provider, and gets a message from it.',
    rule: 'SAML profiles 4.1.4.3 (the signature must be verified)',
    play: ({ app, open }) => withPinned(sp, [], () => open().signIn({ startAt: app.portal })),
  }),
  attack({
    phrase: 'a message for an organization without a profile',
    code: 'organization-without-profile',
    rejection: 'response-unsolicited',
    sentence: 'The message is posted to the SP of an organization that has set up no single sign-on.',
    rule: 'SAML profiles 4.1.4.3',
    play: ({ open }) =>
      open().signIn({ startAt: login, thief: posting(open(), { to: new URL(sp.acsWithoutProfile) }) }),
  }),
];

const acrossRevisions = ({ sp, login }: Start): Delivery[] => [
  attack({
    phrase: 'an answer under settings that changed in the meantime',
    code: 'settings-changed',
    rejection: 'signing-cert-mismatch',
    sentence:
      'The request was made when the SP trusted another key; ' +
      'the right one is pinned while the user is at the identity provider.',
    rule: 'SAML profiles 4.1.4.3 (an answer is held against its request)',
    play: async ({ open }) =>
      withPinned(sp, [await anotherCertificate()], () =>
        open().signIn({ startAt: login, atIdp: () => sp.set({ certificates: [...sp.certificates] }) }),
      ),
  }),
  attack({
    phrase: 'an answer to a request of which the key was replaced',
    code: 'settings-replaced',
    rejection: 'request-superseded',
    sentence: 'The SP trusts the key when it makes the request, and another one when the answer comes.',
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
    phrase: 'an answer about a user who was taken out meanwhile',
    code: 'user-uncovered',
    rejection: 'request-superseded',
    sentence: 'While the user is at the identity provider, the administrator takes the user out of the profile.',
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
    phrase: 'a message that only a proposed revision would take',
    code: 'settings-proposed',
    rejection: 'signing-cert-mismatch',
    sentence: 'The enforced revision trusts another key; a newer one, which nobody has enforced, trusts the right one.',
    rule: 'the story of a connection test (what is not enforced binds nobody)',
    play: async ({ app, open }) =>
      withPinned(sp, [await anotherCertificate()], async () => {
        await sp.propose({ certificates: [...sp.certificates] });
        return open().signIn({ startAt: app.portal });
      }),
  }),
];

const unsolicited = ({ login, takesUnsolicited }: Start): Delivery[] => [
  attack({
    phrase: 'a message that belongs to nobody, with the RelayState of another browser',
    code: 'relaystate-of-another',
    rejection: 'request-id-lost',
    sentence:
      'The message answers no request; its RelayState is that of a request which another browser has made. ' +
      'Whoever posts it for a victim signs the victim in to an account of the attacker.',
    rule: 'SAML bindings 3.5.5.2 (login CSRF); SAML profiles 4.1.5',
    async play({ app, open }) {
      await app.arrange('a response that nobody asked for' satisfies FaultPhrase);
      return open().signIn({ startAt: login, postedBy: open() });
    },
  }),
  {
    phrase: 'a message from the portal where an answer is awaited',
    row: { rejection: takesUnsolicited ? null : 'in-response-to-missing', feature: 'idp-initiated' },
    fault: {
      code: 'unsolicited-while-waiting',
      sentence: 'The browser has sent a request, and what comes answers none.',
      rule: 'SAML profiles 4.1.4.3 and 4.1.5; hardening of this catalogue',
      verdict: takesUnsolicited ? 'accept' : 'reject',
    },
    async play({ app, open }) {
      const guest = open();
      await guest.signIn({ startAt: login, atIdp: () => Promise.reject(new Error('they leave')) });
      return guest.signIn({ startAt: app.portal });
    },
  },
];

const atTimeLimits = ({ login }: Start): Delivery[] => [
  attack({
    phrase: 'an answer to a request that has expired',
    code: 'request-expired',
    rejection: 'request-expired',
    sentence: 'The answer comes ten minutes after the request, to the millisecond.',
    rule: 'a limit of the SP; SAML profiles 4.1.4.3 (InResponseTo names a request of its own)',
    async play({ open }) {
      using clock = stopClock();
      return await open().signIn({ startAt: login, atIdp: async () => clock.forward({ minutes: 10 }) });
    },
  }),
  attack({
    phrase: 'conditions that end at this very millisecond',
    code: 'conditions-end-exactly',
    rejection: 'assertion-expired',
    sentence: 'The conditions of the assertion ended exactly three minutes ago, which is all that clocks may differ.',
    rule: 'SAML core 2.5.1.2 (“on or after”)',
    async play({ app, open }) {
      using _clock = stopClock();
      await app.arrange('an assertion that expires at the very end of the skew' satisfies FaultPhrase);
      return await open().signIn();
    },
  }),
  attack({
    phrase: 'a subject confirmation that ends at this very millisecond',
    code: 'scd-end-exactly',
    rejection: 'confirmation-expired',
    sentence: 'The subject confirmation ended exactly three minutes ago, which is all that clocks may differ.',
    rule: 'SAML profiles 4.1.4.3; SAML core 2.4.1.2 (“on or after”)',
    async play({ app, open }) {
      using _clock = stopClock();
      await app.arrange('a subject confirmation that ended 3 minutes ago');
      return await open().signIn();
    },
  }),
];

const inEndedSessions = ({ login }: Start): Delivery[] => [
  attack({
    phrase: 'a session whose first statement is over',
    code: 'session-end-passed',
    rejection: 'session-over',
    sentence:
      'Of two AuthnStatements, one lets the session last four hours and one an hour; ' +
      'more than an hour has passed since.',
    rule: 'SAML core 2.7.2 (SessionNotOnOrAfter; every statement of an assertion holds)',
    async play({ app, open }) {
      await app.arrange('two authentication statements of which the second ends sooner' satisfies FaultPhrase);
      return sessionAfter({ minutes: 61 }, open());
    },
  }),
  attack({
    phrase: 'a session of twelve hours',
    code: 'session-too-long',
    rejection: 'session-over',
    sentence: 'The identity provider sets the session no end; twelve hours have passed since.',
    rule: 'a limit of the SP',
    play: ({ open }) => sessionAfter({ minutes: 12 * 60 }, open(), { startAt: login }),
  }),
  attack({
    phrase: 'a session that a newer sign-in has ended',
    code: 'session-before',
    rejection: 'session-over',
    sentence: 'Somebody holds a copy of the browser’s cookies; the user signs in anew in that browser.',
    rule: 'hardening of this catalogue (the session before ends)',
    async play({ open }) {
      const guest = open();
      await guest.signIn({ startAt: login });
      const thief = await guest.copy();
      return lookAfter(await guest.signIn({ startAt: login }), thief);
    },
  }),
];

const replayed = ({ login, takesUnsolicited }: Start): Delivery[] => [
  attack({
    phrase: 'a replay at the very end of the time',
    code: 'replay-late',
    rejection: 'replay-detected',
    sentence:
      'The same message comes a second time a minute after it has ended, which clocks that differ would allow, ' +
      'after somebody else has signed in.',
    rule: 'SAML profiles 4.1.4.5 (for as long as the assertion would be accepted)',
    async play({ app, open }) {
      using clock = stopClock();
      return await open().signIn({
        startAt: takesUnsolicited ? app.portal : login,
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
    phrase: 'a replay of an assertion whose conditions have no end',
    code: 'replay-without-end',
    rejection: 'replay-detected',
    sentence:
      'The same message comes a second time, after somebody else has signed in; ' +
      'only its subject confirmation says how long it is good.',
    rule: 'SAML profiles 4.1.4.5 (for as long as the assertion would be valid)',
    async play({ app, open }) {
      await app.arrange('conditions without an end' satisfies FaultPhrase);
      return open().signIn({
        startAt: takesUnsolicited ? app.portal : login,
        thief: posting(open(), { after: () => open().signIn({ startAt: login }) }),
      });
    },
  }),
];

const toTests = ({ sp }: Start): Delivery[] => [
  {
    phrase: 'a sign-in by a test link',
    row: { rejection: null },
    fault: {
      code: 'test-link',
      sentence: 'An honest sign-in that begins at the link of a connection test.',
      rule: 'the story of a connection test',
      verdict: 'accept',
    },
    play: async ({ open }) => open().signIn({ startAt: await sp.askForTest() }),
  },
  attack({
    phrase: 'an answer to a test that a newer one has superseded',
    code: 'test-superseded',
    rejection: 'test-superseded',
    sentence: 'While the tester is at the identity provider, a newer test is asked for.',
    rule: 'the story of a connection test',
    play: async ({ open }) => open().signIn({ startAt: await sp.askForTest(), atIdp: () => sp.askForTest() }),
  }),
  attack({
    phrase: 'an answer to a test that was answered before',
    code: 'test-already-answered',
    rejection: 'test-already-answered',
    sentence: 'Two browsers open the same link, and the other one has signed in already.',
    rule: 'the story of a connection test',
    async play({ open }) {
      const link = await sp.askForTest();
      return open().signIn({ startAt: link, atIdp: () => open().signIn({ startAt: link }) });
    },
  }),
  attack({
    phrase: 'an answer to a test that comes too late',
    code: 'test-answer-late',
    rejection: 'request-expired',
    sentence: 'The tester comes back from the identity provider after half an hour.',
    rule: 'the story of a connection test',
    async play({ open }) {
      const link = await sp.askForTest();
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

/** `message` is the fault that signs with the weak key: first sent to learn the key, then again with the key pinned. */
const weakKeyPinned = (
  { sp, login }: Pick<Start, 'sp' | 'login'>,
  message: FaultPhrase,
  about: { phrase: string; code: string; sentence: string },
): Delivery =>
  attack({
    ...about,
    rejection: 'key-too-weak',
    choice: 'key-size',
    rule: 'SAML deployment profile SDP-MD06',
    async play({ app, open }) {
      await app.arrange(message);
      const unpinned = await open().signIn({ startAt: login });
      const oldCertificates = [...sp.certificates, await certificateOfSigner(unpinned.sent ?? '')];
      return withSettings(sp, { oldCertificates }, () => open().signIn({ startAt: login }));
    },
  });

/** Acts while the SP trusts these keys only; afterwards it trusts the right ones again, even after an error. */
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

/** Signs in, sets the clock forward, and looks who is still signed in. */
async function sessionAfter(time: { minutes: number }, guest: Guest, options?: SignInOptions): Promise<Attempt> {
  using clock = stopClock();
  const attempt = await guest.signIn(options);
  clock.forward(time);
  return await lookAfter(attempt, guest);
}

/** The attempt, with the session that `guest` has now; broken where the sign-in failed, since that proves nothing. */
const lookAfter = async (attempt: Attempt, guest: Guest): Promise<Attempt> =>
  attempt.signedIn === undefined
    ? { ...attempt, broken: 'nobody was signed in to begin with' }
    : { ...attempt, signedIn: await guest.look() };

/** A thief who posts the message elsewhere, or only after something else. */
const posting = (thief: Guest, { to, after }: { to?: URL; after?: () => Promise<unknown> }): Guest => ({
  ...thief,
  async deliver(form, from) {
    await after?.();
    return thief.deliver(to === undefined ? form : { ...form, action: to }, from);
  },
});
