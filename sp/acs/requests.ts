/** Finds the AuthnRequests to which a response may belong. */
import { type AuthnRequestRecord, findRequest, findRequestByRelayState, pendingRequestOf } from '../authn-request.ts';
import type { Organization } from '../organization.ts';
import type { Store } from '../store.ts';

export interface Requests {
  /** The request named by InResponseTo or, without it, by RelayState. Another browser may have sent it. */
  namedByResponse: AuthnRequestRecord | undefined;
  /** The named request, if this browser sent it. Only this one is used up, and only its test gets a verdict. */
  matched: AuthnRequestRecord | undefined;
  /** This browser's newest request without a response. */
  pendingInBrowser: AuthnRequestRecord | undefined;
  /**
   * The request whose settings and ID the response is judged against. It may be the wrong one, which then becomes a
   * finding. Undefined for an unsolicited response, if the profile allows it.
   */
  judgedAgainst: AuthnRequestRecord | undefined;
}

export function findRequests(
  store: Store,
  organization: Organization,
  {
    browser,
    inResponseTo,
    relayState,
    mayBeUnsolicited,
  }: {
    browser: string | undefined;
    inResponseTo: string | undefined;
    relayState: string | undefined;
    mayBeUnsolicited: boolean;
  },
): Requests {
  const namedByResponse =
    findRequest(store, organization.slug, inResponseTo) ??
    findRequestByRelayState(store, organization.slug, relayState);
  const matched = namedByResponse?.browser === browser ? namedByResponse : undefined;
  const pendingInBrowser = pendingRequestOf(store, organization, browser);
  // An unfinished sign-in is unrelated to an IdP-initiated one.
  const waiting = mayBeUnsolicited && inResponseTo === undefined ? undefined : pendingInBrowser;
  const judgedAgainst = matched ?? waiting ?? namedByResponse;
  return { namedByResponse, matched, pendingInBrowser, judgedAgainst };
}
