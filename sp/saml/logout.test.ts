/** Tests of messages of single logout: accepted and rejected ones. */
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, type KeyObject, sign as signOctets } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  LogoutError,
  type LogoutResponse,
  type LogoutRules,
  logoutRequestUrl,
  logoutResponseUrl,
  readLogout,
} from './logout.ts';
import { type Edit, idpEntityId, now, type Signer, signers, swap, uris } from './message.fixture.ts';

const destination = 'http://sp.localhost:4001/saml/acme/slo';
const rules: LogoutRules = {
  now,
  destination,
  idp: { entityId: idpEntityId, certificates: [signers.idp.certificate] },
  allowSha1: false,
  sentRequests: ['_logout'],
};
const request =
  '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
  ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_logout" Version="2.0"' +
  ` IssueInstant="2026-03-01T11:59:58Z" NotOnOrAfter="2026-03-01T12:04:58Z" Destination="${destination}">` +
  `<saml:Issuer>${idpEntityId}</saml:Issuer><saml:NameID>ada@acme.example</saml:NameID>` +
  '<samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>';

interface Making {
  xml?: string;
  field?: 'SAMLRequest' | 'SAMLResponse';
  relayState?: string;
  signer?: Signer;
  algorithm?: string;
  /** Salt length in bytes, for RSA-PSS. */
  salt?: number;
  /** After signing. */
  alter?: Edit;
}

const hashOf = (algorithm: string): string => /(sha\d+|md5)/.exec(algorithm)?.[1] ?? 'sha256';

/** The query as an identity provider signs it (SAML bindings 3.4.4.1). */
function query({
  xml = request,
  field = 'SAMLRequest',
  relayState,
  signer = signers.idp,
  algorithm = uris.rsaSha256,
  salt = constants.RSA_PSS_SALTLEN_DIGEST,
  alter = (text) => text,
}: Making = {}): string {
  const octets = [
    [field, deflateRawSync(xml).toString('base64')],
    ...(relayState === undefined ? [] : [['RelayState', relayState]]),
    ['SigAlg', algorithm],
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join('&');
  const key = {
    key: signer.privateKey,
    dsaEncoding: 'ieee-p1363' as const,
    ...(algorithm === uris.pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt } : {}),
  };
  const signature = signOctets(hashOf(algorithm), Buffer.from(octets), key).toString('base64');
  return alter(`${octets}&Signature=${encodeURIComponent(signature)}`);
}

const edited = (edit: Edit): string => query({ xml: edit(request) });
const parts = (text: string): string[] => text.split('&');

test('a signed request names the user to sign out', () => {
  assert.deepEqual(readLogout(query({ relayState: 'a b+c' }), rules), {
    kind: 'request',
    id: '_logout',
    nameId: 'ada@acme.example',
    sessionIndexes: ['_session'],
    relayState: 'a b+c',
  });
});

test('the order of the parameters does not matter: they are signed in the order of SAML bindings', () => {
  const [message, relay, algorithm, signature] = parts(query({ relayState: 'r' }));
  assert.equal(readLogout([signature, algorithm, relay, message].join('&'), rules).kind, 'request');
});

test('algorithms and keys accepted for responses are accepted here', () => {
  assert.equal(readLogout(query({ algorithm: uris.pss }), rules).kind, 'request');
  assert.equal(
    readLogout(query({ algorithm: uris.ecdsaSha256, signer: signers.elliptic }), {
      ...rules,
      idp: { ...rules.idp, certificates: [signers.idp.certificate, signers.elliptic.certificate] },
    }).kind,
    'request',
  );
  assert.equal(readLogout(query({ algorithm: uris.rsaSha1 }), { ...rules, allowSha1: true }).kind, 'request');
});

const sender = {
  id: '_own',
  issuedAt: now,
  issuer: idpEntityId,
  destination,
  privateKey: pemOf(signers.idp.privateKey),
  relayState: 'r',
};
function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

test('our own messages can be read by the same rules', () => {
  const asked = readLogout(
    logoutRequestUrl(sender, { nameId: 'a&b<c>@acme.example', nameIdFormat: 'urn:x', sessionIndex: '"1"' }).split(
      '?',
    )[1]!,
    rules,
  );
  assert.deepEqual(asked, {
    kind: 'request',
    id: '_own',
    nameId: 'a&b<c>@acme.example',
    sessionIndexes: ['"1"'],
    relayState: 'r',
  });
  assert.deepEqual(readLogout(logoutResponseUrl(sender, '_logout').split('?')[1]!, rules), {
    kind: 'response',
    inResponseTo: '_logout',
    outcome: 'success',
  });
});

const short = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** By the code of the catalogue of protocol faults where it has one. */
const rejected: Readonly<Record<string, readonly [string, RegExp, Partial<LogoutRules>?]>> = {
  'no message': ['', /neither SAMLRequest nor SAMLResponse/],
  'redirect-signature-stripped': [query({ alter: (text) => text.replace(/&SigAlg=.*/, '') }), /not signed/],
  'without Signature but with SigAlg': [query({ alter: (text) => text.replace(/&Signature=.*/, '') }), /not signed/],
  'redirect-sigalg-missing': [query({ alter: (text) => text.replace(/&SigAlg=[^&]*/, '') }), /not signed/],
  'redirect-signature-reencoded': [
    query({ alter: (text) => text.replaceAll('%2B', '%2b').replaceAll('%2F', '%2f').replaceAll('%3D', '%3d') }),
    /signature/,
  ],
  'redirect-signature-relaystate-swapped': [
    query({ relayState: 'honest', alter: (text) => text.replace('RelayState=honest', 'RelayState=other') }),
    /signature/,
  ],
  'a RelayState added after signing': [query({ alter: (text) => `${text}&RelayState=x` }), /signature/],
  'a duplicate parameter': [
    query({ alter: (text) => `${text}&SAMLRequest=x` }),
    /contains the parameter SAMLRequest twice/,
  ],
  'logout-signature-bad': [query({ signer: { ...signers.stranger } }), /signature/],
  'a signature by an unknown key': [query({ signer: { ...signers.idp, privateKey: short.privateKey } }), /signature/],
  'a pinned key that is too short': [
    query({ signer: signers.weak }),
    /signature/,
    { idp: { entityId: idpEntityId, certificates: [signers.weak.certificate] } },
  ],
  'RSA-PSS with a different salt length': [query({ algorithm: uris.pss, salt: 20 }), /signature/],
  'an ECDSA SigAlg with an RSA signature': [query({ algorithm: uris.ecdsaSha256 }), /signature/],
  'SHA-1': [query({ algorithm: uris.rsaSha1 }), /algorithm/],
  'an unknown algorithm': [query({ alter: (text) => text.replace(/SigAlg=[^&]*/, 'SigAlg=none') }), /algorithm/],
  'an inherited property name as SigAlg': [
    query({ alter: (text) => text.replace(/SigAlg=[^&]*/, 'SigAlg=toString') }),
    /algorithm/,
  ],
  'malformed percent-encoding': [
    query({ alter: (text) => text.replace(/SigAlg=[^&]*/, 'SigAlg=%E0%A4%A') }),
    /percent-encoding/,
  ],
  'malformed percent-encoding in Signature': [
    query({ alter: (text) => text.replace(/Signature=.*/, 'Signature=%') }),
    /percent-encoding/,
  ],
  'logout-issuer-wrong': [
    edited(swap(idpEntityId, 'http://idp.localhost:4000/other/metadata')),
    /another identity provider/,
  ],
  'logout-notonorafter-past': [
    edited(swap('NotOnOrAfter="2026-03-01T12:04:58Z"', 'NotOnOrAfter="2026-03-01T11:57:00Z"')),
    /expired/,
  ],
  'a malformed NotOnOrAfter': [edited(swap('NotOnOrAfter="2026-03-01T12:04:58Z"', 'NotOnOrAfter="never"')), /expired/],
  'an old message without NotOnOrAfter': [
    edited((xml) => xml.replace(/ NotOnOrAfter="[^"]*"/, '').replace('11:59:58Z', '11:49:59Z')),
    /not issued within/,
  ],
  'an IssueInstant in the future': [edited(swap('11:59:58Z', '12:10:01Z')), /not issued within/],
  'a different Destination': [edited(swap(destination, `${destination}/`)), /wrong Destination/],
  'no Destination': [edited((xml) => xml.replace(/ Destination="[^"]*"/, '')), /wrong Destination/],
  'no NameID': [edited(swap('ada@acme.example', '')), /the user to sign out/],
  'no ID': [edited(swap(' ID="_logout"', '')), /the user to sign out/],
  'a LogoutResponse in SAMLRequest': [
    edited((xml) => xml.replaceAll('LogoutRequest', 'LogoutResponse')),
    /not a logout message/,
  ],
  'a LogoutRequest in SAMLResponse': [query({ field: 'SAMLResponse' }), /not a logout message/],
  'a DOCTYPE': [edited((xml) => `<!DOCTYPE x>${xml}`), /not well-formed/],
  'redirect-deflate-bomb': [query({ xml: ' '.repeat(20_000_000) }), /too large/],
  'not compressed': [
    query({ xml: 'x', alter: (text) => text }).replace(/SAMLRequest=[^&]*/, 'SAMLRequest=%20'),
    /signature/,
  ],
};
for (const [name, [text, words, settings]] of Object.entries(rejected)) {
  test(`rejected: ${name}`, () =>
    assert.throws(
      () => readLogout(text, { ...rules, ...settings }),
      (error: unknown) => (error instanceof LogoutError && words.test(error.message)) || assert.fail(String(error)),
    ));
}

const success = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
const response = (attributes = '', status = success): string =>
  '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
  ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0"' +
  ` ${attributes || 'IssueInstant="2026-03-01T11:59:58Z" InResponseTo="_logout"'} Destination="${destination}">` +
  `<saml:Issuer>${idpEntityId}</saml:Issuer>${status}</samlp:LogoutResponse>`;
const code = (value: string, second = ''): string =>
  `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${value}">${second}</samlp:StatusCode>`;
const statusOf = (codes: string): string => `<samlp:Status>${codes}</samlp:Status>`;
const outcomes: Readonly<Record<string, readonly [string, LogoutResponse['outcome']]>> = {
  success: [success, 'success'],
  'Success with a second-level PartialLogout': [statusOf(code('Success', code('PartialLogout'))), 'partial'],
  'Responder with a second-level PartialLogout': [statusOf(code('Responder', code('PartialLogout'))), 'partial'],
  'a top-level PartialLogout': [statusOf(code('PartialLogout')), 'partial'],
  'a failure': [statusOf(code('Responder')), 'failed'],
  'a failure with a nested Success': [statusOf(code('Responder', code('Success'))), 'failed'],
  'no status': ['', 'failed'],
  'no StatusCode': [statusOf(''), 'failed'],
};
for (const [name, [status, outcome]] of Object.entries(outcomes))
  test(`a response with ${name}: ${outcome}`, () => {
    const read = readLogout(query({ xml: response('', status), field: 'SAMLResponse' }), rules);
    assert.deepEqual(read, { kind: 'response', inResponseTo: '_logout', outcome });
  });

const codeOf = (text: string, settings: Partial<LogoutRules> = {}): string => {
  try {
    return readLogout(text, { ...rules, ...settings }).kind;
  } catch (error) {
    return error instanceof LogoutError ? error.code : String(error);
  }
};
test('a LogoutResponse must name one of our requests', () => {
  const answering = (attribute: string): string =>
    query({ xml: response(`IssueInstant="2026-03-01T11:59:58Z" ${attribute}`), field: 'SAMLResponse' });
  assert.equal(codeOf(answering('InResponseTo="_logout"'), { sentRequests: ['_a', '_logout'] }), 'response');
  for (const attribute of ['InResponseTo="_logout "', 'InResponseTo="_other"', 'InResponseTo=""', ''])
    assert.equal(codeOf(answering(attribute)), 'not-asked');
  assert.equal(codeOf(answering('InResponseTo="_logout"'), { sentRequests: [] }), 'not-asked');
});

/** The last accepted and the first rejected moment, in the past and in the future. */
const issuedAt = (time: string) => ({
  request: edited((xml) => xml.replace('2026-03-01T11:59:58Z', time).replace(/ NotOnOrAfter="[^"]*"/, '')),
  response: query({ xml: response(`IssueInstant="${time}" InResponseTo="_logout"`), field: 'SAMLResponse' }),
});
for (const [time, isTaken] of [
  ['2026-03-01T11:50:00.000Z', true],
  ['2026-03-01T11:49:59.999Z', false],
  ['2026-03-01T12:10:00.000Z', true],
  ['2026-03-01T12:10:00.001Z', false],
  ['soon', false],
  ['', false],
] as const)
  test(`issued at ${JSON.stringify(time)}, at noon: ${isTaken ? 'accepted' : 'rejected'}`, () => {
    for (const [kind, text] of Object.entries(issuedAt(time)))
      assert.equal(codeOf(text), isTaken ? kind : 'issue-instant-wrong');
  });
for (const [end, outcome] of [
  ['2026-03-01T11:57:00.001Z', 'request'],
  ['2026-03-01T11:57:00.000Z', 'expired'],
  ['2026-03-01T12:02:00.000Z', 'request'],
  ['', 'expired'],
] as const)
  test(`NotOnOrAfter ${JSON.stringify(end)}, at noon: ${outcome}`, () =>
    assert.equal(codeOf(edited(swap('2026-03-01T12:04:58Z', end))), outcome));

test('every rejection has a code', () => {
  const codes: Readonly<Record<string, string>> = {
    '': 'message-missing',
    'SAMLRequest=x&SigAlg=y': 'not-signed',
    'a=1&a=2': 'parameter-repeated',
    [query({ xml: '<a/>' })]: 'root-wrong',
    [query({ xml: '<a>' })]: 'xml-unreadable',
    [edited(swap(idpEntityId, `${idpEntityId}/`))]: 'issuer-mismatch',
    [edited(swap(destination, destination.replace('acme', 'Acme')))]: 'destination-mismatch',
    [edited(swap(destination, destination.replace('4001', '4002')))]: 'destination-mismatch',
    [query({ signer: signers.stranger })]: 'signature-invalid',
    [query({ algorithm: uris.rsaSha1 })]: 'algorithm-refused',
  };
  for (const [text, expected] of Object.entries(codes)) assert.equal(codeOf(text), expected, text);
});
test('quotes in a sentence are cut, and inserted literally', () => {
  const repeated = (name: string) => () => readLogout(`${name}=1&${name}=2`, rules);
  assert.throws(repeated("$'"), { message: "The URL contains the parameter $' twice." });
  assert.throws(repeated('x'.repeat(41)), { message: `The URL contains the parameter ${'x'.repeat(40)} twice.` });
  assert.throws(() => readLogout(query({ xml: '<a:b xmlns:a="urn:a"/>' }), rules), {
    message: 'The message is a:b, not a logout message.',
  });
});
test('empty parameters are ignored', () =>
  assert.equal(codeOf(`&&${query({ alter: (text) => text.replace('&SigAlg', '&&SigAlg') })}&`), 'request'));
test('a request may name several sessions, or none', () => {
  const indexes = (xml: string): unknown =>
    readLogout(edited(swap('<samlp:SessionIndex>_session</samlp:SessionIndex>', xml)), rules);
  const expected = { kind: 'request', id: '_logout', nameId: 'ada@acme.example', relayState: undefined };
  assert.deepEqual(indexes(''), { ...expected, sessionIndexes: [] });
  const two = '<samlp:SessionIndex>a</samlp:SessionIndex><samlp:SessionIndex>b</samlp:SessionIndex>';
  assert.deepEqual(indexes(two), { ...expected, sessionIndexes: ['a', 'b'] });
});

test('our messages have times in whole seconds, and no optional parts unless requested', () => {
  const url = logoutRequestUrl(
    {
      ...sender,
      relayState: undefined,
      issuedAt: new Date('2026-03-01T12:00:00.123Z'),
      destination: 'http://a/?b="c"',
    },
    { nameId: 'ada', nameIdFormat: 'urn:x', sessionIndex: undefined },
  );
  const { searchParams } = new URL(url);
  assert.deepEqual([...searchParams.keys()], ['b', 'SAMLRequest', 'SigAlg', 'Signature']);
  const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest')!, 'base64')).toString();
  assert.equal(
    xml,
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
      ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_own" Version="2.0"' +
      ' IssueInstant="2026-03-01T12:00:00Z" Destination="http://a/?b=&quot;c&quot;">' +
      `<saml:Issuer>${idpEntityId}</saml:Issuer><saml:NameID Format="urn:x">ada</saml:NameID></samlp:LogoutRequest>`,
  );
});
