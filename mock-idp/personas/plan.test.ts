/** The plan of a persona: what its settings come from, and how a change is merged. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { captured, type Facts, type Plan } from './persona.ts';
import { neutral, type PlanChange, planOf } from './plan.ts';

const remember = captured('entra-2023-response-signed' as never, 2023);
const fact = (facts: Record<string, unknown>): Facts =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, remember(value)]));

/** The rule, the facts, a change, and what the plan then has; other settings are neutral. */
const plans: [rule: string, facts: Record<string, unknown>, change: PlanChange, plan: Partial<Plan>][] = [
  ['a persona without facts is neutral', {}, {}, {}],
  ['a fact is in the place of the neutral setting', { consent: 'urn:c' }, {}, { consent: 'urn:c' }],
  [
    'a fact may be false or 0',
    { declarations: { first: false }, confirmation: 0 },
    {},
    { confirmation: 0, declarations: { first: false } },
  ],
  ['a change is in the place of a fact', { consent: 'urn:c' }, { consent: 'urn:d' }, { consent: 'urn:d' }],
  ['a change is in the place of a neutral setting', {}, { session: 600 }, { session: 600 }],
  [
    'a change to an empty text or 0 counts',
    { consent: 'urn:c', confirmation: 60 },
    { consent: '', confirmation: 0 },
    { consent: '', confirmation: 0 },
  ],
  ['a change that is undefined is none', { consent: 'urn:c' }, { consent: undefined }, { consent: 'urn:c' }],
  [
    'a fact that is an object replaces the neutral one as a whole',
    { declarations: { first: false, otherwise: ['samlp:Response'] }, ids: { response: 'r' } },
    {},
    { declarations: { first: false, otherwise: ['samlp:Response'] }, ids: { response: 'r' } as Plan['ids'] },
  ],
  [
    'metadata and encryption may be known in part, and the rest is neutral',
    { metadata: { signed: true }, encryption: { content: 'aes128-cbc' } },
    {},
    { metadata: { ...neutral.metadata, signed: true }, encryption: { ...neutral.encryption, content: 'aes128-cbc' } },
  ],
  [
    'a change of an object is merged with the fact',
    { ids: { response: 'r', assertion: 'a' } },
    { ids: { response: 's', assertion: 'a' } },
    { ids: { response: 's', assertion: 'a' } },
  ],
  [
    'prefixes that a change leaves out stay',
    { prefixes: { samlp: '', saml: '' } },
    { prefixes: { saml: 'a' } },
    { prefixes: { samlp: '', saml: 'a' } },
  ],
  [
    'a change of metadata is merged with what is known and what is neutral',
    { metadata: { signed: true } },
    { metadata: { prefix: 'm' } },
    { metadata: { ...neutral.metadata, signed: true, prefix: 'm' } },
  ],
  [
    'a change of encryption is merged with what is known and what is neutral',
    { encryption: { digestMethod: false } },
    { encryption: { keyPrefix: 'e' } },
    { encryption: { ...neutral.encryption, digestMethod: false, keyPrefix: 'e' } },
  ],
  [
    'a list is replaced, not merged',
    { keyInfo: ['KeyName', 'KeyValue'], conditions: [300, 300] },
    { keyInfo: ['X509Certificate'], conditions: [0, 60] },
    { keyInfo: ['X509Certificate'], conditions: [0, 60] },
  ],
  ['an empty list replaces one', { keyInfo: ['KeyName'] }, { keyInfo: [] }, { keyInfo: [] }],
  [
    'a word replaces an object',
    { friendlyNames: { a: 'A' } },
    { friendlyNames: 'as the name' },
    { friendlyNames: 'as the name' },
  ],
  [
    'an object replaces a word',
    { friendlyNames: 'as the name' },
    { friendlyNames: { a: 'A' } },
    { friendlyNames: { a: 'A' } },
  ],
];

describe('a plan has what is changed, else what is known, else what is neutral', () => {
  for (const [rule, facts, change, plan] of plans)
    test(rule, () => assert.deepEqual(planOf({ facts: fact(facts) }, change), { ...neutral, ...plan }));
});

test('a plan does not change the neutral one', () => {
  const before = structuredClone(neutral);
  planOf({ facts: fact({ metadata: { signed: true } }) }, { prefixes: { saml: 'a' }, metadata: { prefix: 'm' } });
  assert.deepEqual(neutral, before);
});

describe('a neutral plan writes as the identity provider does without a persona', () => {
  const { metadata, encryption, errorResponse } = neutral;
  const rules: [rule: string, value: unknown, wanted: unknown][] = [
    ['both the response and the assertion are signed', neutral.signed, 'both'],
    ['with SHA-256', neutral.signatureAlgorithm, 'rsa-sha256'],
    ['and the certificate', neutral.keyInfo, ['X509Certificate']],
    ['a response is valid at once, for 5 minutes', [neutral.conditions, neutral.confirmation], [[0, 300], 300]],
    ['a session does not end by itself', neutral.session, 'never'],
    ['times have whole seconds', neutral.decimals, { usual: 0 }],
    [
      'a confirmation has neither NotBefore nor Address',
      [neutral.confirmationNotBefore, neutral.subjectAddress],
      [false, false],
    ],
    ['requests need no signature', metadata.wantAuthnRequestsSigned, false],
    ['metadata is not signed', metadata.signed, false],
    [
      'sign-in and logout are by Redirect and POST',
      [metadata.signOn, metadata.logout],
      [
        ['redirect', 'post'],
        ['redirect', 'post'],
      ],
    ],
    ['an error answers its request', errorResponse, { destination: true, inResponseTo: true }],
    [
      'no request is rejected or accepted otherwise',
      [neutral.request, neutral.rejections],
      [{ ignores: [], demands: [] }, {}],
    ],
    ['the digest of the key transport is named', encryption.digestMethod, true],
    ['an expired certificate stays', neutral.switchesCertificate, false],
    [
      'no types are declared',
      [neutral.signedElements, neutral.declares],
      [{ declareTypes: false, declareAgain: false }, {}],
    ],
    ['declarations are first', neutral.declarations, { first: true }],
    ['no authority is named', neutral.authenticatingAuthority, false],
    [
      'attributes keep their names, and none is added',
      [neutral.attributeNames, neutral.friendlyNames, neutral.ownAttributes, neutral.repeatedAttributes],
      [{}, {}, [], []],
    ],
  ];
  for (const [rule, value, wanted] of rules) test(rule, () => assert.deepEqual(value, wanted));
});
