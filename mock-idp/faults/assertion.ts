/** Faults in what the assertion says: about whom, for whom, for how long, and how it was found out. */
import { instant, later } from '../answer.ts';
import type { Fault } from '../fault.ts';

export const assertionFaults = {
  'an assertion meant for someone else': {
    code: 'audience-wrong',
    touches: ['Audience'],
    sentence: 'The audience of the assertion is another SP.',
    rule: 'SAML core 2.5.1.4',
    verdict: 'reject',
    strikes: { claims: (claims) => ({ ...claims, audiences: [['https://elsewhere.example/saml/metadata']] }) },
    signedProperly: true,
  },
  'an assertion that expired {minutes} minutes ago': {
    code: 'conditions-notonorafter-past',
    touches: ['Conditions/@NotBefore', 'Conditions/@NotOnOrAfter'],
    sentence: 'The conditions of the assertion ended before it arrived.',
    rule: 'SAML core 2.5.1.2',
    verdict: 'reject',
    strikes: {
      claims: (claims, { now, amount }) => ({
        ...claims,
        conditions: { notBefore: instant(later(now, { minutes: -amount - 5 })), notOnOrAfter: instant(later(now, { minutes: -amount })) },
      }),
    },
    amount: { unit: 'minutes', accept: [2], reject: [3, 10] },
    signedProperly: true,
  },
  'an assertion that is valid only in {minutes} minutes': {
    code: 'conditions-notbefore-future',
    touches: ['Conditions/@NotBefore', 'Conditions/@NotOnOrAfter'],
    sentence: 'The conditions of the assertion begin after it arrives.',
    rule: 'SAML core 2.5.1.2',
    verdict: 'reject',
    strikes: {
      claims: (claims, { now, amount }) => ({
        ...claims,
        conditions: { notBefore: instant(later(now, { minutes: amount })), notOnOrAfter: instant(later(now, { minutes: amount + 5 })) },
      }),
    },
    amount: { unit: 'minutes', accept: [2], reject: [4, 10] },
    signedProperly: true,
  },
  'the NameID of another person': {
    code: 'nameid-of-another',
    touches: ['NameID'],
    sentence: 'The assertion speaks of somebody other than the user who signed in.',
    rule: 'SAML core 2.2.3',
    verdict: 'reject',
    strikes: { claims: (claims) => (claims.nameId ? { ...claims, nameId: { ...claims.nameId, value: claims.nameId.value.replace(/^[^@]*/, 'someone.else') } } : claims) },
    signedProperly: true,
  },
} satisfies Record<string, Fault>;
