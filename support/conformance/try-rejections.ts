/**
 * Sign-ins that a product rejects: the status that it sends to the app, or a page of its own, after which nothing
 * reaches the app. The service provider must sign no user in, reply with a page, and then accept a valid sign-in.
 * A product that is not set up yet sends a response that the service provider must reject.
 */
import type { Persona, Plan, Rejection } from '../../mock-idp/personas/persona.ts';
import type { PlanChange } from '../../mock-idp/personas/plan.ts';
import { BaselineFailed } from './baseline.ts';
import { type Examinee, encryptsAll } from './examination.ts';
import type { ValidSignIn, WithGuests } from './examine.ts';
import type { Attempt } from './guest.ts';
import type { App, PlayedPersona } from './stand.ts';

/** As without a persona. */
const neutral: Rejection = { status: { code: 'Responder', second: 'AuthnFailed', message: 'User cancelled' } };

/** The stand plays each cause with a user who is not assigned. */
const playedAs = (rejection: Rejection): Plan['rejections'] => ({ 'not-assigned': rejection });

export const anyPage = playedAs({ page: { heading: 'Not assigned' } });

/** A status that the product is known to send, or ours; none if it is known for a page alone. */
export function rejectionsOf({ facts }: Pick<Persona, 'facts'>): {
  page?: Plan['rejections'];
  status?: Plan['rejections'];
} {
  const { 'not-assigned': unassigned, ...others } = facts.rejections?.value ?? {};
  const { cancelled, ...rest } = others;
  const known = [unassigned, cancelled, ...Object.values(rest)];
  const status = known.find((one) => one !== undefined && 'status' in one);
  const page = unassigned !== undefined && 'page' in unassigned ? unassigned : undefined;
  const sent = status ?? (page === undefined ? neutral : undefined);
  return { ...(page && { page: playedAs(page) }), ...(sent && { status: playedAs(sent) }) };
}

export interface Tripped {
  why: string;
  /** In the words of the service provider's page. */
  reply: string;
}

export interface RejectionOptions {
  app: App;
  validSignIn: ValidSignIn;
  withGuests: WithGuests;
  /** As which the next valid sign-in is. */
  usual: PlanChange;
}

/** Plays one rejection and, in the same browser, a valid sign-in. Undefined if the service provider does not trip. */
export function playRejection(
  { set, ...persona }: PlayedPersona,
  { app, validSignIn, withGuests, usual }: RejectionOptions,
): Promise<Tripped | undefined> {
  return withGuests(async (open) => {
    const guest = open();
    await app.play({ ...persona, set: { ...set, rejections: set.rejections ?? playedAs(neutral) } });
    await app.assign([]);
    const rejected = await guest.signIn().finally(() => app.assign('everyone'));
    const why = rejected.sent === undefined ? undefined : problemOf(rejected);
    if (why !== undefined) return { why, reply: shortened(rejected) };
    await app.play({ set: usual });
    const next = await trippedBy(validSignIn({ guest }));
    return next && { ...next, why: `after it, ${next.why}` };
  });
}

/** Outcome of a response of a product that is not set up yet. */
export interface UntilSetUp {
  isAccepted: boolean;
  /** In the words of the service provider's page. */
  reply: string;
}

export function playUntilSetUp(
  persona: PlayedPersona,
  { app, config, withGuests }: Pick<Examinee, 'app' | 'config'> & { withGuests: WithGuests },
): Promise<UntilSetUp> {
  return withGuests(async (open) => {
    await app.play(persona);
    await app.encrypt(encryptsAll(config));
    const attempt = await open().signIn();
    return { isAccepted: attempt.signedIn !== undefined, reply: shortened(attempt) };
  });
}

/** Why a valid sign-in fails; undefined if it works. */
export const trippedBy = (signIn: Promise<unknown>): Promise<Tripped | undefined> =>
  signIn.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof BaselineFailed)) throw error;
      return { why: error.message, reply: shortened(error.attempt) };
    },
  );

/** The service provider's page in a line. */
const shortened = ({ reply }: Pick<Attempt, 'reply'>): string =>
  (reply?.text ?? '').replace(/\s+/g, ' ').trim().slice(0, 200);

function problemOf({ signedIn, cut, broken, reply }: Attempt): string | undefined {
  if (signedIn !== undefined) return 'it signs a user in';
  if (cut !== undefined || broken !== undefined) return cut ?? broken;
  return reply !== undefined && reply.status >= 500 ? `it replies with status ${reply.status}` : undefined;
}
