/** Sends LogoutRequests to apps as the browser would, and has their LogoutResponses read. */
import type { Answer, AppSignOut, LogoutOutcome } from '../api.ts';
import { type Arrival, RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';
import { deliver } from './deliver.ts';
import { inShort, isAt, logoutResponseAt, messageIn, sourceOf } from './request-from.ts';
import type { Visitor } from './visitor.ts';

/** An app in which the user was signed in. */
export interface StartedSignOut {
  /** Entity ID. */
  app: string;
  sessionIndex: string;
  /** The LogoutRequest. */
  request?: Answer | undefined;
  /** Why there is none. */
  because?: string | undefined;
}

export interface SignOut {
  visitor: Visitor;
  /** The tenant's logout URL. */
  sloUrl: string;
  /** The identity provider's part: reads the LogoutResponse, which is a URL or the fields of a form. */
  take(response: string | Readonly<Record<string, string>>): Promise<LogoutOutcome>;
}

/** One after the other. */
export async function signOutOf(started: readonly StartedSignOut[], signOut: SignOut): Promise<AppSignOut[]> {
  const results: AppSignOut[] = [];
  for (const { app, sessionIndex, request, because } of started) {
    const result: Result =
      request === undefined
        ? { outcome: 'not-confirmed', because, response: undefined }
        : await sendTo(request, signOut);
    results.push({ app, sessionIndex, request, ...result });
  }
  return results;
}

type Result = LogoutOutcome & Pick<AppSignOut, 'response'>;

async function sendTo(request: Answer, { visitor, sloUrl, take }: SignOut): Promise<Result> {
  let response: Response | undefined;
  const unconfirmed = (because: string): Result => ({ outcome: 'not-confirmed', because, response });
  try {
    response = (await deliver(request, visitor, (url) => isAt(url, sloUrl))).at(-1)!;
  } catch (error) {
    const { message } = error as Error;
    return unconfirmed(error instanceof Refused ? message : `${request.action} did not respond: ${message}`);
  }
  let arrival: Arrival | undefined;
  try {
    arrival = await messageIn(response, logoutResponseAt(sloUrl));
  } catch (error) {
    return unconfirmed((error as Error).message);
  }
  try {
    if (arrival !== undefined) return { ...(await take(sourceOf(arrival, sloUrl))), response };
  } catch (error) {
    if (error instanceof RequestRefused) return unconfirmed(error.message);
    throw error;
  }
  const summary = inShort(response.status, await response.clone().text());
  return unconfirmed(`the app returned ${summary}, and no LogoutResponse`);
}
