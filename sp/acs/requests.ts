/** The AuthnRequests that a response may belong to. It finds them and judges nothing. */
import { type AuthnRequestRecord, findRequest, findRequestByRelayState, pendingRequestOf } from '../authn-request.ts';
import type { Organization } from '../organization.ts';
import type { Store } from '../store.ts';

export interface Requests {
  /** Named by the response: by InResponseTo or, failing that, by RelayState. Another browser may have sent it. */
  namedByResponse: AuthnRequestRecord | undefined;
  /** The named one, if this browser sent it. Only this one is used up, and only its test gets a verdict. */
  matched: AuthnRequestRecord | undefined;
  /** The newest one of this browser that is still unanswered. */
  pendingInBrowser: AuthnRequestRecord | undefined;
  /**
   * The one whose settings and ID the response is judged against; the findings say if it is the wrong one. A response
   * that answers none has none, where the profile allows that.
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
  // A sign-in that was left unfinished says nothing about one that began at the identity provider.
  const waiting = mayBeUnsolicited && inResponseTo === undefined ? undefined : pendingInBrowser;
  const judgedAgainst = matched ?? waiting ?? namedByResponse;
  return { namedByResponse, matched, pendingInBrowser, judgedAgainst };
}
