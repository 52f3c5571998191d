/** Tests of signatures: accepted and rejected ones, and that only signed content is read. */
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import type { RejectionCode } from '../rejection-advice.ts';
import { judge } from './judge.ts';
import {
  address,
  assertAccepted,
  assertionOf,
  assertRejected,
  certificateOf,
  drop,
  type Edit,
  expectation,
  forgeForExponentOne,
  honest,
  idpEntityId,
  inTurn,
  judged,
  type Making,
  make,
  type Settings,
  sign,
  signatureOf,
  signers,
  swap,
  uris,
} from './message.fixture.ts';
import { assertQuick, spentMs } from './processor-time.fixture.ts';
import { parse } from './read.ts';

const byAssertion: Settings = { policies: { requireSignedMessage: false } };
const keyInfoOf = ({ certificate }: typeof signers.idp): string => {
  const base64 = certificate.replace(/-----[A-Z ]+-----|\s/g, '');
  return `<ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data>`;
};
const advice = sign(
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_advice">' +
    '<saml:Issuer>x</saml:Issuer></saml:Assertion>',
  '_advice',
);
const certified = (...certificates: string[]): Settings => ({ idp: { entityId: idpEntityId, certificates } });

/** As an older release may have stored it. */
const exponentOne = await certificateOf(
  createPublicKey({
    key: { kty: 'RSA', n: signers.idp.publicKey.export({ format: 'jwk' }).n!, e: 'AQ' },
    format: 'jwk',
  }),
);

const accepted: Readonly<Record<string, readonly [Making, Settings?]>> = {
  'response and assertion signed': [{}],
  'only the response signed': [{ sign: ['_response'] }],
  'only the assertion signed, which is enough': [{ sign: ['_assertion'] }, byAssertion],
  'unusual prefixes': [
    {
      sign: ['_response'],
      edit: (xml) => xml.replaceAll(/(<\/?|xmlns:)samlp\b/g, '$1saml2p').replaceAll(/(<\/?|xmlns:)saml\b/g, '$1saml2'),
    },
  ],
  'no prefixes at all': [
    { sign: ['_response'], edit: (xml) => xml.replaceAll(/(<\/?)samlp:/g, '$1').replace('xmlns:samlp', 'xmlns') },
  ],
  'no KeyInfo': [{ signing: { keyInfo: null } }],
  'a KeyInfo that only names the key': [
    { signing: { keyInfo: '<ds:KeyName>unknown</ds:KeyName><ds:RetrievalMethod URI="http://127.0.0.1:1/"/>' } },
  ],
  'RSA with SHA-384': [{ signing: { algorithm: uris.rsaSha384, digest: uris.sha384 } }],
  'RSA with SHA-512': [{ signing: { algorithm: uris.rsaSha512, digest: uris.sha512 } }],
  'RSA with PSS': [{ signing: { algorithm: uris.pss } }],
  ECDSA: [
    { signing: { algorithm: uris.ecdsaSha256, signer: signers.elliptic } },
    certified(signers.elliptic.certificate),
  ],
  'SHA-1 where the profile allows it': [
    { signing: { algorithm: uris.rsaSha1, digest: uris.sha1 } },
    { policies: { allowSha1: true } },
  ],
  'the second of two certificates': [{}, certified(signers.stranger.certificate, signers.idp.certificate)],
  'an expired certificate, since its key is pinned': [{}, certified(signers.expired.certificate)],
  'a certificate of another key type and the right one': [
    {},
    certified(signers.elliptic.certificate, signers.idp.certificate),
  ],
  'a weak and the right certificate': [{}, certified(signers.weak.certificate, signers.idp.certificate)],
  'a malformed and the right certificate': [{}, certified('nonsense', signers.idp.certificate)],
  'prefixes in an InclusiveNamespaces PrefixList': [
    {
      edit: swap(
        '<saml:AttributeValue>',
        '<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema"' +
          ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">',
      ),
      sign: ['_response'],
      signing: { inclusive: ['xs'] },
    },
  ],
  'Windows line ends, made in transit': [{ alter: (xml) => xml.replaceAll('\n', '\r\n') }],
  'a signed assertion inside an Advice': [
    {
      edit: swap('</saml:Conditions>', `</saml:Conditions><saml:Advice>${advice}</saml:Advice>`),
    },
  ],
  'a comment added to the issuer, since comments are not signed': [
    { alter: swap('<saml:Issuer>', '<saml:Issuer><!-- -->') },
  ],
};
for (const [name, [making, settings]] of Object.entries(accepted))
  test(`accepted: ${name}`, () => void assertAccepted(make(making), settings));

const inSignature =
  (edit: Edit): Edit =>
  (xml) =>
    xml.replace(signatureOf(xml), (signature) => edit(signature));
const ownValue = /(<ds:SignatureValue>)([^<]*)/;
const changedValue: Edit = (xml) =>
  xml.replace(
    ownValue,
    (_, start: string, value: string) => start + (value.startsWith('A') ? 'B' : 'A') + value.slice(1),
  );
const transformed = (first: string, second: string): Edit =>
  swap(/<ds:Transforms>[\s\S]*<\/ds:Transforms>/, `<ds:Transforms>${first}${second}</ds:Transforms>`);
const [envelopedTransform, exclusiveTransform] = [
  `<ds:Transform Algorithm="${uris.enveloped}"/>`,
  `<ds:Transform Algorithm="${uris.exclusive}"/>`,
];
const prefixes = `<InclusiveNamespaces xmlns="${uris.exclusive}" PrefixList="saml"/>`;
const canonicalized = (inside: string): Edit =>
  swap(
    /<ds:CanonicalizationMethod[^>]*\/>/,
    `<ds:CanonicalizationMethod Algorithm="${uris.exclusive}">${inside}</ds:CanonicalizationMethod>`,
  );

const rejected: Readonly<Record<string, readonly [Making, readonly RejectionCode[], Settings?]>> = {
  'nothing signed': [{ sign: [] }, ['nothing-signed']],
  'nothing signed, with any policies': [{ sign: [] }, ['nothing-signed'], byAssertion],
  'only the assertion signed': [{ sign: ['_assertion'] }, ['message-not-signed']],
  'only the response signed, assertion signature required': [
    { sign: ['_response'] },
    ['assertion-not-signed'],
    { policies: { requireSignedAssertion: true } },
  ],
  'no certificate': [{}, ['idp-certificate-absent'], certified()],
  'no certificate and no signature': [{ sign: [] }, ['idp-certificate-absent', 'nothing-signed'], certified()],
  'only malformed certificates': [
    {},
    ['idp-certificate-absent'],
    certified('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
  ],
  'an unknown key and certificate': [
    { sign: ['_response'], signing: { signer: signers.stranger } },
    ['signing-cert-mismatch'],
  ],
  'an unknown key with the right certificate': [
    { sign: ['_response'], signing: { signer: signers.stranger, keyInfo: keyInfoOf(signers.idp) } },
    ['signature-invalid'],
  ],
  'an unknown key without a certificate': [
    { sign: ['_response'], signing: { signer: signers.stranger, keyInfo: null } },
    ['signature-invalid'],
  ],
  'an unknown key with a malformed certificate': [
    {
      sign: ['_response'],
      signing: {
        signer: signers.stranger,
        keyInfo: '<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>',
      },
    },
    ['signing-cert-mismatch'],
  ],
  'a changed SignatureValue': [{ sign: ['_response'], alter: changedValue }, ['signature-invalid']],
  'a changed RSA-PSS SignatureValue': [
    { sign: ['_response'], signing: { algorithm: uris.pss }, alter: changedValue },
    ['signature-invalid'],
  ],
  'an ECDSA SignatureValue of zeros': [
    {
      sign: ['_response'],
      signing: { algorithm: uris.ecdsaSha256, signer: signers.elliptic },
      alter: (xml) => xml.replace(ownValue, `$1${Buffer.alloc(64).toString('base64')}`),
    },
    ['signature-invalid'],
    certified(signers.elliptic.certificate),
  ],
  'a changed ECDSA SignatureValue': [
    { sign: ['_response'], signing: { algorithm: uris.ecdsaSha256, signer: signers.elliptic }, alter: changedValue },
    ['signature-invalid'],
    certified(signers.elliptic.certificate),
  ],
  'an empty SignatureValue': [
    { sign: ['_response'], alter: swap(ownValue, '<ds:SignatureValue>') },
    ['signature-invalid'],
  ],
  'a NameID changed after signing': [
    { sign: ['_response'], alter: swap(address, 'eve@acme.example') },
    ['altered-in-transit', 'nameid-user-mismatch'],
  ],
  'a valid response signature with an invalid assertion signature': [
    { sign: ['_assertion'], signing: {}, alter: (xml) => sign(xml.replace(ownValue, '$1AAAA'), '_response') },
    ['signature-invalid'],
  ],
  'an invalid response signature with a valid assertion signature': [
    { alter: swap('IssueInstant="2026-03-01T11:59:58Z"', 'IssueInstant="2026-03-01T11:59:59Z"') },
    ['altered-in-transit'],
  ],
  'RSA with SHA-1': [{ sign: ['_response'], signing: { algorithm: uris.rsaSha1 } }, ['signature-algorithm-refused']],
  'a SHA-1 digest': [{ sign: ['_response'], signing: { digest: uris.sha1 } }, ['signature-algorithm-refused']],
  'RSA with MD5': [
    { sign: ['_response'], signing: { algorithm: uris.rsaMd5 } },
    ['signature-algorithm-refused'],
    { policies: { allowSha1: true } },
  ],
  'a short key': [
    { sign: ['_response'], signing: { signer: signers.weak } },
    ['key-too-weak'],
    certified(signers.weak.certificate),
  ],
  'a short elliptic curve': [
    { sign: ['_response'], signing: { algorithm: uris.ecdsaSha256, signer: signers.shortCurve } },
    ['key-too-weak'],
    certified(signers.shortCurve.certificate),
  ],
  'a SignatureValue made without a key, for a pinned key with the exponent 1': [
    { sign: ['_response'], alter: (xml) => forgeForExponentOne(xml, 2048) },
    ['key-too-weak'],
    certified(exponentOne),
  ],
  'an ECDSA algorithm with a pinned RSA key': [
    { sign: ['_response'], alter: swap(uris.rsaSha256, uris.ecdsaSha256) },
    ['signature-invalid'],
  ],
  'canonicalisation with comments': [
    {
      sign: ['_response'],
      signing: { canonicalization: uris.commented, transforms: [uris.enveloped, uris.commented] },
    },
    ['signature-transform-refused'],
  ],
  'inclusive canonicalisation': [
    {
      sign: ['_response'],
      signing: { canonicalization: uris.inclusive, transforms: [uris.enveloped, uris.inclusive] },
    },
    ['signature-transform-refused'],
  ],
  'inclusive canonicalisation of SignedInfo only': [
    { sign: ['_response'], signing: { canonicalization: uris.inclusive } },
    ['signature-transform-refused'],
  ],
  'canonicalisation of SignedInfo with comments': [
    { sign: ['_response'], signing: { canonicalization: uris.commented } },
    ['signature-transform-refused'],
  ],
  'two PrefixLists for SignedInfo': [
    { sign: ['_response'], alter: canonicalized(prefixes + prefixes) },
    ['signature-structure-refused'],
  ],
  'an unknown element in CanonicalizationMethod': [
    { sign: ['_response'], alter: canonicalized('<x xmlns="urn:x"/>') },
    ['signature-structure-refused'],
  ],
  'the exclusive transform twice': [
    { sign: ['_response'], signing: { transforms: [uris.exclusive, uris.exclusive] } },
    ['signature-transform-refused'],
  ],
  'a transform in another namespace': [
    {
      sign: ['_response'],
      alter: transformed(`<x:Transform xmlns:x="urn:x" Algorithm="${uris.enveloped}"/>`, exclusiveTransform),
    },
    ['signature-transform-refused'],
  ],
  'a transform with content': [
    {
      sign: ['_response'],
      alter: transformed(
        envelopedTransform,
        `<ds:Transform Algorithm="${uris.exclusive}"><x xmlns="urn:x"/></ds:Transform>`,
      ),
    },
    ['signature-transform-refused'],
  ],
  'a PrefixList for the enveloped transform': [
    {
      sign: ['_response'],
      alter: transformed(`<ds:Transform Algorithm="${uris.enveloped}">${prefixes}</ds:Transform>`, exclusiveTransform),
    },
    ['signature-transform-refused'],
  ],
  'two PrefixLists for the signed element': [
    {
      sign: ['_response'],
      alter: swap(exclusiveTransform, exclusiveTransform.replace('/>', `>${prefixes + prefixes}</ds:Transform>`)),
    },
    ['signature-transform-refused'],
  ],
  'two Transforms': [
    {
      sign: ['_response'],
      alter: swap(
        /<ds:Transforms>[\s\S]*<\/ds:Transforms>/,
        `<ds:Transforms>${envelopedTransform}</ds:Transforms><ds:Transforms>${exclusiveTransform}</ds:Transforms>`,
      ),
    },
    ['signature-structure-refused', 'signature-transform-refused'],
  ],
  'an algorithm with an inherited property name': [
    {
      sign: ['_response'],
      alter: swap(`SignatureMethod Algorithm="${uris.rsaSha256}"`, 'SignatureMethod Algorithm="constructor"'),
    },
    ['signature-algorithm-refused'],
  ],
  'a digest with an inherited property name': [
    {
      sign: ['_response'],
      alter: swap(`DigestMethod Algorithm="${uris.sha256}"`, 'DigestMethod Algorithm="constructor"'),
    },
    ['signature-algorithm-refused'],
  ],
  'only the transform is wrong': [
    { sign: ['_response'], signing: { transforms: [uris.enveloped, uris.commented] } },
    ['signature-transform-refused'],
  ],
  'only one transform': [
    { sign: ['_response'], signing: { transforms: [uris.enveloped] } },
    ['signature-transform-refused'],
  ],
  'three transforms': [
    { sign: ['_response'], signing: { transforms: [uris.enveloped, uris.exclusive, uris.exclusive] } },
    ['signature-transform-refused'],
  ],
  'transforms in the wrong order': [
    { sign: ['_response'], signing: { transforms: [uris.exclusive, uris.enveloped] } },
    ['signature-transform-refused'],
  ],
  'an XPath transform': [
    {
      sign: ['_response'],
      alter: swap(
        `<ds:Transform Algorithm="${uris.exclusive}"/>`,
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">' +
          '<ds:XPath>true()</ds:XPath></ds:Transform>',
      ),
    },
    ['signature-transform-refused'],
  ],
  'a reference to the whole document': [
    { sign: ['_response'], alter: swap('URI="#_response"', 'URI=""') },
    ['signature-structure-refused'],
  ],
  'no reference': [{ sign: ['_response'], alter: drop(' URI="#_response"') }, ['signature-structure-refused']],
  'a reference to another element': [
    { sign: ['_response'], alter: swap('URI="#_response"', 'URI="http://127.0.0.1:1/"') },
    ['signature-structure-refused'],
  ],
  'a reference by XPointer': [
    { sign: ['_response'], alter: swap('URI="#_response"', 'URI="#xpointer(/)"') },
    ['signature-structure-refused'],
  ],
  'a reference to the assertion, in the response’s signature': [
    { sign: ['_response'], alter: swap('URI="#_response"', 'URI="#_assertion"') },
    ['signature-structure-refused'],
  ],
  'two references': [
    {
      sign: ['_response'],
      alter: inSignature((signature) => {
        const reference = /<ds:Reference[\s\S]*<\/ds:Reference>/.exec(signature)![0];
        return signature.replace(reference, reference + reference);
      }),
    },
    ['signature-structure-refused'],
  ],
  'two SignedInfos': [
    {
      sign: ['_response'],
      alter: inSignature((signature) => {
        const info = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(signature)![0];
        return signature.replace(info, info + info);
      }),
    },
    ['signature-structure-refused'],
  ],
  'a second digest value': [
    { sign: ['_response'], alter: swap('<ds:DigestValue>', '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>') },
    ['signature-structure-refused'],
  ],
  'a second DigestValue elsewhere': [
    { sign: ['_response'], alter: swap('<ds:DigestMethod', '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestMethod') },
    ['signature-structure-refused'],
  ],
  'a comment in the digest value': [
    { sign: ['_response'], alter: swap('<ds:DigestValue>', '<ds:DigestValue><!-- AAAA -->') },
    ['signature-structure-refused'],
  ],
  'a comment in SignedInfo': [
    { sign: ['_response'], alter: swap('<ds:SignedInfo>', '<ds:SignedInfo><!-- -->') },
    ['signature-structure-refused'],
  ],
  'a comment in the signature value': [
    { sign: ['_response'], alter: swap('<ds:SignatureValue>', '<ds:SignatureValue><!-- -->') },
    ['signature-structure-refused'],
  ],
  'an element in the signature value': [
    { sign: ['_response'], alter: swap('<ds:SignatureValue>', '<ds:SignatureValue><a/>') },
    ['signature-structure-refused'],
  ],
  'an element in the digest method': [
    {
      sign: ['_response'],
      alter: swap(/<ds:DigestMethod([^>]*)\/>/, `<ds:DigestMethod Algorithm="${uris.sha256}"><a/></ds:DigestMethod>`),
    },
    ['signature-structure-refused'],
  ],
  'an element in the digest value': [
    { sign: ['_response'], alter: swap('<ds:DigestValue>', '<ds:DigestValue><a/>') },
    ['signature-structure-refused'],
  ],
  'a reference to a missing ID': [
    { sign: ['_response'], alter: inTurn(drop(' ID="_response"'), swap('URI="#_response"', 'URI="#"')) },
    ['response-id-invalid', 'signature-structure-refused'],
  ],
  'a truncated HMAC': [
    {
      sign: ['_response'],
      alter: swap(
        /<ds:SignatureMethod Algorithm="[^"]*"\/>/,
        `<ds:SignatureMethod Algorithm="${uris.hmacSha256}">` +
          '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>',
      ),
    },
    ['signature-structure-refused', 'signature-algorithm-refused'],
  ],
  'an Object': [
    { sign: ['_response'], alter: swap('</ds:Signature>', '<ds:Object>x</ds:Object></ds:Signature>') },
    ['signature-structure-refused'],
  ],
  'KeyInfo before SignedInfo': [
    {
      sign: ['_response'],
      alter: inSignature((signature) => {
        const info = /<ds:KeyInfo>[\s\S]*<\/ds:KeyInfo>/.exec(signature)![0];
        return signature.replace(info, '').replace('<ds:SignedInfo>', `${info}<ds:SignedInfo>`);
      }),
    },
    ['signature-structure-refused'],
  ],
  'a second signature method under another namespace': [
    {
      sign: ['_response'],
      alter: swap(
        '<ds:SignatureMethod',
        `<SignatureMethod xmlns="urn:x" Algorithm="${uris.rsaSha1}"/><ds:SignatureMethod`,
      ),
    },
    ['signature-structure-refused'],
  ],
  'two signatures on one element': [
    { sign: ['_response'], alter: (xml) => xml.replace(signatureOf(xml), (signature) => signature + signature) },
    ['signature-structure-refused'],
  ],
  'a signature in the extensions': [
    {
      sign: ['_response'],
      alter: (xml) =>
        xml
          .replace(signatureOf(xml), '')
          .replace('<samlp:Status>', () => `<samlp:Extensions>${signatureOf(xml)}</samlp:Extensions><samlp:Status>`),
    },
    ['nothing-signed', 'signature-misplaced'],
  ],
  'a signed assertion in the extensions': [
    {
      sign: ['_assertion', '_response'],
      alter: (xml) =>
        xml.replace(
          '<samlp:Status>',
          () =>
            `<samlp:Extensions>${assertionOf(xml).replaceAll('_assertion', '_other')}</samlp:Extensions><samlp:Status>`,
        ),
    },
    ['assertion-misplaced', 'signature-misplaced'],
  ],
  'a signature in an attribute': [
    { alter: inTurn((xml) => xml.replace('<saml:AttributeValue>', `<saml:AttributeValue>${signatureOf(xml)}`)) },
    ['signature-misplaced'],
  ],
  'a signature in the status': [
    {
      sign: ['_response'],
      alter: (xml) =>
        xml
          .replace(signatureOf(xml), '')
          .replace('</samlp:Status>', `<samlp:StatusDetail>${signatureOf(xml)}</samlp:StatusDetail></samlp:Status>`),
    },
    ['nothing-signed', 'signature-misplaced'],
  ],
};
for (const [name, [making, codes, settings]] of Object.entries(rejected)) {
  test(`rejected: ${name}`, () => {
    const { findings } = assertRejectedSomehow(make(making), settings);
    for (const code of codes)
      assert.ok(
        findings.some((one) => one.code === code),
        `${code} is not among ${findings.map((one) => one.code).join(', ')}`,
      );
    assert.ok(codes.includes(findings[0]!.code), `${findings[0]!.code} comes first: ${JSON.stringify(findings[0])}`);
  });
}
function assertRejectedSomehow(
  xml: string,
  settings?: Settings,
): Extract<ReturnType<typeof judged>, { verdict: 'reject' }> {
  const judgement = judged(xml, settings);
  assert.equal(judgement.verdict, 'reject');
  return judgement as Extract<typeof judgement, { verdict: 'reject' }>;
}

test('an HMAC keyed with the public certificate is rejected', () => {
  const xml = make({
    sign: ['_response'],
    alter: (text) => {
      const forged = text.replace(uris.rsaSha256, uris.hmacSha256);
      return forged.replace(
        ownValue,
        `$1${createHmac('sha256', signers.idp.certificate)
          .update(/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(forged)![0])
          .digest('base64')}`,
      );
    },
  });
  assertRejected(xml, ['signature-algorithm-refused']);
});

test('without certificates the signature is not verified', () => {
  const judgement = judged(make(), { idp: { entityId: idpEntityId } });
  assert.equal(judgement.verdict, 'undetermined');
  assert.deepEqual(judgement.notVerified, ['signature']);
});

test('an unknown certificate is shown with the expected one and its place', () => {
  const [first] = assertRejectedSomehow(make({ sign: ['_response'], signing: { signer: signers.stranger } })).findings;
  assert.match(first.expected!, /^SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.match(first.received!, /^SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(first.path, '/samlp:Response/ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate');
  assert.equal(first.line, 2);
});

test('the identity is the whole text, including CDATA sections and around comments', () => {
  assert.equal(assertAccepted(make({ alter: swap(address, 'ada@acme<!-- -->.example') })).identity.nameId, address);
  assert.equal(assertAccepted(make({ edit: swap(address, 'ada@<![CDATA[acme]]>.example') })).identity.nameId, address);
  assertRejected(make({ edit: swap(address, `${address}<!-- -->.evil.com`), alter: (xml) => xml }), [
    'nameid-user-mismatch',
  ]);
});

test('if the parsed tree differs from the signed bytes, the bytes count', () => {
  for (const [targets, edits] of [
    [['_response'], [swap(address, 'eve@acme.example'), swap('Destination="', 'Destination="x')]],
    [['_assertion'], [swap(address, 'eve@acme.example')]],
  ] as const) {
    const xml = make({ sign: targets });
    for (const misread of edits) {
      const judgement = judge(
        { xml, document: parse(misread(xml)) },
        expectation({ ...byAssertion, account: () => ({ kind: 'expected' }) }),
      );
      assert.equal(
        judgement.verdict === 'accept' && judgement.identity.nameId,
        address,
        JSON.stringify(judgement.findings),
      );
    }
  }
});

/** Moves the signed part aside and puts an unsigned one in its place. */
const evil = (xml: string): string => xml.replaceAll(address, 'eve@acme.example');
const bare = (xml: string): string => xml.replaceAll(/<ds:Signature [\s\S]*?<\/ds:Signature>/g, '');
const renamed = (xml: string): string => evil(bare(xml)).replace('ID="_assertion"', 'ID="_evil"');
const wrapped: Readonly<Record<string, Edit>> = {
  'a forged response around the original in its Signature': (xml) =>
    evil(bare(xml))
      .replace('ID="_response"', 'ID="_evil"')
      .replace(
        '</saml:Issuer>',
        `</saml:Issuer>${signatureOf(xml).replace('</ds:Signature>', `${bare(xml)}</ds:Signature>`)}`,
      ),
  'a forged response with the original next to the Signature': (xml) =>
    evil(bare(xml))
      .replace('ID="_response"', 'ID="_evil"')
      .replace('</saml:Issuer>', `</saml:Issuer>${bare(xml)}${signatureOf(xml)}`),
  'a forged assertion before the signed one': (xml) =>
    xml.replace('<saml:Assertion', () => `${renamed(assertionOf(xml))}<saml:Assertion`),
  'a forged assertion after the signed one': (xml) =>
    xml.replace('</saml:Assertion>', () => `</saml:Assertion>${renamed(assertionOf(xml))}`),
  'a forged assertion around the signed one': (xml) =>
    xml.replace(assertionOf(xml), (original) =>
      renamed(original).replace('</saml:Assertion>', `${original}</saml:Assertion>`),
    ),
  'the signed one changed, with its copy at the end': (xml) =>
    xml.replace(
      assertionOf(xml),
      (original) => `${evil(original).replace('ID="_assertion"', 'ID="_evil"')}${bare(original)}`,
    ),
  'the signed one changed, with its copy in the Signature': (xml) =>
    xml.replace(assertionOf(xml), (original) =>
      evil(original)
        .replace('ID="_assertion"', 'ID="_evil"')
        .replace('</ds:Signature>', `${bare(original)}</ds:Signature>`),
    ),
  'a forged assertion in the extensions': (xml) =>
    xml.replace(
      '<samlp:Status>',
      () => `<samlp:Extensions>${renamed(assertionOf(xml))}</samlp:Extensions><samlp:Status>`,
    ),
  'the original in an Object of the Signature': (xml) =>
    xml.replace(assertionOf(xml), (original) =>
      evil(original)
        .replace('ID="_assertion"', 'ID="_evil"')
        .replace('</ds:Signature>', `<ds:Object>${bare(original)}</ds:Object></ds:Signature>`),
    ),
  'an encrypted and a signed assertion': (xml) =>
    xml.replace('</saml:Assertion>', '</saml:Assertion><saml:EncryptedAssertion/>'),
  'text before Issuer': (xml) =>
    xml.replace('<saml:Issuer>', '<saml:NameID>eve@acme.example</saml:NameID><saml:Issuer>'),
  'the response wrapped in an element': (xml) => `<a>${xml}</a>`,
  'two responses in an element': (xml) =>
    `<a>${xml}${evil(bare(xml)).replace('ID="_response"', 'ID="_evil"').replace('ID="_assertion"', 'ID="_worse"')}</a>`,
};
for (const [name, wrap] of Object.entries(wrapped)) {
  for (const targets of [['_assertion'], ['_response'], ['_assertion', '_response']]) {
    test(`wrapped, ${targets.join(' and ')} signed: ${name}`, () =>
      void assertRejectedSomehow(wrap(make({ sign: targets })), {
        ...byAssertion,
        account: () => ({ kind: 'expected' }),
      }));
  }
}

test('assertions inside Advice are allowed, and never used', () => {
  const advice = `<saml:Advice>${renamed(assertionOf(honest))}</saml:Advice>`;
  assert.equal(
    assertAccepted(make({ edit: swap('</saml:Conditions>', `</saml:Conditions>${advice}`) })).identity.nameId,
    address,
  );
});

test('input that the library cannot handle is rejected without an exception', () => {
  const document = parse(make());
  const judgement = judge({ xml: 'no XML', document }, expectation());
  assert.ok(judgement.findings.some(({ code }) => code === 'altered-in-transit'));
});

test('a thousand signatures do not cause a thousand verifications', () => {
  const xml = make({
    sign: ['_assertion'],
    alter: (text) =>
      text.replace(assertionOf(text), (one) =>
        Array.from({ length: 150 }, (_, index) => one.replaceAll('_assertion', `_a${index}`)).join(''),
      ),
  });
  assertQuick(
    spentMs(() => assertRejectedSomehow(xml)),
    500,
  );
});
