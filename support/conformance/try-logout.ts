/** Tries one logout message: a user signs in, the message is sent, and who is still signed in decides. */
import { type Examinee, encryptsAll, type Row, rowHead, untried } from './examination.ts';
import { type Attempt, type Guest, nothing, reason } from './guest.ts';
import type { Judgement } from './judge.ts';
import { type LogoutTry, withoutIndex } from './logout-faults.ts';
import type { Tried } from './try-fault.ts';

/** How sessions end at this service provider, as far as valid messages show it. */
export interface LogoutAbility {
  /** Why a valid LogoutRequest shows nothing; undefined if it ends the session. */
  whyNoRequest: string | undefined;
  /** The same for one that another browser sends and that names no session. */
  whyNotElsewhere: string | undefined;
}

export interface LogoutOptions {
  examinee: Examinee;
  /** Opens another browser. */
  open: () => Guest;
  /** A page of the identity provider, from which messages are sent. */
  idp: URL;
}

/** Tries valid messages. */
export async function findLogoutAbility(options: LogoutOptions): Promise<LogoutAbility> {
  if (!options.examinee.app.logsOut) {
    const why = 'the service provider publishes no logout URL';
    return { whyNoRequest: why, whyNotElsewhere: why };
  }
  const whyNoRequest = whyStillOpen(await send(options, {}), 'a valid LogoutRequest does not end the session');
  if (whyNoRequest !== undefined) return { whyNoRequest, whyNotElsewhere: whyNoRequest };
  const elsewhere = await send(options, { arranged: [withoutIndex], sentElsewhere: true });
  return {
    whyNoRequest,
    whyNotElsewhere: whyStillOpen(elsewhere, 'a valid LogoutRequest from another browser does not end the session'),
  };
}

const whyStillOpen = ({ before, after }: Sent, open: string): string | undefined => {
  if (before !== undefined) return before;
  return after === 'out' ? undefined : open;
};

export async function tryLogout(options: LogoutOptions & { tried: LogoutTry; ability: LogoutAbility }): Promise<Tried> {
  const { tried, ability, open } = options;
  const head = rowHead(tried.phrase, tried.fault);
  const isValid = tried.arranged.length === 0;
  const why = tried.sentElsewhere ? ability.whyNotElsewhere : ability.whyNoRequest;
  if (why !== undefined && !(isValid && options.examinee.app.logsOut))
    return { row: { ...untried(head, why), isInapplicable: true }, silent: undefined };
  const begin = performance.now();
  if (tried.fault.code === 'logout-request-replayed') await send(options, { arranged: [withoutIndex] });
  const sent = await send(options, tried);
  const silent = sent.attempt.cut === undefined ? undefined : await whySilent(open);
  const { sent: message, reply } = sent.attempt;
  const judgement = judgeLogout(tried, sent, silent);
  const row: Row = {
    ...head,
    ...judgement,
    signedInAs: sent.shown ?? null,
    sent: message ?? null,
    reply: reply ?? null,
    tookMs: performance.now() - begin,
  };
  return { row, silent };
}

interface Sent {
  /** Why no message was sent. */
  before?: string;
  attempt: Attempt;
  /** If the user is still signed in afterwards; undefined if that could not be seen. */
  after: 'in' | 'out' | undefined;
  /** The name that is shown afterwards. */
  shown?: string | null;
}

/** Signs in, and sends the LogoutRequest of that session. */
async function send(
  { examinee, open, idp }: LogoutOptions,
  { arranged = [], sentElsewhere }: Partial<Pick<LogoutTry, 'arranged' | 'sentElsewhere'>>,
): Promise<Sent> {
  const { app, config } = examinee;
  await app.encrypt(encryptsAll(config));
  await app.arrange();
  const guest = open();
  const unsent = (before: string): Sent => ({ before, attempt: nothing, after: undefined });
  if ((await guest.signIn()).signedIn === undefined) return unsent('the valid sign-in before it was rejected');
  if ((await lookAgain(guest)) === undefined)
    return unsent('the page that shows who is signed in is not known: the configuration needs signedIn.page');
  await app.arrange(...arranged);
  const form = await app.signOut();
  const struck = arranged.length === 0 || (await app.struck());
  await app.arrange();
  if (form === undefined) return unsent('the identity provider has no session to end');
  if (!struck) return unsent('the fault does not apply to the message for this service provider');
  const field = form.fields.find(({ name }) => name.startsWith('SAML'))?.value;
  const attempt = await (sentElsewhere ? open() : guest).deliver(form, idp);
  const signedIn = await guest.look().then(
    (one) => ({ after: one === undefined ? ('out' as const) : ('in' as const), shown: one?.as ?? null }),
    (error: unknown) => ({ after: undefined, broken: reason(error) }),
  );
  return { attempt: { ...attempt, sent: field, posted: true }, ...signedIn };
}

const lookAgain = (guest: Guest): ReturnType<Guest['look']> => guest.look().catch(() => undefined);

/** Why a valid sign-in no longer works in a new browser; undefined if it does. */
async function whySilent(open: () => Guest): Promise<string | undefined> {
  const { signedIn, broken = 'the valid sign-in was rejected' } = await open().signIn();
  return signedIn === undefined ? broken : undefined;
}

/** By who is still signed in: a message that must be rejected ends no session, a valid one does. */
export function judgeLogout(
  { fault: { verdict, rule }, severity, cause, sentElsewhere }: LogoutTry,
  { before, after, attempt }: Sent,
  silent: string | undefined,
): Judgement {
  if (before !== undefined) return { result: 'not verified', why: before };
  if (silent !== undefined)
    return {
      result: 'fail',
      severity: 'high',
      cause: 'goes out of service',
      why: `the message put the service provider out of service: ${silent}`,
    };
  if (after === undefined)
    return { result: 'not verified', why: `no page shows who is signed in: ${attempt.broken ?? attempt.cut}` };
  if (verdict === 'accept')
    return after === 'out'
      ? { result: 'pass', why: 'the session ended' }
      : { result: 'fail', cause: 'does not end sessions', why: `the user is still signed in: ${rule}` };
  if (after === 'in') return { result: 'pass', why: 'the user is still signed in' };
  const from = sentElsewhere ? ', although another browser sent the message' : '';
  return { result: 'fail', severity, cause, why: `the session ended${from}: ${rule}` };
}
