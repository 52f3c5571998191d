/** What a response is judged against: the settings of one revision, the request, and the organization's accounts. */
import { domainOf, isSameAddress, normalizeAddress } from '../address.ts';
import type { AuthnRequestRecord } from '../authn-request.ts';
import { now } from '../clock.ts';
import { coverageOf } from '../enforcement.ts';
import { domainsOf, findUser, type Organization } from '../organization.ts';
import { type ProfileSettings, profilesOf, settingsOf } from '../profile.ts';
import { wasSeen } from '../response-log.ts';
import type { Account, Expectation, PendingRequest } from '../saml/judgement.ts';
import type { Hints } from '../saml/peek.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { storedKey } from '../signing-key.ts';
import type { Store } from '../store.ts';

/** One revision of an SSO profile. */
export interface Connection {
  profile: number;
  revision: number;
  settings: ProfileSettings;
}

/** The connection of the request; without a request, an enforced one, preferably that which the response hints at. */
export function connectionFor(
  store: Store,
  organization: Organization,
  { request, hints }: { request: AuthnRequestRecord | undefined; hints: Hints },
): Connection | undefined {
  if (request) return connectionOf(store, request.profile, request.revision);
  const [profile] = profilesOf(store, organization.slug);
  return (
    enforcedBy(store, organization, hints) ??
    enforcedConnections(store, organization)[0] ??
    (profile && connectionOf(store, profile.id, profile.revision))
  );
}

/**
 * The enforced connection to this issuer; of several, that which covers the named user. Whoever is named, the account
 * must turn out to be covered by it.
 */
function enforcedBy(store: Store, organization: Organization, { issuer, nameId }: Hints): Connection | undefined {
  const [first, ...others] = enforcedConnections(store, organization).filter(
    ({ settings }) => settings.idpEntityId === issuer,
  );
  const user = others.length > 0 && nameId !== undefined ? findUser(store, nameId) : undefined;
  return others.find(({ profile }) => profile === user?.profile) ?? first;
}

/** What an enforced profile asks for today: the settings of its enforced revision, whatever newer ones say. */
const enforcedConnections = (store: Store, organization: Organization): Connection[] =>
  profilesOf(store, organization.slug).flatMap(({ id, enforcedRevision }) =>
    enforcedRevision === undefined ? [] : [connectionOf(store, id, enforcedRevision)],
  );

/** May this identity provider sign users in that nobody sent there? Only an enforced profile can allow it. */
export const takesUnsolicited = (store: Store, organization: Organization, hints: Hints): boolean =>
  enforcedBy(store, organization, hints)?.settings.policies.allowIdpInitiated === true;

/** The connection that is enforced in place of the request's; undefined for a test, and while that one still is. */
export function newerConnection(store: Store, request: AuthnRequestRecord | undefined): Connection | undefined {
  const user = request && findUser(store, request.address);
  const coverage = user && coverageOf(store, user);
  if (request === undefined || request.test !== undefined || coverage?.profile !== request.profile) return undefined;
  return coverage.revision === request.revision ? undefined : connectionOf(store, coverage.profile, coverage.revision);
}

const connectionOf = (store: Store, profile: number, revision: number): Connection => ({
  profile,
  revision,
  settings: settingsOf(store, profile, revision),
});

export function expectationFor(
  sp: ServiceProvider,
  organization: Organization,
  {
    connection: { profile, settings },
    request,
    relayState,
  }: { connection: Connection; request: AuthnRequestRecord | undefined; relayState: string | undefined },
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
    alreadySeen: (id) => wasSeen(store, organization, settings.idpEntityId, id),
    account: (address) => accountOf(store, organization, { address, profile, expected: request?.address }),
  };
}

/** The request as it went out, with what its revision asked for. */
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
 * Whose account the asserted address is. The domain comes first: an IdP speaks only for the domains of its own
 * organization. Without an expected address, the user must be covered by the profile.
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
  return expected === undefined && coverageOf(store, user)?.profile !== profile
    ? { kind: 'other', expected: 'a user who is covered by this SSO profile' }
    : { kind: 'expected', ...shown };
}
