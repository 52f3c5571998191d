/** The cost of a hostile message: no more than of a valid one of its length, with any number of certificates. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SignedXml } from 'xml-crypto';
import type { RejectionCode } from '../rejection-advice.ts';
import { fieldsOf, mostFields } from './decode.ts';
import { childElements, pathOf } from './dom.ts';
import {
  assertAccepted,
  codesOf,
  type Edit,
  idpEntityId,
  judged,
  make,
  type Settings,
  signers,
  swap,
  uris,
} from './message.fixture.ts';
import { assertLinear, spentMs } from './processor-time.fixture.ts';
import { parse, read } from './read.ts';

const repeat = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join('');
const before =
  (mark: string, added: string): Edit =>
  (xml) =>
    swap(mark, added + mark)(xml);

/** As Keycloak writes them. */
const typedGroup = (index: number): string =>
  '<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">' +
  `group ${index}</saml:AttributeValue>`;
/** As AD FS writes them. */
const plainGroup = (index: number): string => `<saml:AttributeValue>group ${index}</saml:AttributeValue>`;
const inGroups = (values: string): Edit =>
  before('</saml:AttributeStatement>', `<saml:Attribute Name="groups">${values}</saml:Attribute>`);

const manyCertificates: Settings = {
  idp: {
    entityId: idpEntityId,
    certificates: [...Array.from({ length: 19 }, () => signers.stranger.certificate), signers.idp.certificate],
  },
};

test('a user in 5,000 groups signs in, with Keycloak’s xsi:types; 10,000 in AD FS’s format can be read', () => {
  const { identity } = assertAccepted(make({ edit: inGroups(repeat(5_000, typedGroup)), sign: ['_response'] }));
  assert.equal(identity.attributes.groups!.length, 5_000);
  assert.ok(read(inGroups(repeat(10_000, plainGroup))(honest)).ok);
});

test('each signature is digested once for all certificates, and not at all if no pinned key made it', () => {
  const digested = mock.method(SignedXml.prototype, 'checkSignature');
  assertAccepted(make(), manyCertificates);
  assert.equal(digested.mock.callCount(), 2);
  digested.mock.resetCalls();
  const forged = make({ signing: { signer: signers.elliptic, algorithm: uris.ecdsaSha256 } });
  assert.ok(codesOf(judged(forged, manyCertificates)).includes('signing-cert-mismatch'));
  assert.equal(digested.mock.callCount(), 0);
  mock.restoreAll();
});

const prefixList = (count: number): string =>
  `<InclusiveNamespaces xmlns="${uris.exclusive}" PrefixList="${repeat(count, (index) => `p${index} `)}"/>`;
const withPrefixes = (element: string, count: number): Edit =>
  swap(
    `<ds:${element} Algorithm="${uris.exclusive}"/>`,
    `<ds:${element} Algorithm="${uris.exclusive}">${prefixList(count)}</ds:${element}>`,
  );
const namespaces = (count: number, prefix: string): string =>
  repeat(count, (index) => ` xmlns:${prefix}${index}="urn:${prefix}${index}"`);
const many = 1_000;
const honest = make();
const withTypedGroups = inGroups(repeat(many, typedGroup))(honest);
const long = 'a'.repeat(150);

const hostile: Readonly<Record<string, readonly [string, RejectionCode]>> = {
  'a long PrefixList in a transform': [
    withPrefixes('Transform', many * 8)(withTypedGroups),
    'signature-structure-refused',
  ],
  'a long PrefixList in the canonicalization of SignedInfo': [
    withPrefixes('CanonicalizationMethod', many * 8)(withTypedGroups),
    'signature-structure-refused',
  ],
  'many AuthnStatements': [
    before('<saml:AttributeStatement>', '<saml:AuthnStatement AuthnInstant="x"/>'.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many AudienceRestrictions': [
    before('</saml:Conditions>', '<saml:AudienceRestriction/>'.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many SubjectConfirmations': [
    before('</saml:Subject>', '<saml:SubjectConfirmation/>'.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many EncryptedAttributes': [
    before('</saml:AttributeStatement>', '<saml:EncryptedAttribute/>'.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many signatures': [
    before('<samlp:Status>', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many References': [before('</ds:SignedInfo>', '<ds:Reference/>'.repeat(many))(honest), 'xml-too-complex'],
  'many transforms': [before('</ds:Transforms>', '<ds:Transform/>'.repeat(many))(honest), 'xml-too-complex'],
  'many assertions': [before('</samlp:Response>', '<saml:Assertion/>'.repeat(many))(honest), 'xml-too-complex'],
  'misplaced assertions in elements with long names': [
    before(
      '</saml:Subject>',
      `${`<${long}>`.repeat(50)}${'<saml:Assertion/>'.repeat(200)}${`</${long}>`.repeat(50)}`,
    )(honest),
    'altered-in-transit',
  ],
  'many namespace declarations around many elements': [
    inGroups(`<a${namespaces(60, 'a')}><b${namespaces(60, 'b')}>${'<saml:AttributeValue/>'.repeat(many)}</b></a>`)(
      honest,
    ),
    'xml-too-complex',
  ],
  'the maximum of namespace declarations around many elements': [
    inGroups(`<a${namespaces(60, 'a')}>${repeat(many, typedGroup)}</a>`)(honest),
    'altered-in-transit',
  ],
  'values with many attributes': [
    inGroups(`<saml:AttributeValue${namespaces(20, 'a')}/>`.repeat(many))(honest),
    'xml-too-complex',
  ],
  'many attributes of the same name': [
    before('</saml:AttributeStatement>', '<saml:Attribute Name="a"/>'.repeat(many * 3))(honest),
    'altered-in-transit',
  ],
  'one attribute with many values among many of the same name': [
    inGroups(
      `${repeat(many, plainGroup)}</saml:Attribute>` +
        `${repeat(many, () => '<saml:Attribute Name="groups"/>')}<saml:Attribute Name="b">`,
    )(honest),
    'altered-in-transit',
  ],
  'attribute values in wrong places': [
    before('</samlp:Status>', '<saml:AttributeValue/>'.repeat(many * 3))(honest),
    'altered-in-transit',
  ],
};

test('a hostile message costs no more than a few valid ones of the same length', () => {
  assertAccepted(honest, manyCertificates);
  const perCharacter = spentAtLeast(() => judged(withTypedGroups, manyCertificates)) / withTypedGroups.length;
  for (const [name, [xml, code]] of Object.entries(hostile)) {
    const attempt = (): number => spentMs(() => assert.ok(codesOf(judged(xml, manyCertificates)).includes(code), name));
    const allowed = 6 * perCharacter * xml.length + 5;
    const first = attempt();
    const spent = first < allowed ? first : attempt();
    assert.ok(spent < allowed, `${name}: ${spent.toFixed(0)} ms of processor time, ${allowed.toFixed(0)} are allowed`);
  }
});

test('the time to find the places of all elements grows linearly', () =>
  assertLinear(
    'places',
    (count) => childElements(parse(`<a>${'<b/>'.repeat(count)}</a>`).documentElement),
    (all) => void all.map(pathOf),
  ));

test('fields beyond the limit of a form are not read', () => {
  assert.equal(fieldsOf('&=%25'.repeat(400_000)).length <= mostFields + 1, true);
  assert.deepEqual(fieldsOf('a=1&b=%C3%BC+x&a='), [
    ['a', '1'],
    ['b', 'ü x'],
    ['a', ''],
  ]);
});

/** The better of two. */
const spentAtLeast = (act: () => void): number => Math.min(spentMs(act), spentMs(act));
