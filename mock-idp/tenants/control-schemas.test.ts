/** Limits of the input of the control routes: what is just accepted, and what is just rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import {
  appSchema,
  assigned,
  assignmentChangeSchema,
  assignmentSchema,
  deliverySchema,
  durationSchema,
  faultSchema,
  faultsSchema,
  holdSchema,
  logoutRequestSchema,
  logoutResponseSchema,
  namedUserSchema,
  newTenantSchema,
  pemKeys,
  releaseSchema,
  seedSchema,
  signInSchema,
  signOutSchema,
  tenantChangeSchema,
  tenantSchema,
  userChangeSchema,
  userPatternSchema,
  userSchema,
} from './control-schemas.ts';

const user = { username: 'a', password: 'x' };
const pattern = { pattern: 'user-{n}@a', count: 1, password: 'x' };
const fiftyYears = 50 * 365 * 86_400_000;
const keys = { privateKey: 'k', certificate: 'c' };
const profile = { email: '', nameId: '', attributes: { a: [] }, locked: true };

const rows: readonly [what: string, schema: z.ZodType, good: readonly unknown[], bad: readonly unknown[]][] = [
  [
    'a user',
    userSchema,
    [user, { ...user, ...profile }],
    [
      { ...user, username: ' ' },
      { ...user, password: '' },
      { username: 'a' },
      { password: 'x' },
      { ...user, attributes: { '': [] } },
      { ...user, attributes: { a: 'b' } },
      { ...user, email: 5 },
      { ...user, nameId: 5 },
      { ...user, locked: 'yes' },
      { ...user, colour: 'red' },
    ],
  ],
  [
    'a pattern of users',
    userPatternSchema,
    [pattern, { ...pattern, count: 999_999_999, ...profile }, { ...pattern, pattern: '{n}' }],
    [
      ...[0, 1_000_000_000, 1.5].map((count) => ({ ...pattern, count })),
      ...['', 'a', 'a@{n}', '{n}{n}', '{n}}', '{{n}', 'a{n', '{n}{'].map((text) => ({ ...pattern, pattern: text })),
      { ...pattern, password: '' },
      { ...pattern, colour: 'red' },
    ],
  ],
  [
    'a user in the path',
    namedUserSchema,
    [{ password: 'x' }, { ...user, ...profile }],
    [{}, { ...user, username: '' }, { ...user, colour: 'red' }],
  ],
  ['a change of a user', userChangeSchema, [{}, { password: 'x' }, profile], [{ password: '' }, { username: 'a' }]],
  ['assigned users', assigned, ['everyone', [], ['a']], ['a', [5]]],
  [
    'an assignment',
    assignmentSchema,
    [{ app: 'a', users: [] }],
    [{ app: 'a' }, { users: [] }, { app: 'a', users: 'b' }],
  ],
  [
    'a change of assignments',
    assignmentChangeSchema,
    [{}, { app: 'a', add: 'b', remove: ['c'] }],
    [{ add: 5 }, { remove: [5] }, { app: 5 }, { colour: 'red' }],
  ],
  [
    'an app',
    appSchema,
    [
      {},
      { name: 'a', metadata: '', entityId: 'x'.repeat(1024), acs: ['a'], slo: 'a', signingCertificates: [] },
      { encryptionCertificate: '', encrypt: true, assigned: 'everyone', knownBy: 'a', forgedUser: 'a' },
      { forgedIssuer: 'a', nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
    ],
    [
      ...['name', 'entityId', 'knownBy', 'forgedUser', 'forgedIssuer', 'nameIdFormat'].map((key) => ({ [key]: '' })),
      ...['metadata', 'slo', 'encryptionCertificate', 'encrypt', 'signingCertificates'].map((key) => ({ [key]: 5 })),
      { entityId: 'x'.repeat(1025) },
      { acs: [] },
      { colour: 'red' },
    ],
  ],
  [
    'a tenant',
    tenantSchema,
    [
      {},
      { clockOffsetMs: fiftyYears, displayName: 'a', wantAuthnRequestsSigned: true, persona: null, validUntil: null },
      { clockOffsetMs: -fiftyYears, validUntil: '2026-01-01T00:00:00Z', keys: 'shared', users: [user, pattern] },
      { keys, seed: 'a', apps: [{}], signingAlgorithm: 'ecdsa-p256' },
    ],
    [
      ...[fiftyYears + 1, -fiftyYears - 1, 0.5].map((clockOffsetMs) => ({ clockOffsetMs })),
      ...['displayName', 'validUntil', 'seed', 'signingAlgorithm', 'keys', 'name'].map((key) => ({ [key]: '' })),
      { users: [{ username: 'a' }] },
      { wantAuthnRequestsSigned: 'yes' },
      { apps: {} },
    ],
  ],
  ['a new tenant', newTenantSchema, [{}, { name: 'a' }], [{ name: 5 }, { colour: 'red' }]],
  [
    'a change of a tenant',
    tenantChangeSchema,
    [{}, { disabled: true, publishNextKey: false, rollKey: true }],
    [{ rollKey: false }, { disabled: 'yes' }, { publishNextKey: 'yes' }, { users: [] }],
  ],
  ['keys', pemKeys, [keys], [{ ...keys, colour: 'red' }, { privateKey: 'k' }, { certificate: 'c' }]],
  [
    'a seed',
    seedSchema,
    ['a', {}, { ids: 'a', instant: '2026-01-01T00:00:00Z' }],
    ['', { ids: '' }, { instant: 'now' }, { colour: 'red' }],
  ],
  [
    'a fault',
    faultSchema,
    [{ phrase: '' }, { phrase: 'a', amount: 0, times: 1 }],
    [{}, { phrase: 'a', amount: -1 }, { phrase: 'a', times: 0 }, { phrase: 'a', times: 1.5 }, { phrase: 'a', b: 1 }],
  ],
  ['faults', faultsSchema, [[], ['a', { phrase: 'a' }]], ['a', [5]]],
  [
    'a duration',
    durationSchema,
    [{}, { days: 1, hours: -1, minutes: 0.5, seconds: 0 }],
    [...['days', 'hours', 'minutes', 'seconds'].map((key) => ({ [key]: '1' })), { weeks: 1 }],
  ],
  [
    'a sign-in',
    signInSchema,
    [{ username: '' }, { username: 'a', request: {}, unsolicited: true, app: 'a', relayState: '' }],
    [{}, ...['request', 'unsolicited', 'app', 'relayState', 'colour'].map((key) => ({ username: 'a', [key]: 5 }))],
  ],
  ['a delivery', deliverySchema, [{ faults: ['a'] }], [{}, { faults: [5] }, { faults: [], a: 1 }]],
  ['a sign-out', signOutSchema, [{ username: 'a' }], [{}, { username: ' ' }, { username: 'a', b: 1 }]],
  ['a LogoutRequest', logoutRequestSchema, [{ request: 'a' }], [{}, { request: 5 }, { request: 'a', b: 1 }]],
  ['a LogoutResponse', logoutResponseSchema, [{ response: {} }], [{}, { response: 5 }, { response: 'a', b: 1 }]],
  ['a hold', holdSchema, [{ hold: false }], [{}, { hold: 'no' }, { hold: true, a: 1 }]],
  [
    'a release',
    releaseSchema,
    [{}, { xml: 'x'.repeat(2_000_000), resign: true }],
    [{ xml: 'x'.repeat(2_000_001) }, { resign: 'yes' }, { colour: 'red' }],
  ],
];

const inShort = (value: unknown): string => JSON.stringify(value).slice(0, 100);
for (const [what, schema, good, bad] of rows)
  test(`${what} is read within its limits`, () => {
    for (const value of good) assert.equal(schema.safeParse(value).error, undefined, inShort(value));
    for (const value of bad) assert.equal(schema.safeParse(value).success, false, inShort(value));
  });

test('text in place of parts is read as the first part', () => {
  assert.deepEqual(seedSchema.parse('a'), { ids: 'a' });
  assert.deepEqual(faultsSchema.parse(['a']), [{ phrase: 'a' }]);
  assert.equal(userSchema.parse({ ...user, username: ' a ' }).username, 'a');
});

test('the rejections of keys and patterns say what is missing', () => {
  const messages = (schema: z.ZodType, value: unknown): string[] =>
    schema.safeParse(value).error!.issues.map(({ message }) => message);
  const needed = 'must be “shared”, or a privateKey and its certificate in PEM';
  assert.deepEqual(messages(tenantSchema, { keys: 5 }), [needed]);
  assert.deepEqual(messages(userPatternSchema, { ...pattern, pattern: 'a' }), ['must contain {n} once, before an @']);
  assert.equal(durationSchema.meta()?.title, 'the duration');
});
