/** What reached the ACS (a bounded log with all findings), and the accepted assertions, against replay. */
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import type { Finding, RejectionCode } from './rejection-advice.ts';
import { allowedSkewMs, type Identity } from './saml/judgement.ts';
import { newReference } from './secret.ts';
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

/** Per organization; and characters of each message that are kept. */
const kept = { entries: 500, characters: 200_000 };

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
  const { lastId } = store.run`
    INSERT INTO responses (organization, at, reference, test, request, verdict, findings, xml)
    VALUES (
      ${slug}, ${now(organization)}, ${reference}, ${test}, ${request}, ${verdict},
      ${JSON.stringify(findings)}, ${xml?.slice(0, kept.characters)}
    )`;
  if (lastId % 20 === 0)
    store.run`
      DELETE FROM responses WHERE organization = ${slug} AND id <= (
        SELECT id FROM responses WHERE organization = ${slug} ORDER BY id DESC LIMIT 1 OFFSET ${kept.entries}
      )`;
  return { id: lastId };
}

export function findResponse(store: Store, organization: string, id: number): ResponseRecord | undefined {
  const row = store.get<Row>`SELECT * FROM responses WHERE organization = ${organization} AND id = ${id}`;
  return row && toRecord(row);
}

/** Newest first; with `after`, only those with a higher ID. */
export function responsesOf(
  store: Store,
  organization: string,
  { limit = kept.entries, after = 0 } = {},
): ResponseRecord[] {
  const rows = store.all<Row>`
    SELECT * FROM responses WHERE organization = ${organization} AND id > ${after} ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(toRecord);
}

export function wasSeen(store: Store, organization: Organization, issuer: string, assertion: string): boolean {
  const row = store.get`
    SELECT 1 FROM assertions WHERE organization = ${organization.slug} AND issuer = ${issuer} AND id = ${assertion}`;
  return row !== undefined;
}

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
    VALUES (${organization.slug}, ${issuer}, ${assertionId}, ${until})`;
}
