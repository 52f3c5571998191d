/** Faults in the Conditions: timestamps, audiences, further conditions. */

import type { Fault, Strike } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptyAt, type Facts, removeAt } from '../fault-builders.ts';
import type { Claims } from '../response/claims.ts';
import { instant, later } from '../response/saml-values.ts';
import { type Element, element, withChildren } from '../response/xml.ts';

const conditions = 'saml:Assertion/saml:Conditions';
const restriction = `${conditions}/saml:AudienceRestriction`;
const times = ['Conditions/@NotBefore', 'Conditions/@NotOnOrAfter'];
const otherEntityId = 'https://elsewhere.example/saml/metadata';

const validityFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (strike: Strike, claims: Claims) => Claims['conditions'],
): Fault<Code> => assertionClaimsFault(facts, (claims, strike) => ({ ...claims, conditions: change(strike, claims) }));
const audienceFault = <const Code extends string>(
  facts: Facts<Code>,
  audiences: (own: string) => Claims['audiences'],
): Fault<Code> => assertionClaimsFault(facts, (claims, { app }) => ({ ...claims, audiences: audiences(app.entityId) }));
const addedConditionFault = <const Code extends string>(facts: Facts<Code>, ...more: readonly Element[]): Fault<Code> =>
  documentFault(
    facts,
    at(conditions, (found) => withChildren(found, ...found.children, ...more)),
  );

export const conditionsFaults = {
  'an assertion without Conditions': documentFault(
    {
      code: 'conditions-missing',
      sentence: 'The Assertion has no Conditions.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Conditions'],
    },
    removeAt(conditions),
  ),
  'an assertion with empty Conditions': documentFault(
    {
      code: 'conditions-empty',
      sentence: 'The Conditions have neither timestamps nor an AudienceRestriction.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Conditions'],
    },
    emptyAt(conditions),
  ),
  'an assertion that is not valid for another {minutes} minutes': validityFault(
    {
      code: 'conditions-notbefore-future',
      sentence: 'The NotBefore of the Conditions is in the future.',
      rule: 'SAML core 2.5.1.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 10] },
      touches: times,
    },
    ({ now, amount }) => ({
      notBefore: instant(later(now, { minutes: amount })),
      notOnOrAfter: instant(later(now, { minutes: amount + 5 })),
    }),
  ),
  'an assertion with NotBefore within clock skew': validityFault(
    {
      code: 'conditions-notbefore-within-skew',
      sentence: 'The NotBefore of the Conditions is two minutes in the future.',
      rule: 'SAML deployment profile SDP-G01',
      verdict: 'accept',
      touches: times,
    },
    ({ now }) => ({
      notBefore: instant(later(now, { minutes: 2 })),
      notOnOrAfter: instant(later(now, { minutes: 7 })),
    }),
  ),
  'an assertion that expired {minutes} minutes ago': validityFault(
    {
      code: 'conditions-notonorafter-past',
      sentence: 'The NotOnOrAfter of the Conditions has passed.',
      rule: 'SAML core 2.5.1.2',
      amount: { unit: 'minutes', accept: [2], reject: [3, 10] },
      touches: times,
    },
    ({ now, amount }) => ({
      notBefore: instant(later(now, { minutes: -amount - 5 })),
      notOnOrAfter: instant(later(now, { minutes: -amount })),
    }),
  ),
  // With a clock skew of three minutes, this is the first instant at which the assertion has expired.
  'an assertion that expires exactly at the clock skew limit': validityFault(
    {
      code: 'conditions-notonorafter-equals-now',
      sentence: 'The NotOnOrAfter of the Conditions was exactly three minutes before the response was sent.',
      rule: 'SAML core 2.5.1.2 (“on or after”)',
      touches: times,
    },
    ({ now }) => ({
      notBefore: instant(later(now, { minutes: -8 })),
      notOnOrAfter: instant(later(now, { minutes: -3 })),
    }),
  ),
  'an assertion with NotBefore after NotOnOrAfter': validityFault(
    {
      code: 'conditions-window-inverted',
      sentence: 'NotBefore is later than NotOnOrAfter; each by itself would be valid.',
      rule: 'SAML core 2.5.1.2',
      touches: times,
    },
    ({ now }) => ({
      notBefore: instant(later(now, { minutes: 2 })),
      notOnOrAfter: instant(later(now, { minutes: 1 })),
    }),
  ),
  'an assertion with NotBefore equal to NotOnOrAfter': validityFault(
    {
      code: 'conditions-window-empty',
      sentence: 'NotBefore and NotOnOrAfter are the same instant.',
      rule: 'SAML core 2.5.1.2',
      touches: times,
    },
    ({ now }) => ({ notBefore: instant(now), notOnOrAfter: instant(now) }),
  ),
  'Conditions with malformed timestamps': validityFault(
    {
      code: 'conditions-time-format',
      sentence: 'NotBefore and NotOnOrAfter lack the T and the Z.',
      rule: 'SAML core 1.3.3',
      touches: times,
    },
    (_, { conditions: { notBefore, notOnOrAfter } }) => ({
      notBefore: notBefore?.replace(/[TZ]/g, ' '),
      notOnOrAfter: notOnOrAfter?.replace(/[TZ]/g, ' '),
    }),
  ),
  'Conditions with a nonexistent date': validityFault(
    {
      code: 'conditions-time-impossible',
      sentence: 'NotOnOrAfter is on 30 February.',
      rule: 'SAML core 1.3.3 (xs:dateTime)',
      touches: times,
    },
    ({ now }, { conditions: { notBefore } }) => ({
      notBefore,
      notOnOrAfter: `${now.getUTCFullYear() + 1}-02-30T12:00:00Z`,
    }),
  ),
  'Conditions with empty timestamps': validityFault(
    {
      code: 'conditions-time-empty',
      sentence: 'NotBefore and NotOnOrAfter are empty.',
      rule: 'SAML core 1.3.3',
      touches: times,
    },
    () => ({ notBefore: '', notOnOrAfter: '' }),
  ),
  'Conditions without timestamps': validityFault(
    {
      code: 'conditions-times-missing',
      sentence: 'The Conditions have neither NotBefore nor NotOnOrAfter; the SubjectConfirmationData limits the time.',
      rule: 'SAML core 2.5.1 (both are optional)',
      verdict: 'accept',
      touches: times,
    },
    () => ({ notBefore: undefined, notOnOrAfter: undefined }),
  ),
  'Conditions without NotBefore': validityFault(
    {
      code: 'conditions-notbefore-missing',
      sentence: 'The Conditions have no NotBefore.',
      rule: 'SAML core 2.5.1 (optional)',
      verdict: 'accept',
      touches: times,
    },
    (_, { conditions: { notOnOrAfter } }) => ({ notBefore: undefined, notOnOrAfter }),
  ),
  'Conditions without NotOnOrAfter': validityFault(
    {
      code: 'conditions-notonorafter-missing',
      sentence: 'The Conditions have no NotOnOrAfter; the SubjectConfirmationData limits the time.',
      rule: 'SAML core 2.5.1 (optional)',
      verdict: 'accept',
      touches: times,
    },
    (_, { conditions: { notBefore } }) => ({ notBefore, notOnOrAfter: undefined }),
  ),
  'two Conditions elements': documentFault(
    {
      code: 'conditions-two',
      sentence: 'The Assertion has two Conditions elements; the second has no restrictions.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: ['Conditions'],
    },
    at(conditions, (found) => [found, element('saml:Conditions')]),
  ),

  'an assertion without AudienceRestriction': audienceFault(
    {
      code: 'audiencerestriction-missing',
      sentence: 'The Conditions have no AudienceRestriction.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['AudienceRestriction'],
    },
    () => [],
  ),
  'an empty AudienceRestriction': documentFault(
    {
      code: 'audiencerestriction-empty',
      sentence: 'The AudienceRestriction has no Audience.',
      rule: 'SAML core 2.5.1.4 (schema: one or more)',
      touches: ['AudienceRestriction'],
    },
    emptyAt(restriction),
  ),
  'an empty Audience': audienceFault(
    {
      code: 'audience-empty',
      sentence: 'The Audience is empty.',
      rule: 'SAML core 1.3.2 and 2.5.1.4',
      touches: ['Audience'],
    },
    () => [['']],
  ),
  'an AudienceRestriction with text instead of an Audience': documentFault(
    {
      code: 'audience-missing',
      sentence: 'The AudienceRestriction contains text instead of an Audience.',
      rule: 'SAML core 2.5.1.4 (schema)',
      touches: ['AudienceRestriction'],
    },
    at(restriction, (found, { app }) => withChildren(found, app.entityId)),
  ),
  'an assertion with a different Audience': audienceFault(
    {
      code: 'audience-wrong',
      sentence: 'The Audience is another SP.',
      rule: 'SAML core 2.5.1.4',
      touches: ['Audience'],
    },
    () => [[otherEntityId]],
  ),
  'an assertion with several Audiences': audienceFault(
    {
      code: 'audience-one-of-many',
      sentence: 'The SP is one of several Audiences in one AudienceRestriction.',
      rule: 'SAML core 2.5.1.4 (any of one restriction)',
      verdict: 'accept',
      touches: ['Audience'],
    },
    (own) => [[otherEntityId, own, 'https://third.example/saml/metadata']],
  ),
  'two AudienceRestrictions, one for a different Audience': audienceFault(
    {
      code: 'audiencerestriction-two-conflicting',
      sentence: 'The first AudienceRestriction names the SP, the second another SP.',
      rule: 'SAML core 2.5.1.4 (all restrictions)',
      touches: ['AudienceRestriction'],
    },
    (own) => [[own], [otherEntityId]],
  ),
  'two AudienceRestrictions with the right Audience': audienceFault(
    {
      code: 'audiencerestriction-two-agreeing',
      sentence: 'Both AudienceRestrictions name the SP.',
      rule: 'SAML core 2.5.1.4 (all restrictions)',
      verdict: 'accept',
      touches: ['AudienceRestriction'],
    },
    (own) => [[own, otherEntityId], [own]],
  ),
  'an Audience with a trailing slash': audienceFault(
    {
      code: 'audience-trailing-slash',
      sentence: 'The Audience ends in a slash that the entity ID does not have.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`${own}/`]],
  ),
  'an Audience in upper case': audienceFault(
    {
      code: 'audience-case',
      sentence: 'The Audience is the entity ID in upper case.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[own.toUpperCase()]],
  ),
  'an Audience with surrounding whitespace': audienceFault(
    {
      code: 'audience-whitespace',
      sentence: 'The Audience has line breaks before and after the entity ID.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`\n  ${own}\n`]],
  ),
  'an Audience that starts with the right entity ID': audienceFault(
    {
      code: 'audience-prefix',
      sentence: 'The Audience is the entity ID with more text after it.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`${own}.elsewhere.example`]],
  ),

  'Conditions with an unknown Condition': addedConditionFault(
    {
      code: 'condition-unknown',
      sentence: 'The Conditions contain a Condition of an unknown type.',
      rule: 'SAML core 2.5.1.1 (indeterminate)',
      touches: ['Conditions/Condition'],
    },
    element('saml:Condition', { 'xmlns:vendor': 'https://vendor.example/saml', 'xsi:type': 'vendor:FullMoonType' }),
  ),
  'an assertion with OneTimeUse': addedConditionFault(
    {
      code: 'onetimeuse-once',
      sentence: 'The Conditions contain OneTimeUse.',
      rule: 'SAML core 2.5.1.5',
      verdict: 'accept',
      touches: ['OneTimeUse'],
    },
    element('saml:OneTimeUse'),
  ),
  'an assertion with ProxyRestriction': addedConditionFault(
    {
      code: 'proxyrestriction',
      sentence:
        'The Conditions contain ProxyRestriction: no other party may issue assertions based on this ' +
        'one. The SP may use it.',
      rule: 'SAML core 2.5.1.6',
      verdict: 'accept',
      touches: ['ProxyRestriction'],
    },
    element('saml:ProxyRestriction', { Count: '0' }),
  ),
  'an assertion with two ProxyRestrictions': addedConditionFault(
    {
      code: 'proxyrestriction-repeated',
      sentence: 'The Conditions contain ProxyRestriction twice.',
      rule: 'SAML core 2.5.1.6 (at most one)',
      touches: ['ProxyRestriction'],
    },
    element('saml:ProxyRestriction', { Count: '0' }),
    element('saml:ProxyRestriction', { Count: '1' }),
  ),
  'an assertion with two OneTimeUse conditions': addedConditionFault(
    {
      code: 'onetimeuse-repeated',
      sentence: 'The Conditions contain OneTimeUse twice.',
      rule: 'SAML core 2.5.1.5 (at most one)',
      touches: ['OneTimeUse'],
    },
    element('saml:OneTimeUse'),
    element('saml:OneTimeUse'),
  ),
} satisfies Record<string, Fault>;
