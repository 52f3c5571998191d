/** What reached the ACS (a bounded log with its findings), and the accepted assertions, against replay. */
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
  /** The decoded message, cut at the limit; undefined when it could not be decoded. */
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
 * What is kept of an organization: of the responses to one test, and of all others; accepted and rejected ones are
 * counted apart. What a test points to is kept beyond these.
 */
const kept = { ofTest: 20, others: 500, octets: 8 * 1024 * 1024 };
/** What is kept of one response: characters of the message, findings, and characters of what a finding quotes. */
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

/** The first findings, with long texts cut; the last one tells how many more there were. */
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

/** Keeps the newest rows; a stranger cannot displace the responses to a test, nor those that signed someone in. */
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

/** Newest first, at most `limit` to tests and as many others; with `after`, only those with a higher ID. */
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

export function wasSeen(store: Store, organization: Organization, issuer: string, assertion: string): boolean {
  const row = store.get`
    SELECT 1 FROM assertions
    WHERE organization = ${organization.slug} AND issuer = ${issuer} AND id = ${rememberedAs(assertion)}`;
  return row !== undefined;
}

/** A long ID is remembered by its hash. */
const rememberedAs = (assertion: string): string => (assertion.length > 100 ? hashOf(assertion) : assertion);

/** Assertions that are remembered for an organization; only its identity provider can add to them. */
const keptAssertions = 50_000;

/** Keeps the ID for as long as a copy could still be accepted (SAML profiles 4.1.4.5), and twice the skew beyond. */
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

/** Forgets those that end first. */
export function pruneAssertions(store: Store, organization: string): void {
  store.run`
    DELETE FROM assertions WHERE rowid IN (
      SELECT rowid FROM assertions WHERE organization = ${organization}
      ORDER BY until DESC LIMIT -1 OFFSET ${keptAssertions}
    )`;
}
