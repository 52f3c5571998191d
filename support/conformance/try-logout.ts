/** Tries one logout message: a user signs in, the message is sent, and who is still signed in decides. */
import { setTimeout } from 'node:timers/promises';
import type { Form } from '../stack/visit.ts';
import { signsOutByRecipe } from './by-recipe.ts';
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
  /** Why a LogoutResponse shows nothing; undefined if it ends the session. */
  whyNoResponse: string | undefined;
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
    return { whyNoRequest: why, whyNotElsewhere: why, whyNoResponse: why };
  }
  const whyNoResponse = whyStillOpen(await respond(options, []), `a valid LogoutResponse ${endsNone}`);
  const whyNoRequest = whyStillOpen(await send(options, {}), `a valid LogoutRequest ${endsNone}`);
  if (whyNoRequest !== undefined) return { whyNoRequest, whyNotElsewhere: whyNoRequest, whyNoResponse };
  const elsewhere = await send(options, { arranged: [withoutIndex], sentElsewhere: true });
  return {
    whyNoRequest,
    whyNotElsewhere: whyStillOpen(elsewhere, `a valid LogoutRequest from another browser ${endsNone}`),
    whyNoResponse,
  };
}

const endsNone = 'does not end the session';

const whyStillOpen = ({ before, after }: Sent, open: string): string | undefined => {
  if (before !== undefined) return before;
  return after === 'out' ? undefined : open;
};

export async function tryLogout(options: LogoutOptions & { tried: LogoutTry; ability: LogoutAbility }): Promise<Tried> {
  const { tried, ability, open, examinee } = options;
  const head = rowHead(tried.phrase, tried.fault);
  const why = whyInapplicable(tried, ability, examinee);
  const inapplicable = (reason: string): Tried => ({
    row: { ...untried(head, reason), isLogout: true, isInapplicable: true },
    silent: undefined,
  });
  if (why !== undefined && !mayEndByOther(tried, why)) return inapplicable(why);
  const begin = performance.now();
  if (tried.fault.code === 'logout-request-replayed') await send(options, { arranged: [withoutIndex] });
  const sent = await (tried.message === 'LogoutResponse' ? respond(options, tried.arranged) : send(options, tried));
  const silent = sent.attempt.cut === undefined ? undefined : await whySilent(open);
  const { sent: message, reply } = sent.attempt;
  const judgement = judgeLogout(tried, sent, silent);
  if (why !== undefined && judgement.result !== 'fail') return inapplicable(why);
  const row: Row = {
    ...head,
    ...judgement,
    isLogout: true,
    signedInAs: sent.shown ?? null,
    ...(sent.after === undefined ? {} : { isSignedIn: sent.after === 'in' }),
    sent: message ?? null,
    reply: reply ?? null,
    tookMs: performance.now() - begin,
  };
  return { row, silent };
}

/** A valid LogoutRequest that ends no session is a finding, so it is tried all the same. */
function whyInapplicable(
  { message, sentElsewhere, arranged }: LogoutTry,
  { whyNoRequest, whyNotElsewhere, whyNoResponse }: LogoutAbility,
  { app }: Examinee,
): string | undefined {
  if (message === 'LogoutResponse') return whyNoResponse;
  if (arranged.length === 0 && app.logsOut) return undefined;
  return sentElsewhere ? whyNotElsewhere : whyNoRequest;
}

/** A service provider that rejects valid messages may accept others. */
const mayEndByOther = ({ fault: { verdict } }: LogoutTry, why: string): boolean =>
  verdict === 'reject' && why.endsWith(endsNone);

interface Sent {
  /** Why no message was sent. */
  before?: string;
  attempt: Attempt;
  /** If the user is still signed in afterwards; undefined if that could not be seen. */
  after: 'in' | 'out' | undefined;
  /** The name that is shown afterwards. */
  shown?: string | null;
}

const unsent = (before: string): Sent => ({ before, attempt: nothing, after: undefined });

/** A browser in which the user is signed in, or why there is none. */
async function signedIn({ examinee: { app, config }, open }: LogoutOptions): Promise<Guest | string> {
  await app.encrypt(encryptsAll(config));
  await app.arrange();
  const guest = open();
  if ((await guest.signIn()).signedIn === undefined) return 'the valid sign-in before it was rejected';
  if ((await lookAgain(guest)) !== undefined) return guest;
  return 'the page that shows who is signed in is not known: the configuration needs signedIn.page';
}

/** Signs in, and sends the LogoutRequest of that session. */
async function send(
  options: LogoutOptions,
  { arranged = [], sentElsewhere }: Partial<Pick<LogoutTry, 'arranged' | 'sentElsewhere'>>,
): Promise<Sent> {
  const { app } = options.examinee;
  const guest = await signedIn(options);
  if (typeof guest === 'string') return unsent(guest);
  const form = await made(options, arranged, () => app.signOut());
  if (form === undefined) return unsent('the identity provider has no session to end');
  return typeof form === 'string'
    ? unsent(form)
    : delivered(form, { ...options, guest, by: sentElsewhere ? options.open() : guest });
}

/** Signs in and out at the service provider, and sends the LogoutResponse. */
async function respond(options: LogoutOptions, arranged: LogoutTry['arranged']): Promise<Sent> {
  const { app, config } = options.examinee;
  if (!signsOutByRecipe(config)) return unsent('the recipe does not say how to sign out: signOut');
  const guest = await signedIn(options);
  if (typeof guest === 'string') return unsent(guest);
  const request = await guest.signOut().catch((error: unknown) => new Error(reason(error)));
  if (request instanceof Error) return unsent(`the user could not sign out: ${request.message}`);
  if (request === undefined) return unsent('signing out sends no LogoutRequest to the identity provider');
  if ((await lookAgain(guest)) === undefined) return unsent('the session ends before the LogoutResponse arrives');
  const form = await made(options, arranged, () => app.respondToLogout(request)).catch(
    ({ message }: Error) => `the identity provider rejects the LogoutRequest: ${message}`,
  );
  return typeof form === 'string' ? unsent(form) : delivered(form, { ...options, guest, by: guest });
}

/** The message with these faults, or why there is none. */
async function made<Made extends Form | undefined>(
  { examinee: { app } }: LogoutOptions,
  arranged: LogoutTry['arranged'],
  make: () => Promise<Made>,
): Promise<Made | string> {
  await app.arrange(...arranged);
  const form = await make();
  const struck = arranged.length === 0 || (await app.struck());
  await app.arrange();
  return struck ? form : 'the fault does not apply to the message for this service provider';
}

async function delivered(
  form: Form,
  { guest, by, idp, open }: Pick<LogoutOptions, 'idp' | 'open'> & { guest: Guest; by: Guest },
): Promise<Sent> {
  const field = form.fields.find(({ name }) => name.startsWith('SAML'))?.value;
  const attempt = await by.deliver(form, idp);
  const shown = await guest.look().then(
    (one) => ({ after: one === undefined ? ('out' as const) : ('in' as const), shown: one?.as ?? null }),
    (error: unknown) => ({ after: undefined, broken: reason(error) }),
  );
  if (shown.after === 'out') await waitForSessions(open);
  return { attempt: { ...attempt, sent: field, posted: true }, ...shown };
}

/**
 * Where logouts and sessions are dated to the second, sessions of the second of a logout count as ended. There is no
 * event for the next second.
 */
async function waitForSessions(open: () => Guest): Promise<void> {
  const { signedIn, broken } = await open().signIn();
  if (signedIn === undefined && broken === undefined) await setTimeout(1_000);
}

const lookAgain = (guest: Guest): ReturnType<Guest['look']> => guest.look().catch(() => undefined);

/** Why a valid sign-in no longer works in a new browser; undefined if it does. */
async function whySilent(open: () => Guest): Promise<string | undefined> {
  const { signedIn, broken = 'the valid sign-in was rejected' } = await open().signIn();
  return signedIn === undefined ? broken : undefined;
}

/** By who is still signed in: a message that must be rejected ends no session, a valid one does. */
export function judgeLogout(
  { fault: { verdict, sentence }, severity, cause }: LogoutTry,
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
      : { result: 'fail', cause: 'does not end sessions', why: `the user is still signed in, although: ${sentence}` };
  if (after === 'in') return { result: 'pass', why: 'the user is still signed in' };
  return { result: 'fail', severity, cause, why: `the session ended, although: ${sentence}` };
}
