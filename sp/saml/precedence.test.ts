/**
 * Messages with two or three defects at once, and the cause that an engineer would fix first. The rule of precedence is
 * in `sp/saml/precedence.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceOn, type RejectionCode, rejections } from '../rejection-advice.ts';
import {
  acsUrl,
  address,
  assertionOf,
  drop,
  type Edit,
  idpEntityId,
  inTurn,
  judged,
  type Making,
  make,
  readers,
  type Settings,
  signatureOf,
  signers,
  spEntityId,
  swap,
  uris,
} from './message.fixture.ts';
import { precedence } from './precedence.ts';

test('every rejection has its place in the order, once', () => {
  const ranked = Object.values(precedence).flat();
  assert.deepEqual(ranked.toSorted(), Object.keys(rejections).toSorted());
});

test('what may be an attack is called a suspected forgery', () => {
  const attacks = [
    ...precedence['suspected forgery'].map((code) => adviceOn({ code })),
    adviceOn({ code: 'signature-algorithm-refused', circumstance: 'shared-secret' }),
    adviceOn({ code: 'schema-invalid', circumstance: 'part-outside-assertion' }),
  ];
  for (const { sentence, fix } of attacks) assert.match(`${sentence} ${fix}`, /suspected forgery/i);
});

// Defects that are made before the message is signed.
const status = (name: string): Edit =>
  inTurn(
    swap(
      /<samlp:StatusCode[^>]*\/>/,
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">' +
        `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${name}"/></samlp:StatusCode>`,
    ),
    drop(/<saml:Assertion[\s\S]*<\/saml:Assertion>/),
  );
const all =
  (from: string, to: string): Edit =>
  (xml) => {
    assert.ok(xml.includes(from));
    return xml.replaceAll(from, to);
  };
const version = swap('Version="2.0"', 'Version="1.1"');
const issuer = all(`>${idpEntityId}<`, '>https://other.example/idp<');
const noIssuer = all(`<saml:Issuer>${idpEntityId}</saml:Issuer>`, '');
const destination = swap(`Destination="${acsUrl}"`, 'Destination="https://other.example/acs"');
const recipient = swap(`Recipient="${acsUrl}"`, 'Recipient="https://other.example/acs"');
const audience = swap(`<saml:Audience>${spEntityId}`, '<saml:Audience>https://other.example/sp');
const request = all('InResponseTo="_request"', 'InResponseTo="_other"');
const unsolicited = all(' InResponseTo="_request"', '');
const expired = inTurn(
  swap('NotOnOrAfter="2026-03-01T12:05:00Z"', 'NotOnOrAfter="2026-03-01T11:56:00Z"'),
  swap('NotOnOrAfter="2026-03-01T12:05:01Z"', 'NotOnOrAfter="2026-03-01T11:56:00Z"'),
);
const early = inTurn(
  swap('NotBefore="2026-03-01T11:55:00Z"', 'NotBefore="2026-03-01T12:30:00Z"'),
  swap('NotOnOrAfter="2026-03-01T12:05:00Z"', 'NotOnOrAfter="2026-03-01T12:40:00Z"'),
);
const future = swap('IssueInstant="2026-03-01T11:59:58Z"', 'IssueInstant="2026-03-01T13:00:00Z"');
const sessionOver = swap(' SessionIndex=', ' SessionNotOnOrAfter="2026-03-01T11:00:00Z" SessionIndex=');
const offset = swap('IssueInstant="2026-03-01T11:59:58Z"', 'IssueInstant="2026-03-01T12:59:58+01:00"');
const idWithColon = all('_response', 'urn:response');
const strayAttribute = swap('<samlp:Status>', '<samlp:Status Colour="red">');
const strayElement = swap('</saml:AttributeStatement>', '<saml:Colour/></saml:AttributeStatement>');
const issuerFormat = swap(
  '<saml:Issuer>',
  '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">',
);
const nameIdFormat = swap('nameid-format:emailAddress', 'nameid-format:unspecified');
const notEmail = swap(`>${address}</saml:NameID>`, '>ada</saml:NameID>');
const noNameId = drop(/<saml:NameID[\s\S]*<\/saml:NameID>/);
const noConditions = drop(/<saml:Conditions[\s\S]*<\/saml:Conditions>/);
const unknownCondition = swap('</saml:Conditions>', '<x:Curfew xmlns:x="urn:x"/></saml:Conditions>');
const noStatement = drop(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/);
const repeated = swap(
  '</saml:AttributeStatement>',
  '<saml:Attribute Name="mail"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
);

// Defects that are made after it is signed.
const tampered = swap(`>${address}</saml:NameID>`, '>eve@acme.example</saml:NameID>');
const damaged: Edit = (xml) =>
  xml.replace(/(<ds:SignatureValue>)(.)/g, (_, start: string, one: string) => `${start}${one === 'A' ? 'B' : 'A'}`);
const copied: Edit = (xml) =>
  xml.replace(
    '</saml:Assertion>',
    () =>
      `</saml:Assertion>${assertionOf(xml).replaceAll('_assertion', '_evil').replaceAll(address, 'eve@acme.example')}`,
  );
const inExtensions: Edit = (xml) =>
  xml.replace(
    '<samlp:Status>',
    () => `<samlp:Extensions>${assertionOf(xml).replaceAll('_assertion', '_b')}</samlp:Extensions><samlp:Status>`,
  );
const subjectOutside: Edit = (xml) =>
  xml.replace('<saml:Assertion', () => `${/<saml:Subject>[\s\S]*<\/saml:Subject>/.exec(xml)![0]}<saml:Assertion`);
const twoDigests = swap('<ds:DigestValue>', '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>');
const twoSignedInfos: Edit = (xml) =>
  xml.replace('<ds:SignedInfo>', () => `${/<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/.exec(xml)![0]}<ds:SignedInfo>`);
const otherReference = swap('URI="#_response"', 'URI="#_assertion"');
const hmac = all(uris.rsaSha256, uris.hmacSha256);
const movedSignature: Edit = (xml) =>
  xml
    .replace(signatureOf(xml), '')
    .replace('<samlp:Status>', () => `<samlp:Extensions>${signatureOf(xml)}</samlp:Extensions><samlp:Status>`);
const doctype: Edit = (xml) => `<!DOCTYPE x>${xml}`;
const doubledId = all('ID="_assertion"', 'ID="_response"');
const stripped: Edit = (xml) => xml.replaceAll(/<ds:Signature [\s\S]*?<\/ds:Signature>/g, '');

// Ways of signing and encrypting.
const whole: Making = { sign: ['_response'] };
const stranger: Making = { sign: ['_response'], signing: { signer: signers.stranger } };
const anonymous: Making = { sign: ['_response'], signing: { signer: signers.stranger, keyInfo: null } };
const sha1: Making = { sign: ['_response'], signing: { algorithm: uris.rsaSha1, digest: uris.sha1 } };
const sha1Digest: Making = { sign: ['_response'], signing: { digest: uris.sha1 } };
const weak: Making = { sign: ['_response'], signing: { signer: signers.weak } };
const inclusive: Making = { sign: ['_response'], signing: { canonicalization: uris.inclusive } };
const wholeDocument = swap('URI="#_response"', 'URI=""');
const assertionOnly: Making = { sign: ['_assertion'] };
const unsigned: Making = { sign: [] };

const trusting = (...certificates: string[]): Settings => ({ idp: { entityId: idpEntityId, certificates } });
const weakTrusted = trusting(signers.weak.certificate);
const otherKey: Settings = { sp: { entityId: spEntityId, acsUrl, decryptionKeys: [readers.other.pem] } };
const noKey: Settings = { sp: { entityId: spEntityId, acsUrl, decryptionKeys: [] } };
const otherState: Settings = { relayState: 'another' };
const noRequest: Settings = { request: undefined, relayState: undefined };
const used: Settings = { wasUsed: () => true };
/** As in a diagnosis, which examines more than an ACS. */
const offline: Settings = { offline: { open: () => ({ text: undefined, rejected: [] }) } };
const anyone: Settings = { account: () => ({ kind: 'expected' }) };

type Row = readonly [what: string, first: RejectionCode, making: Making, edits?: readonly Edit[], settings?: Settings];

const rows: readonly Row[] = [
  // another protocol
  ['SAML 1.1 and a wrong audience', 'saml-version-unsupported', whole, [version, audience]],
  ['SAML 1.1, tampered', 'saml-version-unsupported', { ...whole, alter: tampered }, [version]],
  ['SAML 1.1, unsigned, with an offset', 'saml-version-unsupported', unsigned, [version, offset]],
  // suspected forgery
  ['a DOCTYPE and an expired assertion', 'xml-doctype', { alter: doctype }, [expired]],
  ['one ID twice and a wrong audience', 'xml-duplicate-id', { alter: doubledId }, [audience]],
  ['a second assertion, expired', 'assertion-multiple', { ...assertionOnly, alter: copied }, [expired]],
  ['a second assertion in a tampered response', 'assertion-multiple', { alter: inTurn(copied, tampered) }],
  ['a second assertion and an offset', 'assertion-multiple', { ...whole, alter: copied }, [offset]],
  ['an assertion in the extensions, wrong audience', 'assertion-misplaced', { alter: inExtensions }, [audience]],
  ['an assertion in the extensions, tampered', 'assertion-misplaced', { alter: inTurn(inExtensions, tampered) }],
  ['a signature in the extensions, expired', 'signature-misplaced', { ...whole, alter: movedSignature }, [expired]],
  [
    'a signature in the extensions, IdP’s error',
    'signature-misplaced',
    { ...whole, alter: movedSignature },
    [status('AuthnFailed')],
  ],
  ['a Subject before the assertion, expired', 'schema-invalid', { ...assertionOnly, alter: subjectOutside }, [expired]],
  [
    'no ID, and a signature that refers to it',
    'response-id-invalid',
    { ...whole, alter: drop(' ID="_response"') },
    [expired],
  ],
  ['two digests and an offset', 'signature-structure-refused', { ...whole, alter: twoDigests }, [offset]],
  ['two digests, SHA-1', 'signature-structure-refused', { ...sha1, alter: twoDigests }],
  [
    'two SignedInfo and a stray attribute',
    'signature-structure-refused',
    { ...whole, alter: twoSignedInfos },
    [strayAttribute],
  ],
  [
    'two SignedInfo, wrong destination',
    'signature-structure-refused',
    { ...whole, alter: twoSignedInfos },
    [destination],
  ],
  [
    'a reference to another part, expired',
    'signature-structure-refused',
    { ...whole, alter: otherReference },
    [expired],
  ],
  ['HMAC and an expired assertion', 'signature-algorithm-refused', { ...whole, alter: hmac }, [expired]],
  ['HMAC and a wrong audience', 'signature-algorithm-refused', { ...whole, alter: hmac }, [audience, offset]],
  [
    'HMAC around an assertion by a stranger',
    'signature-algorithm-refused',
    { ...stranger, sign: ['_assertion', '_response'], alter: swap(uris.rsaSha256, uris.hmacSha256) },
  ],
  // broken signature
  ['tampered, with an offset', 'altered-in-transit', { ...whole, alter: tampered }, [offset]],
  [
    'tampered, with a stray attribute and element',
    'altered-in-transit',
    { ...whole, alter: tampered },
    [strayAttribute, strayElement],
  ],
  ['tampered, with an ID with a colon', 'altered-in-transit', { sign: ['_assertion'], alter: tampered }, [idWithColon]],
  ['tampered and expired', 'altered-in-transit', { ...whole, alter: tampered }, [expired]],
  ['tampered for another audience', 'altered-in-transit', { ...whole, alter: audience }],
  ['tampered, SHA-1', 'altered-in-transit', { ...sha1, alter: tampered }],
  ['tampered, SHA-1 digest, expired', 'altered-in-transit', { ...sha1Digest, alter: tampered }, [expired]],
  ['tampered, short key', 'altered-in-transit', { ...weak, alter: tampered }, [], weakTrusted],
  ['tampered, short key, offset', 'altered-in-transit', { ...weak, alter: tampered }, [offset], weakTrusted],
  ['tampered and only the assertion signed', 'altered-in-transit', { ...assertionOnly, alter: tampered }],
  [
    'a tampered error',
    'altered-in-transit',
    { ...whole, alter: swap('AuthnFailed', 'RequestDenied') },
    [status('AuthnFailed')],
  ],
  ['a damaged signature and an offset', 'signature-invalid', { ...whole, alter: damaged }, [offset]],
  ['a damaged signature, SHA-1', 'signature-invalid', { ...sha1, alter: damaged }],
  ['a damaged signature, short key', 'signature-invalid', { ...weak, alter: damaged }, [expired], weakTrusted],
  ['a damaged signature, wrong issuer', 'signature-invalid', { ...whole, alter: damaged }, [issuer]],
  ['a key that is not named, wrong audience', 'signature-invalid', anonymous, [audience]],
  ['inclusive canonicalization, expired', 'signature-transform-refused', inclusive, [expired]],
  ['inclusive canonicalization and an offset', 'signature-transform-refused', inclusive, [offset, strayAttribute]],
  [
    'offline: inclusive canonicalization, tampered',
    'altered-in-transit',
    { ...inclusive, alter: tampered },
    [],
    offline,
  ],
  ['offline: inclusive canonicalization, damaged', 'signature-invalid', { ...inclusive, alter: damaged }, [], offline],
  [
    'offline: tampered, and the whole document',
    'signature-invalid',
    { ...whole, alter: inTurn(tampered, wholeDocument) },
    [],
    offline,
  ],
  // trust
  ['another key, expired', 'signing-cert-mismatch', stranger, [expired]],
  ['another key and an offset', 'signing-cert-mismatch', stranger, [offset]],
  ['another key and another issuer', 'signing-cert-mismatch', stranger, [issuer]],
  ['another key, SHA-1', 'signing-cert-mismatch', { ...sha1, signing: { ...sha1.signing!, signer: signers.stranger } }],
  ['another key in an error', 'signing-cert-mismatch', stranger, [status('AuthnFailed')]],
  ['no certificate, wrong audience', 'idp-certificate-absent', whole, [audience, offset], trusting()],
  // unopened content
  ['encrypted for another key, wrong destination', 'decryption-failed', { encrypt: {} }, [destination], otherKey],
  ['encrypted for another key, with an offset', 'decryption-failed', { encrypt: {} }, [offset], otherKey],
  [
    'encrypted, no key, only the assertion signed',
    'encryption-unsupported',
    { ...assertionOnly, encrypt: {} },
    [],
    noKey,
  ],
  ['encrypted for another key, another signer', 'signing-cert-mismatch', { ...stranger, encrypt: {} }, [], otherKey],
  // status
  ['an unsigned error', 'status-authn-failed', unsigned, [status('AuthnFailed')]],
  ['an error, SHA-1', 'status-request-denied', sha1, [status('RequestDenied')]],
  ['an error for another destination', 'status-no-passive', whole, [status('NoPassive'), destination]],
  [
    'an error with an offset and a stray attribute',
    'status-not-success',
    whole,
    [status('Other'), offset, strayAttribute],
  ],
  ['an error to another request', 'status-no-authn-context', whole, [status('NoAuthnContext'), request]],
  // missing signature
  ['unsigned and expired', 'nothing-signed', unsigned, [expired]],
  ['unsigned, wrong audience, an offset', 'nothing-signed', unsigned, [audience, offset]],
  ['signatures taken off, address changed', 'nothing-signed', { alter: inTurn(stripped, tampered) }],
  // missing part
  ['no NameID, expired', 'nameid-missing', whole, [noNameId, expired]],
  ['no Conditions, wrong recipient', 'conditions-missing', whole, [noConditions, recipient]],
  ['no issuer, wrong audience', 'issuer-missing', whole, [noIssuer, audience]],
  ['no AuthnStatement and an offset', 'authn-statement-missing', whole, [noStatement, offset]],
  // addresses
  ['another issuer, expired', 'issuer-mismatch', whole, [issuer, expired]],
  ['another issuer, SHA-1', 'issuer-mismatch', sha1, [issuer]],
  ['another destination, recipient and audience', 'destination-mismatch', whole, [destination, recipient, audience]],
  ['another destination, expired', 'destination-mismatch', whole, [destination, expired]],
  ['another recipient and a stray element', 'recipient-mismatch', whole, [recipient, strayElement]],
  ['another recipient, short key', 'recipient-mismatch', weak, [recipient], weakTrusted],
  ['another audience, expired', 'audience-mismatch', whole, [audience, expired]],
  ['another audience, SHA-1', 'audience-mismatch', sha1, [audience]],
  ['another audience, only the assertion signed', 'audience-mismatch', assertionOnly, [audience]],
  ['another audience, NameID of another format', 'audience-mismatch', whole, [audience, nameIdFormat]],
  ['another audience, with an offset', 'audience-mismatch', whole, [audience, offset]],
  ['a response to another request, expired', 'in-response-to-mismatch', whole, [request, expired]],
  ['no InResponseTo, SHA-1', 'in-response-to-missing', sha1, [unsolicited]],
  // used before
  ['used before and expired', 'replay-detected', whole, [expired], used],
  ['used before and SHA-1', 'replay-detected', sha1, [], used],
  // time
  ['expired, SHA-1', 'assertion-expired', sha1, [expired]],
  ['expired, short key', 'assertion-expired', weak, [expired], weakTrusted],
  ['expired, with a stray attribute', 'assertion-expired', whole, [expired, strayAttribute]],
  ['expired, NameID of another format', 'assertion-expired', whole, [expired, nameIdFormat]],
  ['not valid yet, with a stray element', 'not-yet-valid', whole, [early, strayElement]],
  ['from the future, not valid yet', 'response-from-future', whole, [future, early]],
  ['the session is over, IdP’s format of Issuer', 'session-over', whole, [sessionOver, issuerFormat]],
  // left to policies
  ['offline: inclusive canonicalization, expired', 'assertion-expired', inclusive, [expired], offline],
  ['offline: inclusive canonicalization, wrong audience', 'audience-mismatch', inclusive, [audience], offline],
  ['offline: inclusive canonicalization, wrong recipient', 'recipient-mismatch', inclusive, [recipient], offline],
  ['offline: inclusive canonicalization, wrong destination', 'destination-mismatch', inclusive, [destination], offline],
  ['offline: inclusive canonicalization, an offset', 'signature-transform-refused', inclusive, [offset], offline],
  ['SHA-1 and a stray attribute', 'signature-algorithm-refused', sha1, [strayAttribute]],
  ['SHA-1, not an email', 'signature-algorithm-refused', sha1, [notEmail], anyone],
  ['another RelayState, expired', 'assertion-expired', whole, [expired], otherState],
  ['another RelayState, with an offset', 'relay-state-mismatch', whole, [offset], otherState],
  ['unsolicited, expired', 'assertion-expired', whole, [unsolicited, expired], noRequest],
  ['unsolicited, for another audience', 'audience-mismatch', whole, [unsolicited, audience], noRequest],
  ['unsolicited, with a stray attribute', 'response-unsolicited', whole, [unsolicited, strayAttribute], noRequest],
  ['an unknown condition, expired', 'condition-unknown', whole, [unknownCondition, expired]],
  ['short key and an offset', 'key-too-weak', weak, [offset], weakTrusted],
  // identity, form
  ['NameID of another format and an offset', 'nameid-format-wrong', whole, [nameIdFormat, offset]],
  ['an attribute twice and a stray attribute', 'attribute-duplicate', whole, [repeated, strayAttribute]],
  ['NameID not an email, only the assertion signed', 'nameid-not-email', assertionOnly, [notEmail], anyone],
  ['only the assertion signed, with an offset', 'issue-instant-invalid', assertionOnly, [offset]],
  ['an ID with a colon and a stray attribute', 'response-id-invalid', whole, [idWithColon, strayAttribute]],
];

for (const [what, first, making, edits = [], settings = {}] of rows)
  test(`${what}: ${first}`, () => {
    const sign = making.sign?.map((id) => (edits.includes(idWithColon) && id === '_response' ? 'urn:response' : id));
    const xml = make({ ...making, ...(sign ? { sign } : {}), edit: inTurn(...edits) });
    const { verdict, findings } = judged(xml, settings);
    assert.equal(verdict, 'reject');
    assert.equal(findings[0]?.code, first, findings.map(({ code }) => code).join(', '));
  });
