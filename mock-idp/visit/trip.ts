/** A whole sign-in or logout from a URL of the application, without a browser. */
import type { Answer, Trip } from '../api.ts';
import { Refused } from '../tenants/read-input.ts';
import { deliver } from './deliver.ts';
import { type Expected, inShort, isAt, messageIn } from './request-from.ts';
import { redirectOf, type Visitor } from './visitor.ts';

export interface Journey {
  visitor: Visitor;
  expected: Expected;
  /** The identity provider's part. */
  respond(request: Response): Promise<Answer>;
}

/** Throws Refused if the URL does not lead to the identity provider. */
export async function travel(startUrl: string | URL, { visitor, expected, respond }: Journey): Promise<Trip> {
  if (!/^https?:$/.test(URL.parse(String(startUrl))?.protocol ?? ''))
    throw new Refused(400, `your application's URL must be a whole http or https URL, not “${startUrl}”`);
  const last = await visitor.follow(await visitor.visit(startUrl), (url) => isAt(url, expected.url));
  if (redirectOf(last) === undefined && (await messageIn(last, expected)) === undefined)
    throw new Refused(
      400,
      `${startUrl} does not lead to this tenant's ${expected.name} ${expected.url}: ` +
        `${last.url} returned ${inShort(last.status, await last.clone().text())}`,
    );
  const answer = await respond(last);
  const responses = await deliver(answer, visitor);
  return { answer, response: responses.at(-1)!, responses, cookies: visitor.cookies };
}
