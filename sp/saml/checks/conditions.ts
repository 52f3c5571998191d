/** Checks of saml:Conditions: the time window, the audience, and no unknown condition (SAML core 2.5.1). */
import type { Finding } from '../../rejection-advice.ts';
import { attribute, childElements, childNamed, childrenNamed, is, nameOf, ns, textOf } from '../dom.ts';
import { allowedSkewMs } from '../judgement.ts';
import { type Check, finding, instantOf, type Subject, utcTime } from './check.ts';

const conditionsOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(assertion, ns.saml, 'Conditions');

/** OneTimeUse is always observed. ProxyRestriction applies only to issuers of further assertions. */
const understood = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];

export const conditionsChecks: readonly Check[] = [
  {
    name: 'conditions are there',
    check({ assertion, at }) {
      if (assertion === undefined || conditionsOf(assertion)) return [];
      return [finding('conditions-missing', at(assertion), { expected: 'saml:Conditions', received: 'none' })];
    },
  },
  {
    name: 'times of the conditions can be read',
    check: ({ assertion, at }) =>
      ['NotBefore', 'NotOnOrAfter'].flatMap((name) => {
        const conditions = conditionsOf(assertion);
        const received = attribute(conditions, name);
        if (conditions === undefined || received === undefined || instantOf(received) !== undefined) return [];
        return [finding('conditions-time-invalid', at(conditions, name), { expected: utcTime, received })];
      }),
  },
  {
    name: 'window of the conditions',
    check({ assertion, at }, { now, skewMs = allowedSkewMs }) {
      const conditions = conditionsOf(assertion);
      if (conditions === undefined) return [];
      const [from, until] = [attribute(conditions, 'NotBefore'), attribute(conditions, 'NotOnOrAfter')];
      const [start, end] = [instantOf(from), instantOf(until)];
      const findings: Finding[] = [];
      if (start !== undefined && end !== undefined && start >= end) {
        const facts = { expected: 'NotBefore earlier than NotOnOrAfter', received: `${from} and ${until}` };
        findings.push(finding('conditions-window-inverted', at(conditions), facts));
      }
      const [latest, earliest] = [new Date(now.getTime() + skewMs), new Date(now.getTime() - skewMs)];
      if (start !== undefined && latest.getTime() < start) {
        const facts = { expected: `not later than ${latest.toISOString()}`, received: from };
        findings.push(finding('not-yet-valid', at(conditions, 'NotBefore'), facts));
      }
      if (end !== undefined && earliest.getTime() >= end) {
        const facts = { expected: `later than ${earliest.toISOString()}`, received: until };
        findings.push(finding('assertion-expired', at(conditions, 'NotOnOrAfter'), facts));
      }
      return findings;
    },
  },
  {
    name: 'audience',
    check({ assertion, at }, { sp }) {
      const conditions = conditionsOf(assertion);
      if (conditions === undefined) return [];
      const restrictions = childrenNamed(conditions, ns.saml, 'AudienceRestriction');
      if (restrictions.length === 0)
        return [finding('audience-missing', at(conditions), { expected: sp.entityId, received: 'none' })];
      return restrictions.flatMap((restriction) => audienceFindings(restriction, sp.entityId, at));
    },
  },
  {
    name: 'every condition is understood',
    check({ assertion, at }) {
      const unknown = conditionsIn(assertion).filter((node) => !understood.some((name) => is(node, ns.saml, name)));
      const expected = 'AudienceRestriction, OneTimeUse or ProxyRestriction';
      return unknown.map((node) =>
        finding('condition-unknown', at(node), { expected, received: typeOf(node) ?? nameOf(node) }),
      );
    },
  },
  {
    name: 'one OneTimeUse and one ProxyRestriction at most',
    check: ({ assertion, at }) =>
      ['OneTimeUse', 'ProxyRestriction'].flatMap((name) => {
        const [, second] = conditionsIn(assertion).filter((node) => is(node, ns.saml, name));
        if (second === undefined) return [];
        return [finding('schema-invalid', at(second), { expected: `saml:${name} once`, received: 'twice' })];
      }),
  },
];

/** All restrictions must be met, each by any of its audiences (SAML core 2.5.1.4). */
function audienceFindings(restriction: Element, expected: string | undefined, at: Subject['at']): Finding[] {
  const audiences = childrenNamed(restriction, ns.saml, 'Audience').map(textOf);
  if (audiences.length === 0 || audiences.every((audience) => audience === ''))
    return [finding('audience-missing', at(restriction), { expected, received: 'none' })];
  if (expected === undefined || audiences.includes(expected)) return [];
  const facts = { expected, received: audiences.join(', ') };
  return [finding('audience-mismatch', at(childNamed(restriction, ns.saml, 'Audience')!), facts)];
}

const conditionsIn = (assertion: Element | undefined): Element[] => {
  const conditions = conditionsOf(assertion);
  return conditions ? childElements(conditions) : [];
};
const typeOf = (node: Element): string | undefined =>
  node.getAttributeNS('http://www.w3.org/2001/XMLSchema-instance', 'type') || undefined;
