/** Checks of saml:Conditions: the time window, the audience, and no condition that is not understood (SAML core 2.5.1). */
import { attribute, childElements, childNamed, childrenNamed, is, nameOf, ns, textOf } from '../dom.ts';
import { allowedSkewMs } from '../judgement.ts';
import { type Check, finding, instantOf } from './check.ts';

const conditionsOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(assertion, ns.saml, 'Conditions');

export const conditionsChecks: readonly Check[] = [
  {
    name: 'conditions are there',
    check: ({ assertion, at }) =>
      assertion === undefined || conditionsOf(assertion)
        ? []
        : [finding('conditions-missing', at(assertion), { expected: 'saml:Conditions', received: 'none' })],
  },
  {
    name: 'times of the conditions can be read',
    check: ({ assertion, at }) =>
      ['NotBefore', 'NotOnOrAfter'].flatMap((name) => {
        const conditions = conditionsOf(assertion);
        const text = attribute(conditions, name);
        return conditions && text !== undefined && instantOf(text) === undefined
          ? [
              finding('conditions-time-invalid', at(conditions, name), {
                expected: 'a time in UTC such as 2026-01-31T12:00:00Z',
                received: text,
              }),
            ]
          : [];
      }),
  },
  {
    name: 'window of the conditions',
    check({ assertion, at }, { now, skewMs = allowedSkewMs }) {
      const conditions = conditionsOf(assertion);
      if (conditions === undefined) return [];
      const [from, until] = [attribute(conditions, 'NotBefore'), attribute(conditions, 'NotOnOrAfter')];
      const [start, end] = [instantOf(from), instantOf(until)];
      if (start !== undefined && end !== undefined && start >= end)
        return [
          finding('conditions-window-inverted', at(conditions), {
            expected: 'NotBefore earlier than NotOnOrAfter',
            received: `${from} and ${until}`,
          }),
        ];
      return [
        ...(start !== undefined && now.getTime() + skewMs < start
          ? [
              finding('not-yet-valid', at(conditions, 'NotBefore'), {
                expected: `not later than ${new Date(now.getTime() + skewMs).toISOString()}`,
                received: from,
              }),
            ]
          : []),
        ...(end !== undefined && now.getTime() - skewMs >= end
          ? [
              finding('assertion-expired', at(conditions, 'NotOnOrAfter'), {
                expected: `later than ${new Date(now.getTime() - skewMs).toISOString()}`,
                received: until,
              }),
            ]
          : []),
      ];
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
      return restrictions.flatMap((restriction) => {
        const audiences = childrenNamed(restriction, ns.saml, 'Audience').map(textOf);
        if (audiences.length === 0 || audiences.every((audience) => audience === ''))
          return [finding('audience-missing', at(restriction), { expected: sp.entityId, received: 'none' })];
        return sp.entityId === undefined || audiences.includes(sp.entityId)
          ? []
          : [
              finding('audience-mismatch', at(childNamed(restriction, ns.saml, 'Audience')!), {
                expected: sp.entityId,
                received: audiences.join(', '),
              }),
            ];
      });
    },
  },
  {
    // OneTimeUse asks for what is done anyway; ProxyRestriction binds only who issues further assertions.
    name: 'every condition is understood',
    check: ({ assertion, at }) =>
      conditionsIn(assertion)
        .filter(
          (node) => !['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'].some((name) => is(node, ns.saml, name)),
        )
        .map((node) =>
          finding('condition-unknown', at(node), {
            expected: 'AudienceRestriction, OneTimeUse or ProxyRestriction',
            received: typeOf(node) ?? nameOf(node),
          }),
        ),
  },
  {
    name: 'one OneTimeUse and one ProxyRestriction at most',
    check: ({ assertion, at }) =>
      ['OneTimeUse', 'ProxyRestriction'].flatMap((name) => {
        const [, second] = conditionsIn(assertion).filter((node) => is(node, ns.saml, name));
        return second
          ? [finding('schema-invalid', at(second), { expected: `saml:${name} once`, received: 'twice' })]
          : [];
      }),
  },
];

const conditionsIn = (assertion: Element | undefined): Element[] => {
  const conditions = conditionsOf(assertion);
  return conditions ? childElements(conditions) : [];
};
const typeOf = (node: Element): string | undefined =>
  node.getAttributeNS('http://www.w3.org/2001/XMLSchema-instance', 'type') || undefined;
