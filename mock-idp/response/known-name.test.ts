/** Faults of the name, for apps that know their users by an attribute; and the names in forged content. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import { type FaultPhrase, faults } from '../faults.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type BuildInput, buildResponse } from './build-response.ts';
import { isOfName } from './known-name.ts';
import { authnContexts, nameIdFormats } from './saml-values.ts';

const span = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') };
const keys = await createKeyPair({ commonName: 'idp', algorithm: 'ecdsa-p256', ...span });

const now = new Date('2026-03-01T12:00:00Z');
const input: BuildInput = {
  issuer: 'http://idp/metadata',
  keys,
  untrustedKeys: keys,
  app: { entityId: 'http://sp/metadata', acsUrl: 'http://sp/acs', knownBy: 'mail' },
  request: { id: '_request' },
  user: {
    nameId: 'u-4711',
    nameIdFormat: nameIdFormats.persistent,
    attributes: { mail: ['sam@acme.example'], uid: ['sam'], groups: ['staff'] },
  },
  now,
  authnInstant: now,
  sessionIndex: '_session',
  authnContextClassRef: authnContexts.password,
  faults: [],
};

interface Played {
  nameIds: string[];
  emails: string[];
  uids: string[];
  groups: string[];
  /** The names of all attributes. */
  attributes: string[];
  struck: readonly string[];
}

function play(phrase: FaultPhrase, more: Partial<BuildInput> = {}): Played {
  const fault: Fault = faults[phrase];
  const { xml, struck } = buildResponse({ ...input, ...more, faults: [{ phrase, fault, amount: 0 }] });
  const all = (pattern: RegExp): string[] => [...xml.matchAll(pattern)].map(([, text]) => text!);
  const values = (name: string): string[] =>
    all(new RegExp(`<saml:Attribute Name="${name}"(.*?)</saml:Attribute>`, 'gs')).flatMap((attribute) =>
      [...attribute.matchAll(/<saml:AttributeValue>(.*?)<\/saml:AttributeValue>/gs)].map(([, text]) => text!),
    );
  return {
    nameIds: all(/<saml:NameID[^>]*>(.*?)<\/saml:NameID>/gs),
    emails: values('mail'),
    uids: values('uid'),
    groups: values('groups'),
    attributes: all(/<saml:Attribute Name="([^"]+)"/g),
    struck,
  };
}

for (const [phrase, emails] of [
  ['a NameID in a subdomain', ['sam@mail.acme.example']],
  ['a NameID that continues after a comment', ['sam@acme.example<!---->.elsewhere.example']],
  ['a processing instruction in the NameID', ['sam<?x y?>@acme.example']],
  ['a NameID of another user', ['someone.else@acme.example']],
  ['an empty NameID', ['']],
  ['two NameIDs', ['sam@acme.example', 'mallory@elsewhere.example']],
  ['a Subject without NameID', []],
  ['signed letters of the NameID hidden in a processing instruction', ['<?x not.?>sam@acme.example']],
] as const)
  test(`${phrase} changes the attribute by which the app knows its users`, () => {
    const played = play(phrase);
    assert.deepEqual(played.emails, emails);
    assert.deepEqual([played.uids, played.groups, played.struck], [['sam'], ['staff'], [phrase]]);
    assert.equal(played.attributes.includes('mail'), emails.length > 0);
  });

for (const [phrase, emails] of [
  ['a NameID in unspecified format', ['sam@acme.example', 'sam.sample@acme.example']],
  ['a comment inserted into the NameID after signing', ['sam<!---->@acme.example', 'sam.sample<!---->@acme.example']],
] as const)
  test(`${phrase} keeps the number of values of the attribute`, () => {
    const mail = ['sam@acme.example', 'sam.sample@acme.example'];
    const played = play(phrase, { user: { ...input.user, attributes: { mail } } });
    assert.deepEqual([played.emails, played.struck], [emails, [phrase]]);
  });

test('a fault of the name beside one that changes more strikes at the attribute alone', () => {
  const other: Fault = {
    ...faults['an empty NameID'],
    touches: ['NameID', 'Issuer'],
    strikes: { claims: (claims) => ({ ...claims, nameId: claims.nameId && { ...claims.nameId, value: 'other' } }) },
  };
  const arranged = [
    { phrase: 'other', fault: other, amount: 0 },
    { phrase: 'a NameID in a subdomain', fault: faults['a NameID in a subdomain'] as Fault, amount: 0 },
  ];
  const { xml } = buildResponse({ ...input, faults: arranged });
  assert.match(xml, /<saml:AttributeValue>sam@mail\.acme\.example</);
});

test('a response without an assertion has no name to strike at', () => {
  const { nameIds, emails, struck } = play('an empty NameID', { status: { code: 'Responder' } });
  assert.deepEqual([nameIds, emails, struck], [[], [], []]);
});

test('an app that knows its users by NameID gets its attributes unchanged', () => {
  const { app, user } = input;
  const { emails } = play('a NameID in a subdomain', {
    app: { ...app, knownBy: undefined },
    user: { ...user, nameId: 'sam@acme.example' },
  });
  assert.deepEqual(emails, ['sam@acme.example']);
});

test('without a value of the attribute by which the app knows its users, nothing is added', () => {
  const { user } = input;
  for (const attributes of [{ uid: ['sam'] }, { uid: ['sam'], mail: [] }]) {
    const { emails, uids, nameIds } = play('an empty NameID', { user: { ...user, attributes } });
    assert.deepEqual([emails, uids, nameIds], [[], ['sam'], ['']]);
  }
});

test('a fault of the name changes the NameID and nothing else', () => {
  const { touches: _, ...fault } = faults['an empty NameID'] as Fault;
  const isOf = (one: Fault): boolean => isOfName({ phrase: '', fault: one, amount: 0 });
  assert.ok(isOf({ ...fault, touches: ['NameID'] }));
  for (const touches of [['NameID', 'Issuer'], ['Issuer']]) assert.ok(!isOf({ ...fault, touches }));
  assert.ok(!isOf(fault), 'it may change anything');
});

test('a forged assertion has a stranger in every name, and the same groups', () => {
  const { nameIds, emails, uids, groups } = play('a forged assertion by signature wrapping XSW3');
  assert.deepEqual(nameIds, ['mallory@elsewhere.example', 'u-4711']);
  assert.deepEqual(emails, ['mallory@elsewhere.example', 'sam@acme.example']);
  assert.deepEqual(uids, ['mallory', 'sam']);
  assert.deepEqual(groups, ['staff', 'staff']);
});

test('or the user that the app names for forged content, with that user’s attributes', () => {
  const forged = { nameId: 'u-1', attributes: { mail: ['ada@acme.example'], uid: ['ada'], groups: ['owners'] } };
  const { nameIds, emails, uids, groups } = play('a forged assertion by signature wrapping XSW3', {
    elsewhere: { forged },
  });
  assert.deepEqual([nameIds[0], emails[0], uids[0], groups[0]], ['u-1', 'ada@acme.example', 'ada', 'owners']);
});
