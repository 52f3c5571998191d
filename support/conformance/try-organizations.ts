/**
 * Attacks of one organization on another at the same service provider: its identity provider signs in a user of the
 * other.
 */
import { BaselineFailed, signInHonestly } from './baseline.ts';
import type { StandConfig } from './config.ts';
import { type Examinee, encryptsAll, type RowHead, rowHead, untried } from './examination.ts';
import type { Attempt, Guest } from './guest.ts';
import type { Judgement } from './judge.ts';
import type { Impersonation, SecondApp } from './stand.ts';
import type { Tried } from './try-fault.ts';

interface OrganizationTry extends Impersonation {
  head: RowHead;
}

const rule = 'SAML profiles 4.1.4.3 (the Issuer is the identity provider that was asked); core 2.2.5';

const attack = (phrase: string, code: string, sentence: string): RowHead =>
  rowHead(phrase, { code, sentence, rule, verdict: 'reject' });

export const organizationTries: readonly OrganizationTry[] = [
  {
    at: 'first',
    head: attack(
      'a user of another organization',
      'organization-user-of-other',
      'The IdP of one organization names a user of another, in a response to its own organization’s request.',
    ),
  },
  {
    at: 'second',
    head: attack(
      'a response of another organization’s IdP',
      'organization-idp-of-other',
      'The request goes to one organization’s IdP, and the IdP of another organization responds.',
    ),
  },
  {
    at: 'second',
    forgesIssuer: true,
    head: attack(
      'a response of another organization’s IdP with the right Issuer',
      'organization-key-of-other',
      'The IdP of another organization responds, under the entity ID of the one that was asked, with its own key.',
    ),
  },
];

/** The service provider with two organizations. `open` takes a browser of a user of one of them. */
export interface Organizations {
  first: Examinee;
  second: SecondApp;
  open: Record<Impersonation['at'], () => Guest>;
  idp: URL;
}

/** Throws BaselineFailed if the user of the second organization cannot sign in. */
export async function signInAtSecond({ app, config }: SecondApp, open: () => Guest): Promise<void> {
  try {
    await signInHonestly({ examinee: { app, config, user: nameOf(config) }, open });
  } catch (error) {
    if (!(error instanceof BaselineFailed)) throw error;
    const { message, attempt } = error;
    throw new BaselineFailed(`in the second organization, ${message}`, attempt, { organization: 'second' });
  }
}

export async function tryOrganization(
  { head, ...impersonation }: OrganizationTry,
  { first, second, open, idp }: Organizations,
): Promise<Tried> {
  const begin = performance.now();
  const { at } = impersonation;
  const { app, config } = at === 'first' ? first : second;
  await first.app.encrypt(encryptsAll(first.config));
  const guest = open[at]();
  const request = config.signIn === app.portal ? undefined : await guest.requestOf(config.signIn);
  if (request === undefined && config.signIn !== app.portal)
    return { row: untried(head, 'the sign-in sent no request to the identity provider'), silent: undefined };
  const attempt = await guest.deliver(await second.impersonate(request, impersonation), idp);
  const shows = showsOrganization(first.config, second.config);
  const signedIn = shows && at === 'first' ? await guest.look(second.config) : attempt.signedIn;
  const judgement = judgeOrganization(
    { ...attempt, signedIn },
    {
      ...impersonation,
      user: nameOf(second.config),
      showsOrganization: shows,
      isShared: first.app.entityId === second.app.entityId,
    },
  );
  return {
    row: {
      ...head,
      ...judgement,
      signedInAs: signedIn?.as ?? null,
      ...(signedIn === undefined && attempt.broken !== undefined ? {} : { isSignedIn: signedIn !== undefined }),
      sent: attempt.sent ?? null,
      reply: attempt.reply ?? null,
      tookMs: performance.now() - begin,
    },
    silent: attempt.cut === undefined ? undefined : await whySilent(open.first),
  };
}

const nameOf = ({ user: { shownAs, nameId } }: Pick<StandConfig, 'user'>): string => shownAs ?? nameId;

/** True if the page shows to which organization the signed-in user belongs. */
const showsOrganization = (one: StandConfig, other: StandConfig): boolean =>
  JSON.stringify(one.signedIn) !== JSON.stringify(other.signedIn);

async function whySilent(open: () => Guest): Promise<string | undefined> {
  const { signedIn, broken = 'the valid sign-in was rejected' } = await open().signIn();
  return signedIn === undefined ? broken : undefined;
}

interface Situation extends Impersonation {
  /** The name of the second organization's user. */
  user: string;
  showsOrganization: boolean;
  /** True if both connections have the same entity ID, so that the Issuer decides to which a response belongs. */
  isShared: boolean;
}

/** A session by the other organization's key is critical, unless it may be an account of that organization itself. */
export function judgeOrganization(
  { signedIn, broken, ledAway }: Pick<Attempt, 'signedIn' | 'broken' | 'ledAway'>,
  { at, forgesIssuer, user, showsOrganization, isShared }: Situation,
): Judgement {
  if (signedIn === undefined)
    return broken === undefined && ledAway === undefined
      ? { result: 'pass', why: 'no user was signed in' }
      : { result: 'not verified', why: `no reply that could be judged: ${broken ?? ledAway}` };
  const as = signedIn.as === null ? 'a user' : `“${signedIn.as}”`;
  const isOwnAccount = !forgesIssuer && !showsOrganization && (at === 'first' || isShared);
  if (isOwnAccount)
    return {
      result: 'policy',
      why:
        `signed in as ${as}, by the IdP of another organization: harmless if accounts are separate per organization. ` +
        'If its page shows the organization, signedIn can tell',
    };
  if (at === 'first' && signedIn.as !== null && signedIn.as !== user)
    return { result: 'pass', why: `signed in as ${as}, who is not the user of the other organization` };
  return {
    result: 'fail',
    severity: 'critical',
    cause: 'lets one organization’s IdP sign in users of another',
    why: `signed in as ${as} by a response of another organization’s IdP`,
  };
}
