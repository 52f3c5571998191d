/** A check: a name and a function from message and expectation to findings. Checks never throw. */
import { bounded } from '../../bounded-text.ts';
import type { Finding, RejectionCode } from '../../rejection-advice.ts';
import type { Expectation } from '../judgement.ts';

/** The judged message. After verification, its elements are parsed from the signed octets. */
export interface Subject {
  /** The received response with its signatures, used only for schema checks. */
  original: Element;
  response: Element;
  /** The assertion, plain or decrypted; undefined if there is none or several. */
  assertion: Element | undefined;
  /** True if the response has a signature, valid or not. */
  responseSigned: boolean;
  /** The place of a node in the received message. */
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

/** The expected format of times, for findings. */
export const utcTime = 'a UTC time like 2026-01-31T12:00:00Z';

const instantPattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;

/** Parses xs:dateTime in UTC (SAML core 1.3.3); undefined for anything else, including times with an offset. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined || !instantPattern.test(text)) return undefined;
  const time = Date.parse(text);
  // Date.parse turns a day that does not exist (30 February) into another one.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined : time;
}

/** The maximum number of findings with the same code. */
export const mostOfOneCode = 50;

/** True for an xs:ID, which starts with a letter or an underscore and contains no colon (SAML core 1.3.4). */
export const isXmlId = (text: string | undefined): boolean =>
  text !== undefined && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text);

/** The maximum number of characters quoted from a message in a finding. */
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
