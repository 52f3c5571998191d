/** Stores the responses that reached the ACS with their findings, and the used assertions to detect replays. */
import { bounded } from './bounded-text.ts';
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import { isPruningDue } from './pruning.ts';
import type { Finding, RejectionCode } from './rejection-advice.ts';
import { allowedSkewMs, type Identity } from './saml/judgement.ts';
import { hashOf, newReference } from './secret.ts';
import type { Store } from './store.ts';

export interface ResponseRecord {
  id: number;
  at: number;
  /** The reference number shown to the user. */
  reference: string;
  test: number | undefined;
  request: string | undefined;
  verdict: 'success' | RejectionCode;
  findings: readonly Finding[];
  /** The decoded response, cut at the limit; undefined if it could not be decoded. */
  xml: string | undefined;
}

interface Row {
  id: number;
  at: number;
  reference: string;
  test: number | null;
  request: string | null;
  verdict: 'success' | RejectionCode;
  findings: string;
  xml: string | null;
}

/**
 * The maximum number of responses to one test and of all others, and their total size. Accepted and rejected responses
 * are counted separately. The response that gave a test its verdict is always kept.
 */
const kept = { ofTest: 20, others: 500, octets: 8 * 1024 * 1024 };
/** Limits for one response: characters of the message, findings, characters of a finding's value and of its path. */
const keptOfOne = { message: 200_000, findings: 50, quote: 1_000, path: 2_000 };

const toRecord = ({ findings, xml, test, request, ...row }: Row): ResponseRecord => ({
  ...row,
  test: test ?? undefined,
  request: request ?? undefined,
  findings: JSON.parse(findings) as Finding[],
  xml: xml ?? undefined,
});

export function recordResponse(
  store: Store,
  organization: Organization,
  {
    request,
    test,
    verdict,
    findings,
    xml,
    reference = newReference(),
  }: {
    request: string | undefined;
    test: number | undefined;
    verdict: 'success' | RejectionCode;
    findings: readonly Finding[];
    xml: string | undefined;
    reference?: string;
  },
): { id: number } {
  const { slug } = organization;
  if (isPruningDue(store, 'responses', slug)) pruneResponses(store, slug);
  const { lastId } = store.run`
    INSERT INTO responses (organization, at, reference, test, request, verdict, findings, xml)
    VALUES (
      ${slug}, ${now(organization)}, ${reference}, ${test}, ${request}, ${verdict},
      ${JSON.stringify(boundedFindings(findings))}, ${xml && bounded(xml, keptOfOne.message)}
    )`;
  return { id: lastId };
}

/** The first findings, with long texts cut. The last one shows how many more there were. */
function boundedFindings(findings: readonly Finding[]): Finding[] {
  const first = findings.slice(0, keptOfOne.findings).map(
    (finding): Finding => ({
      ...finding,
      ...(finding.expected === undefined ? {} : { expected: bounded(finding.expected, keptOfOne.quote) }),
      ...(finding.received === undefined ? {} : { received: bounded(finding.received, keptOfOne.quote) }),
      ...(finding.path === undefined ? {} : { path: bounded(finding.path, keptOfOne.path) }),
    }),
  );
  const more = findings.length - first.length;
  const last = first.at(-1);
  if (last && more > 0) last.received = `${last.received ?? ''} (and ${more} more findings)`.trim();
  return first;
}

/** Keeps the newest rows. Strangers cannot displace responses to a test or accepted ones. */
export function pruneResponses(store: Store, organization: string): void {
  store.run`
    DELETE FROM responses
    WHERE id IN (
      SELECT id FROM (
        SELECT id, test,
          row_number() OVER (PARTITION BY test, verdict = 'success' ORDER BY id DESC) AS number,
          sum(octet_length(findings) + coalesce(octet_length(xml), 0))
            OVER (PARTITION BY test IS NULL, verdict = 'success' ORDER BY id DESC) AS octets
        FROM responses WHERE organization = ${organization}
      )
      WHERE number > iif(test IS NULL, ${kept.others}, ${kept.ofTest}) OR octets > ${kept.octets}
    )
    AND id NOT IN (SELECT response FROM tests WHERE organization = ${organization} AND response IS NOT NULL)`;
}

export function findResponse(store: Store, organization: string, id: number): ResponseRecord | undefined {
  const row = store.get<Row>`SELECT * FROM responses WHERE organization = ${organization} AND id = ${id}`;
  return row && toRecord(row);
}

/** Newest first, at most `limit` responses to tests and as many others; with `after`, only those with a higher ID. */
export function responsesOf(
  store: Store,
  organization: string,
  { limit = kept.others, after = 0 } = {},
): ResponseRecord[] {
  const toTests = store.all<Row>`
    SELECT * FROM responses WHERE organization = ${organization} AND id > ${after} AND test IS NOT NULL
    ORDER BY id DESC LIMIT ${limit}`;
  const others = store.all<Row>`
    SELECT * FROM responses WHERE organization = ${organization} AND id > ${after} AND test IS NULL
    ORDER BY id DESC LIMIT ${limit}`;
  return [...toTests, ...others].sort((one, other) => other.id - one.id).map(toRecord);
}

/** True if this response, octet by octet, started the session that this browser still has. */
export function isOfOpenSession(
  store: Store,
  organization: Organization,
  { browser, xml }: { browser: string | undefined; xml: string | undefined },
): boolean {
  if (browser === undefined || xml === undefined) return false;
  const row = store.get`
    SELECT 1 FROM sessions JOIN responses ON responses.id = sessions.response
    JOIN users ON users.address = sessions.address AND users.deactivated = 0
    WHERE sessions.browser = ${browser} AND sessions.organization = ${organization.slug}
    AND sessions.ended_at IS NULL AND sessions.ends_at > ${now(organization)}
    AND responses.organization = ${organization.slug} AND responses.xml = ${bounded(xml, keptOfOne.message)}`;
  return row !== undefined;
}

export function wasAssertionUsed(store: Store, organization: Organization, issuer: string, assertion: string): boolean {
  const row = store.get`
    SELECT 1 FROM assertions
    WHERE organization = ${organization.slug} AND issuer = ${issuer} AND id = ${rememberedAs(assertion)}`;
  return row !== undefined;
}

/** A long ID is stored as its hash. */
const rememberedAs = (assertion: string): string => (assertion.length > 100 ? hashOf(assertion) : assertion);

/** The maximum number of assertions of an organization. Only its IdP can add to them. */
const keptAssertions = 50_000;

/** Keeps the ID as long as a copy could be accepted (SAML profiles 4.1.4.5), plus twice the skew. */
export function rememberAssertion(
  store: Store,
  organization: Organization,
  issuer: string,
  { assertionId, notOnOrAfter }: Pick<Identity, 'assertionId' | 'notOnOrAfter'>,
): void {
  store.run`DELETE FROM assertions WHERE organization = ${organization.slug} AND until < ${now(organization)}`;
  const until = notOnOrAfter.getTime() + 2 * allowedSkewMs;
  store.run`
    INSERT INTO assertions (organization, issuer, id, until)
    VALUES (${organization.slug}, ${issuer}, ${rememberedAs(assertionId)}, ${until})`;
  if (isPruningDue(store, 'assertions', organization.slug)) pruneAssertions(store, organization.slug);
}

/** Deletes those that expire first. */
export function pruneAssertions(store: Store, organization: string): void {
  store.run`
    DELETE FROM assertions WHERE rowid IN (
      SELECT rowid FROM assertions WHERE organization = ${organization}
      ORDER BY until DESC LIMIT -1 OFFSET ${keptAssertions}
    )`;
}
