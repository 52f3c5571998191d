/** Control routes that read an organization's records, without secrets. */
import type { Request, Response } from 'express';
import { now } from '../clock.ts';
import { isVerified, stateOf, testsOf } from '../connection-test.ts';
import { recoveryAdministratorsOf } from '../enforcement.ts';
import { auditOf, domainsOf, type Organization, usersOf } from '../organization.ts';
import { type Profile, profilesOf, settingsOf } from '../profile.ts';
import { responsesOf } from '../response-log.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { afterId, recordsQuery } from './input.ts';
import { organizationIn } from './look-up.ts';

export function sendResponses({ store }: ServiceProvider, request: Request, response: Response): void {
  const { after } = afterId.parse(request.query);
  response.json(responsesOf(store, organizationIn(store, request).slug, { after }));
}

/** Sends all records, or the requested parts. Session IDs and browsers appear as SHA-256 only. */
export function sendSnapshot(sp: ServiceProvider, request: Request, response: Response): void {
  const { store } = sp;
  const organization = organizationIn(store, request);
  const { slug, name, clockOffsetMs } = organization;
  const { parts, newest: limit } = recordsQuery.parse(request.query);
  const read = {
    users: () =>
      usersOf(store, slug).map(({ password: _, recoveryOf: [recoveryOf], ...user }) => ({ ...user, recoveryOf })),
    profiles: () => profilesOf(store, slug).map((profile) => profileWithTests(store, organization, profile)),
    sessions: () => sessionsOf(store, slug, limit),
    requests: () => requestsOf(store, slug, limit),
    responses: () => responsesOf(store, slug, limit === undefined ? {} : { limit }),
    audit: () => auditOf(store, slug, limit === undefined ? {} : { limit }),
  };
  response.json({
    ...endpointsOf(sp, slug),
    slug,
    name,
    clockOffsetMs,
    domains: domainsOf(store, slug),
    ...Object.fromEntries(parts.map((part) => [part, read[part]()])),
  });
}

function profileWithTests(store: Store, organization: Organization, profile: Profile): object {
  const { id, revision, enforcedRevision } = profile;
  const clock = now(organization);
  return {
    ...profile,
    enforcedSettings: enforcedRevision === undefined ? undefined : settingsOf(store, id, enforcedRevision),
    proven: isVerified(store, id, revision),
    recoveryAdministrators: recoveryAdministratorsOf(store, organization, profile).map(({ address }) => address),
    enforcedProven: enforcedRevision === undefined ? undefined : isVerified(store, id, enforcedRevision),
    tests: testsOf(store, id).map((test) => ({ ...test, state: stateOf(test, clock) })),
  };
}

/** Oldest first. The limit leaves out the oldest. */
const sessionsOf = (store: Store, organization: string, limit = -1): object[] =>
  store.all<object>`
  SELECT hash, address, method, created_at AS createdAt, ends_at AS endsAt, ended_at AS endedAt,
    ended_because AS endedBecause, response
  FROM sessions WHERE organization = ${organization} ORDER BY created_at DESC, rowid DESC LIMIT ${limit}`.reverse();

/** Oldest first, at most `limit` requests of tests and as many others. */
const requestsOf = (store: Store, organization: string, limit = -1): object[] =>
  store.all<object>`
  SELECT id, profile, revision, test, address, issuedAt, answeredAt FROM (
    SELECT id, profile, revision, test, address, issued_at AS issuedAt, answered_at AS answeredAt,
      row_number() OVER (PARTITION BY test IS NULL ORDER BY issued_at DESC, rowid DESC) AS number
    FROM requests WHERE organization = ${organization}
  )
  WHERE ${limit} < 0 OR number <= ${limit} ORDER BY issuedAt, number DESC`;
