/** Gathers what a response is judged against: the settings of a revision, the request, and the accounts. */
import { domainOf, isSameAddress, normalizeAddress } from '../address.ts';
import type { AuthnRequestRecord } from '../authn-request.ts';
import { now } from '../clock.ts';
import { coverageOf } from '../enforcement.ts';
import { domainsOf, findUser, type Organization } from '../organization.ts';
import { type ProfileSettings, profilesOf, settingsOf } from '../profile.ts';
import { wasAssertionUsed } from '../response-log.ts';
import type { Account, Expectation, PendingRequest } from '../saml/judgement.ts';
import type { Hints } from '../saml/peek.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { storedKey } from '../signing-key.ts';
import type { Store } from '../store.ts';

/** One revision of an SSO profile. */
export interface ProfileRevision {
  profile: number;
  revision: number;
  settings: ProfileSettings;
}

/** The revision of the request; without one, an enforced revision, preferably that of the response's issuer. */
export function findRevision(
  store: Store,
  organization: Organization,
  { request, hints }: { request: AuthnRequestRecord | undefined; hints: Hints },
): ProfileRevision | undefined {
  if (request) return revisionOf(store, request.profile, request.revision);
  const [profile] = profilesOf(store, organization.slug);
  return (
    enforcedBy(store, organization, hints) ??
    enforcedRevisions(store, organization)[0] ??
    (profile && revisionOf(store, profile.id, profile.revision))
  );
}

/**
 * The enforced revision with this issuer; if there are several, the one that covers the named user. The account is
 * checked later, no matter which user the unverified response names.
 */
function enforcedBy(store: Store, organization: Organization, { issuer, nameId }: Hints): ProfileRevision | undefined {
  const [first, ...others] = enforcedRevisions(store, organization).filter(
    ({ settings }) => settings.idpEntityId === issuer,
  );
  const user = others.length > 0 && nameId !== undefined ? findUser(store, nameId) : undefined;
  return others.find(({ profile }) => profile === user?.profile) ?? first;
}

/** The enforced revisions. Newer revisions do not count. */
const enforcedRevisions = (store: Store, organization: Organization): ProfileRevision[] =>
  profilesOf(store, organization.slug).flatMap(({ id, enforcedRevision }) =>
    enforcedRevision === undefined ? [] : [revisionOf(store, id, enforcedRevision)],
  );

/** True if this IdP may send unsolicited responses. Only an enforced profile can allow that. */
export const allowsUnsolicited = (store: Store, organization: Organization, hints: Hints): boolean =>
  enforcedBy(store, organization, hints)?.settings.policies.allowIdpInitiated === true;

/** The revision enforced since the request was sent; undefined for a test, or if it has not changed. */
export function newerRevision(store: Store, request: AuthnRequestRecord | undefined): ProfileRevision | undefined {
  const user = request && findUser(store, request.address);
  const coverage = user && coverageOf(store, user);
  if (request === undefined || request.test !== undefined || coverage?.profile !== request.profile) return undefined;
  return coverage.revision === request.revision ? undefined : revisionOf(store, coverage.profile, coverage.revision);
}

const revisionOf = (store: Store, profile: number, revision: number): ProfileRevision => ({
  profile,
  revision,
  settings: settingsOf(store, profile, revision),
});

export function expectationFor(
  sp: ServiceProvider,
  organization: Organization,
  {
    profileRevision: { profile, settings },
    request,
    relayState,
  }: { profileRevision: ProfileRevision; request: AuthnRequestRecord | undefined; relayState: string | undefined },
): Expectation {
  const { store } = sp;
  const key = settings.acceptEncryption ? storedKey(store, organization.slug) : undefined;
  return {
    now: new Date(now(organization)),
    sp: { ...endpointsOf(sp, organization.slug), decryptionKeys: key ? [key.privateKey] : [] },
    idp: { entityId: settings.idpEntityId, certificates: settings.certificates },
    policies: settings.policies,
    ...(request === undefined ? {} : { request: asSent(request, settings) }),
    ...(relayState === undefined ? {} : { relayState }),
    wasUsed: (id) => wasAssertionUsed(store, organization, settings.idpEntityId, id),
    account: (address) => accountOf(store, organization, { address, profile, expected: request?.address }),
  };
}

/** The request as sent, with what its revision requested. */
const asSent = (
  { id, issuedAt, relayState }: AuthnRequestRecord,
  { forceAuthn, requestedAuthnContext }: ProfileSettings,
): PendingRequest => ({
  id,
  issuedAt: new Date(issuedAt),
  relayState,
  forceAuthn,
  ...(requestedAuthnContext.length > 0 ? { requestedAuthnContext: { classRefs: requestedAuthnContext } } : {}),
});

/**
 * The account with the asserted email. The domain is checked first: an IdP may only assert emails in the domains of its
 * own organization. Without an expected email, the user must be covered by the profile.
 */
function accountOf(
  store: Store,
  organization: Organization,
  { address: written, profile, expected }: { address: string; profile: number; expected: string | undefined },
): Account {
  const address = normalizeAddress(written);
  const shown = expected === undefined ? {} : { expected };
  if (address !== undefined && !domainsOf(store, organization.slug).includes(domainOf(address)))
    return { kind: 'foreign-domain', ...shown };
  if (expected !== undefined && !isSameAddress(written, expected)) return { kind: 'other', ...shown };
  const user = findUser(store, written);
  if (user === undefined || user.organization !== organization.slug) return { kind: 'unknown', ...shown };
  if (user.deactivated) return { kind: 'deactivated', ...shown };
  if (expected !== undefined) return { kind: 'expected', ...shown };
  if (coverageOf(store, user)?.profile === profile) return { kind: 'expected' };
  const kind = user.profile === undefined || user.profile === profile ? 'not-enrolled' : 'other';
  return { kind, expected: 'a user who is covered by this SSO profile' };
}
