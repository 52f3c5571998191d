/** Faults in the conditions: for how long, for whom, and under what else the assertion is valid. */

import type { Fault, Strike } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptied, type Facts, without } from '../fault-builders.ts';
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
  'an assertion without conditions': documentFault(
    {
      code: 'conditions-missing',
      sentence: 'The assertion has no Conditions.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Conditions'],
    },
    without(conditions),
  ),
  'an assertion with empty conditions': documentFault(
    {
      code: 'conditions-empty',
      sentence: 'The Conditions hold neither times nor an audience.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Conditions'],
    },
    emptied(conditions),
  ),
  'an assertion that is valid only in {minutes} minutes': validityFault(
    {
      code: 'conditions-notbefore-future',
      sentence: 'The conditions of the assertion begin after it arrives.',
      rule: 'SAML core 2.5.1.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 10] },
      touches: times,
    },
    ({ now, amount }) => ({
      notBefore: instant(later(now, { minutes: amount })),
      notOnOrAfter: instant(later(now, { minutes: amount + 5 })),
    }),
  ),
  'an assertion from a clock that runs slightly ahead': validityFault(
    {
      code: 'conditions-notbefore-within-skew',
      sentence: 'The conditions of the assertion begin two minutes after it arrives.',
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
      sentence: 'The conditions of the assertion ended before it arrived.',
      rule: 'SAML core 2.5.1.2',
      amount: { unit: 'minutes', accept: [2], reject: [3, 10] },
      touches: times,
    },
    ({ now, amount }) => ({
      notBefore: instant(later(now, { minutes: -amount - 5 })),
      notOnOrAfter: instant(later(now, { minutes: -amount })),
    }),
  ),
  // Beyond the skew the answer is that of three minutes; within it, the end is still to come.
  'an assertion that expires at the very end of the skew': validityFault(
    {
      code: 'conditions-notonorafter-equals-now',
      sentence: 'The conditions of the assertion ended exactly three minutes before it was sent.',
      rule: 'SAML core 2.5.1.2 (“on or after”)',
      touches: times,
    },
    ({ now }) => ({
      notBefore: instant(later(now, { minutes: -8 })),
      notOnOrAfter: instant(later(now, { minutes: -3 })),
    }),
  ),
  'an assertion that ends before it begins': validityFault(
    {
      code: 'conditions-window-inverted',
      sentence: 'NotBefore is later than NotOnOrAfter, and each by itself would do.',
      rule: 'SAML core 2.5.1.2',
      touches: times,
    },
    ({ now }) => ({
      notBefore: instant(later(now, { minutes: 2 })),
      notOnOrAfter: instant(later(now, { minutes: 1 })),
    }),
  ),
  'an assertion that ends as it begins': validityFault(
    {
      code: 'conditions-window-empty',
      sentence: 'NotBefore and NotOnOrAfter are the same moment.',
      rule: 'SAML core 2.5.1.2',
      touches: times,
    },
    ({ now }) => ({ notBefore: instant(now), notOnOrAfter: instant(now) }),
  ),
  'conditions whose times are no times': validityFault(
    {
      code: 'conditions-time-format',
      sentence: 'NotBefore and NotOnOrAfter have no letter Z and no T.',
      rule: 'SAML core 1.3.3',
      touches: times,
    },
    (_, { conditions: { notBefore, notOnOrAfter } }) => ({
      notBefore: notBefore?.replace(/[TZ]/g, ' '),
      notOnOrAfter: notOnOrAfter?.replace(/[TZ]/g, ' '),
    }),
  ),
  'conditions on a day that does not exist': validityFault(
    {
      code: 'conditions-time-impossible',
      sentence: 'NotOnOrAfter is the thirtieth of February.',
      rule: 'SAML core 1.3.3 (xs:dateTime)',
      touches: times,
    },
    ({ now }, { conditions: { notBefore } }) => ({
      notBefore,
      notOnOrAfter: `${now.getUTCFullYear() + 1}-02-30T12:00:00Z`,
    }),
  ),
  'conditions with empty times': validityFault(
    {
      code: 'conditions-time-empty',
      sentence: 'NotBefore and NotOnOrAfter are empty.',
      rule: 'SAML core 1.3.3',
      touches: times,
    },
    () => ({ notBefore: '', notOnOrAfter: '' }),
  ),
  'conditions without times': validityFault(
    {
      code: 'conditions-times-missing',
      sentence: 'The Conditions have neither NotBefore nor NotOnOrAfter; the subject confirmation limits the time.',
      rule: 'SAML core 2.5.1 (both are optional)',
      verdict: 'accept',
      touches: times,
    },
    () => ({ notBefore: undefined, notOnOrAfter: undefined }),
  ),
  'conditions without a beginning': validityFault(
    {
      code: 'conditions-notbefore-missing',
      sentence: 'The Conditions have no NotBefore.',
      rule: 'SAML core 2.5.1 (optional)',
      verdict: 'accept',
      touches: times,
    },
    (_, { conditions: { notOnOrAfter } }) => ({ notBefore: undefined, notOnOrAfter }),
  ),
  'conditions without an end': validityFault(
    {
      code: 'conditions-notonorafter-missing',
      sentence: 'The Conditions have no NotOnOrAfter; the subject confirmation limits the time.',
      rule: 'SAML core 2.5.1 (optional)',
      verdict: 'accept',
      touches: times,
    },
    (_, { conditions: { notBefore } }) => ({ notBefore, notOnOrAfter: undefined }),
  ),
  'two sets of conditions': documentFault(
    {
      code: 'conditions-two',
      sentence: 'The assertion has two Conditions, the second without any limit.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: ['Conditions'],
    },
    at(conditions, (found) => [found, element('saml:Conditions')]),
  ),

  'an assertion without an audience restriction': audienceFault(
    {
      code: 'audiencerestriction-missing',
      sentence: 'The Conditions name no audience.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['AudienceRestriction'],
    },
    () => [],
  ),
  'an empty audience restriction': documentFault(
    {
      code: 'audiencerestriction-empty',
      sentence: 'The AudienceRestriction holds no Audience.',
      rule: 'SAML core 2.5.1.4 (schema: one or more)',
      touches: ['AudienceRestriction'],
    },
    emptied(restriction),
  ),
  'an empty audience': audienceFault(
    {
      code: 'audience-empty',
      sentence: 'The Audience is empty.',
      rule: 'SAML core 1.3.2 and 2.5.1.4',
      touches: ['Audience'],
    },
    () => [['']],
  ),
  'an audience restriction that holds something else': documentFault(
    {
      code: 'audience-missing',
      sentence: 'The AudienceRestriction holds text instead of an Audience.',
      rule: 'SAML core 2.5.1.4 (schema)',
      touches: ['AudienceRestriction'],
    },
    at(restriction, (found, { app }) => withChildren(found, app.entityId)),
  ),
  'an assertion meant for someone else': audienceFault(
    {
      code: 'audience-wrong',
      sentence: 'The audience of the assertion is another SP.',
      rule: 'SAML core 2.5.1.4',
      touches: ['Audience'],
    },
    () => [[otherEntityId]],
  ),
  'an assertion meant for many': audienceFault(
    {
      code: 'audience-one-of-many',
      sentence: 'The SP is one of several audiences within one restriction.',
      rule: 'SAML core 2.5.1.4 (any of one restriction)',
      verdict: 'accept',
      touches: ['Audience'],
    },
    (own) => [[otherEntityId, own, 'https://third.example/saml/metadata']],
  ),
  'two audience restrictions of which one is for someone else': audienceFault(
    {
      code: 'audiencerestriction-two-conflicting',
      sentence: 'Of two audience restrictions the second does not name the SP.',
      rule: 'SAML core 2.5.1.4 (all restrictions)',
      touches: ['AudienceRestriction'],
    },
    (own) => [[own], [otherEntityId]],
  ),
  'two audience restrictions for the right SP': audienceFault(
    {
      code: 'audiencerestriction-two-agreeing',
      sentence: 'Two audience restrictions both name the SP.',
      rule: 'SAML core 2.5.1.4 (all restrictions)',
      verdict: 'accept',
      touches: ['AudienceRestriction'],
    },
    (own) => [[own, otherEntityId], [own]],
  ),
  'an audience with a slash at the end': audienceFault(
    {
      code: 'audience-trailing-slash',
      sentence: 'The Audience ends in a slash that the entity ID does not have.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`${own}/`]],
  ),
  'an audience in capitals': audienceFault(
    {
      code: 'audience-case',
      sentence: 'The Audience differs from the entity ID in case.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[own.toUpperCase()]],
  ),
  'an audience with white space around': audienceFault(
    {
      code: 'audience-whitespace',
      sentence: 'The Audience stands on a line of its own.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`\n  ${own}\n`]],
  ),
  'an audience that only begins rightly': audienceFault(
    {
      code: 'audience-prefix',
      sentence: 'The Audience is the entity ID and a word more.',
      rule: 'SAML core 2.5.1.4 and 1.3.2',
      touches: ['Audience'],
    },
    (own) => [[`${own}.elsewhere.example`]],
  ),

  'a condition of an unknown type': addedConditionFault(
    {
      code: 'condition-unknown',
      sentence: 'The Conditions hold one of a type that nobody knows.',
      rule: 'SAML core 2.5.1.1 (indeterminate)',
      touches: ['Conditions/Condition'],
    },
    element('saml:Condition', { 'xmlns:vendor': 'https://vendor.example/saml', 'xsi:type': 'vendor:FullMoonType' }),
  ),
  'a condition of one use only': addedConditionFault(
    {
      code: 'onetimeuse-once',
      sentence: 'The assertion is to be used once.',
      rule: 'SAML core 2.5.1.5',
      verdict: 'accept',
      touches: ['OneTimeUse'],
    },
    element('saml:OneTimeUse'),
  ),
  'a restriction of proxies': addedConditionFault(
    {
      code: 'proxyrestriction',
      sentence: 'Nobody may pass on what the assertion says; the SP at the end may use it.',
      rule: 'SAML core 2.5.1.6',
      verdict: 'accept',
      touches: ['ProxyRestriction'],
    },
    element('saml:ProxyRestriction', { Count: '0' }),
  ),
  'two restrictions of proxies': addedConditionFault(
    {
      code: 'proxyrestriction-repeated',
      sentence: 'ProxyRestriction stands there twice.',
      rule: 'SAML core 2.5.1.6 (at most one)',
      touches: ['ProxyRestriction'],
    },
    element('saml:ProxyRestriction', { Count: '0' }),
    element('saml:ProxyRestriction', { Count: '1' }),
  ),
  'two conditions of one use only': addedConditionFault(
    {
      code: 'onetimeuse-repeated',
      sentence: 'OneTimeUse stands there twice.',
      rule: 'SAML core 2.5.1.5 (at most one)',
      touches: ['OneTimeUse'],
    },
    element('saml:OneTimeUse'),
    element('saml:OneTimeUse'),
  ),
} satisfies Record<string, Fault>;
