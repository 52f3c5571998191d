/** A whole sign-in from the application's login URL, without a browser. */
import type { Answer, SignInOptions, Trip } from '../api.ts';
import { Refused } from '../tenants/read-input.ts';
import { deliver } from './deliver.ts';
import { formsIn } from './forms.ts';
import { inShort } from './request-from.ts';
import { redirectOf, type Visitor } from './visitor.ts';

export interface SignInAt {
  visitor: Visitor;
  /** The tenant's sign-in URL. */
  ssoUrl: string;
  signIn(options: SignInOptions): Promise<Answer>;
}

/** Throws Refused if the login URL does not lead to the identity provider. */
export async function signInAt(loginUrl: string | URL, { visitor, ssoUrl, signIn }: SignInAt): Promise<Trip> {
  const isHere = ({ origin, pathname }: URL): boolean => `${origin}${pathname}` === ssoUrl;
  const last = await visitor.follow(await visitor.visit(loginUrl), isHere);
  if (redirectOf(last) === undefined) {
    const page = await last.clone().text();
    if (!formsIn(page, last.url).some(({ action }) => isHere(new URL(action))))
      throw new Refused(
        400,
        `${loginUrl} does not lead to this tenant's sign-in URL ${ssoUrl}: ` +
          `${last.url} returned ${inShort(last.status, page)}`,
      );
  }
  const answer = await signIn({ request: last });
  const responses = await deliver(answer, visitor);
  return { answer, response: responses.at(-1)!, responses, cookies: visitor.cookies };
}
