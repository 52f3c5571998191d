/** What a check is: a name and a function from message and expectation to findings. It never throws or sees keys. */
import { bounded } from '../../bounded-text.ts';
import type { Finding, RejectionCode } from '../../rejection-advice.ts';
import type { Expectation } from '../judgement.ts';

/** What is judged. After verification the elements are those that were signed, read again from the signed octets. */
export interface Subject {
  /** The response as it came, signatures included; only its shape is looked at here. */
  original: Element;
  response: Element;
  /** The one assertion: plain, or decrypted; absent when there is none or several. */
  assertion: Element | undefined;
  /** Is the whole response covered by a good signature? */
  responseSigned: boolean;
  /** Where a node of the subject stands in the message as it came. */
  at(node: Element, attribute?: string): Pick<Finding, 'path' | 'line'>;
}

export interface Check {
  name: string;
  check(subject: Subject, expectation: Expectation): Finding[];
}

/** The response, and the assertion if there is one. */
export const messagesOf = ({ response, assertion }: Subject): Element[] => [
  response,
  ...(assertion ? [assertion] : []),
];

/** Shown where a time was expected. */
export const utcTime = 'a time in UTC such as 2026-01-31T12:00:00Z';

const instantPattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;

/** xs:dateTime in UTC (SAML core 1.3.3); undefined for anything else, offsets included, so that none is misread. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined || !instantPattern.test(text)) return undefined;
  const time = Date.parse(text);
  // A day that does not exist (30 February) is read as another one by Date.parse.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined : time;
}

/** More of one kind tell nothing new, and each takes room in the log. */
export const mostOfOneCode = 50;

/** An xs:ID: begins with a letter or an underscore, holds no colon (SAML core 1.3.4). */
export const isXmlId = (text: string | undefined): boolean =>
  text !== undefined && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text);

/** Characters of what a message says: findings are stored and shown. */
const mostQuoted = 2_000;

export function finding(
  code: RejectionCode,
  place: Pick<Finding, 'path' | 'line'>,
  facts: { expected?: string | undefined; received?: string | undefined } = {},
): Finding {
  return {
    code,
    ...(facts.expected === undefined ? {} : { expected: bounded(facts.expected, mostQuoted) }),
    ...(facts.received === undefined ? {} : { received: bounded(facts.received, mostQuoted) }),
    ...(place.path === undefined ? {} : { path: place.path }),
    ...(place.line === undefined ? {} : { line: place.line }),
  };
}
