/** The exact correct response, and the steps at which a fault strikes. */
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { test } from 'node:test';
import { SignedXml } from 'xml-crypto';
import type { Fault, Strike, Strikes } from '../fault.ts';
import { personaOf } from '../personas/catalogue.ts';
import { type PlanChange, planOf } from '../personas/plan.ts';
import { childOf, parseXml } from '../sign-in/parse.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type BuildInput, buildResponse, buildResponseInThreadPool, signsBoth } from './build-response.ts';
import { type Claims, honestClaims } from './claims.ts';
import { honestDocument } from './document.ts';
import { inputInPersona } from './in-persona.ts';
import { authnContexts, nameIdFormats } from './saml-values.ts';
import { render, withAttributes } from './xml.ts';

const span = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') };
const keys = await createKeyPair({ commonName: 'idp', algorithm: 'ecdsa-p256', ...span });

const honest = (): BuildInput => {
  let count = 0;
  return {
    issuer: 'http://idp/metadata',
    keys,
    untrustedKeys: keys,
    app: { entityId: 'http://sp/metadata', acsUrl: 'http://sp/acs' },
    request: { id: '_request' },
    relayState: 'state',
    user: {
      nameId: 'sam@acme.example',
      nameIdFormat: nameIdFormats.emailAddress,
      attributes: { mail: ['sam@acme.example', 's@acme.example'], 'urn:oid:2.5.4.42': ['Sam'] },
    },
    now: new Date('2026-03-01T12:00:00.700Z'),
    authnInstant: new Date('2026-03-01T11:00:00.300Z'),
    sessionIndex: '_session',
    authnContextClassRef: authnContexts.password,
    id: () => `_${++count}`,
    faults: [],
  };
};
const documentOf = (input: BuildInput): string => render(honestDocument(honestClaims(input)));

const open = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="http://sp/acs" ID="_1"`;
const issuer = '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">http://idp/metadata</saml:Issuer>';
const success = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">';

test('the correct response has exactly this content', () => {
  const subject =
    '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">sam@acme.example' +
    '</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    '<saml:SubjectConfirmationData InResponseTo="_request" NotOnOrAfter="2026-03-01T12:05:00Z" ' +
    'Recipient="http://sp/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>';
  const conditions =
    '<saml:Conditions NotBefore="2026-03-01T12:00:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"><saml:AudienceRestriction>' +
    '<saml:Audience>http://sp/metadata</saml:Audience></saml:AudienceRestriction></saml:Conditions>';
  const statement =
    '<saml:AuthnStatement AuthnInstant="2026-03-01T11:00:00Z" SessionIndex="_session"><saml:AuthnContext>' +
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>' +
    '</saml:AuthnContext></saml:AuthnStatement>';
  const format = 'urn:oasis:names:tc:SAML:2.0:attrname-format';
  const attributes =
    `<saml:AttributeStatement><saml:Attribute Name="mail" NameFormat="${format}:basic">` +
    '<saml:AttributeValue>sam@acme.example</saml:AttributeValue><saml:AttributeValue>s@acme.example' +
    `</saml:AttributeValue></saml:Attribute><saml:Attribute Name="urn:oid:2.5.4.42" NameFormat="${format}:uri">` +
    '<saml:AttributeValue>Sam</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>';
  assert.equal(
    documentOf(honest()),
    `${open} InResponseTo="_request" IssueInstant="2026-03-01T12:00:00Z" Version="2.0">` +
      `${issuer}${success}</samlp:StatusCode></samlp:Status>` +
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_2" ' +
      'IssueInstant="2026-03-01T12:00:00Z" Version="2.0"><saml:Issuer>http://idp/metadata</saml:Issuer>' +
      `${subject}${conditions}${statement}${attributes}</saml:Assertion></samlp:Response>`,
  );
});

test('the name of an attribute says whether it is a URI', () => {
  for (const [name, format] of [
    ['http://schemas.xmlsoap.org/claims/mail', 'uri'],
    ['urn:oid:2.5.4.42', 'uri'],
    ['http', 'basic'],
    ['given name', 'basic'],
  ] as const) {
    const user = { ...honest().user, attributes: { [name]: ['x'] } };
    const { attributes } = honestClaims({ ...honest(), user });
    assert.equal(attributes[0]!.nameFormat, `urn:oasis:names:tc:SAML:2.0:attrname-format:${format}`, name);
  }
});

test('an unsolicited response has no InResponseTo, and a user without attributes has no AttributeStatement', () => {
  const input = honest();
  const text = documentOf({ ...input, request: undefined, user: { ...input.user, attributes: {} } });
  assert.doesNotMatch(text, /InResponseTo|AttributeStatement/);
});

test('an error response has a status and no assertion', () => {
  const status = (second?: string, message?: string): string =>
    documentOf({ ...honest(), status: { code: 'Responder', second, message } });
  const before = `${open} InResponseTo="_request" IssueInstant="2026-03-01T12:00:00Z" Version="2.0">${issuer}`;
  const code = 'urn:oasis:names:tc:SAML:2.0:status';
  assert.equal(
    status('NoPassive', 'why'),
    `${before}<samlp:Status><samlp:StatusCode Value="${code}:Responder"><samlp:StatusCode Value="${code}:NoPassive">` +
      '</samlp:StatusCode></samlp:StatusCode><samlp:StatusMessage>why</samlp:StatusMessage></samlp:Status>' +
      '</samlp:Response>',
  );
  assert.equal(
    status(),
    `${before}<samlp:Status><samlp:StatusCode Value="${code}:Responder"></samlp:StatusCode></samlp:Status>` +
      '</samlp:Response>',
  );
});

test('each ID is new and an xs:ID of 160 bits', () => {
  const { id: _, ...input } = honest();
  const ids = [honestClaims(input), honestClaims(input)].flatMap(({ responseId, assertionId }) => [
    responseId!,
    assertionId!,
  ]);
  assert.equal(new Set(ids).size, 4);
  for (const id of ids) assert.match(id, /^_[0-9a-f]{40}$/);
});

/** Parts of the document that are omitted for an undefined claim, or added for an additional one. */
const claimed: [rule: string, change: (claims: Claims) => Partial<Claims>, there: RegExp, gone: RegExp][] = [
  ['no Issuer', () => ({ responseIssuer: undefined, assertionIssuer: undefined }), /<saml:Subject>/, /Issuer/],
  ['an Issuer with a Format', () => ({ assertionIssuer: { value: 'i', format: 'f' } }), /Issuer Format="f">i</, /x{9}/],
  ['no Status, and the assertion stays', () => ({ status: undefined }), /<saml:Assertion/, /Status/],
  ['no StatusCode, and the assertion stays', () => ({ status: { code: undefined } }), /<saml:Assertion/, /StatusCode/],
  ['no NameID', () => ({ nameId: undefined }), /<saml:Subject><saml:SubjectConfirmation/, /NameID/],
  [
    'a NameID with qualifiers',
    () => ({ nameId: { value: 'n', format: undefined, nameQualifier: 'q', spNameQualifier: 's' } }),
    /<saml:NameID NameQualifier="q" SPNameQualifier="s">n</,
    /nameid-format/,
  ],
  [
    'a confirmation with NotBefore and Address',
    ({ confirmation }) => ({ confirmation: { ...confirmation, notBefore: 'b', address: 'a' } }),
    /Data Address="a" InResponseTo="_request" NotBefore="b"/,
    /x{9}/,
  ],
  [
    'two audience restrictions',
    () => ({ audiences: [['a', 'b'], ['c']] }),
    /Audience>a<.*Audience>b<.*<\/saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>c</,
    /http:\/\/sp\/metadata/,
  ],
  [
    'no AuthnContextClassRef, and the end of the session',
    ({ authn }) => ({ authn: { ...authn, classRef: undefined, sessionNotOnOrAfter: 'e' } }),
    /SessionNotOnOrAfter="e"><saml:AuthnContext><\/saml:AuthnContext>/,
    /ClassRef/,
  ],
  [
    'an attribute with a friendly name only',
    () => ({ attributes: [{ name: undefined, nameFormat: undefined, friendlyName: 'f', values: ['v'] }] }),
    /<saml:Attribute FriendlyName="f"><saml:AttributeValue>v</,
    / Name=/,
  ],
];
for (const [rule, change, there, gone] of claimed)
  test(`claims: ${rule}`, () => {
    const claims = honestClaims(honest());
    const text = render(honestDocument({ ...claims, ...change(claims) }));
    assert.match(text, there);
    assert.doesNotMatch(text, gone);
  });

const ecdsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256';

/** xml-crypto knows no ECDSA. */
class Ecdsa {
  getAlgorithmName = (): string => ecdsaSha256;
  verifySignature = (octets: string, key: string, value: string): boolean =>
    createVerify('sha256').update(octets).verify({ key, dsaEncoding: 'ieee-p1363' }, value, 'base64');
}

/** True if the signatures of response and assertion are valid; undefined without one. */
function signatures(xml: string): (boolean | undefined)[] {
  const root = parseXml(xml).documentElement;
  return [root, childOf(root, 'saml:Assertion')].map((signed) => {
    const signature = signed && childOf(signed, 'ds:Signature');
    if (signature === undefined) return undefined;
    const verifier = new SignedXml({ publicCert: keys.certificate, getCertFromKeyInfo: () => null });
    verifier.SignatureAlgorithms[ecdsaSha256] = Ecdsa as never;
    verifier.loadSignature(signature as never);
    try {
      return verifier.checkSignature(xml);
    } catch {
      return false;
    }
  });
}

test('both the assertion and the message are signed', () => {
  assert.deepEqual(signatures(buildResponse(honest()).xml), [true, true]);
  const { xml } = buildResponse({ ...honest(), status: { code: 'Responder' } });
  assert.deepEqual(signatures(xml), [true, undefined]);
});

test('the form goes to the ACS by POST, once, with RelayState only if the request has one', () => {
  const { xml, struck, struckForm, ...form } = buildResponse(honest());
  assert.deepEqual(form, {
    action: 'http://sp/acs',
    method: 'post',
    contentType: 'application/x-www-form-urlencoded',
    fields: [
      ['SAMLResponse', Buffer.from(xml).toString('base64')],
      ['RelayState', 'state'],
    ],
    copies: 1,
  });
  assert.deepEqual([struck, struckForm], [[], []]);
  const names = (relayState: string | undefined) =>
    buildResponse({ ...honest(), relayState }).fields.map(([name, value]) => [name, value.length > 0]);
  assert.deepEqual(names(undefined), [['SAMLResponse', true]]);
  assert.deepEqual(names(''), [
    ['SAMLResponse', true],
    ['RelayState', false],
  ]);
});

const fault = (phrase: string, strikes: Strikes, amount = 0): BuildInput['faults'][number] => ({
  phrase,
  amount,
  fault: { code: phrase, sentence: '', rule: '', verdict: 'reject', strikes } satisfies Fault,
});

/** Each step, a fault that strikes there, and its visible effect. */
const steps: [step: keyof Strikes, strikes: Strikes, shows: (response: ReturnType<typeof buildResponse>) => unknown][] =
  [
    ['claims', { claims: (claims) => ({ ...claims, version: '3' }) }, ({ xml }) => / Version="3"/.test(xml)],
    ['document', { document: (root) => withAttributes(root, { Extra: 'x' }) }, ({ xml }) => / Extra="x"/.test(xml)],
    ['signing', { signing: (one) => ({ ...one, response: undefined }) }, ({ xml }) => signatures(xml)[0] === undefined],
    [
      'signing',
      { signing: (one) => ({ ...one, assertion: undefined }) },
      ({ xml }) => signatures(xml)[1] === undefined,
    ],
    ['transit', { transit: (root) => withAttributes(root, { Extra: 'x' }) }, ({ xml }) => !signatures(xml)[0]],
    ['bytes', { bytes: (xml) => `${xml}<!---->` }, ({ xml }) => xml.endsWith('<!---->')],
    ['encoding', { encoding: (field) => `${field}!` }, ({ fields }) => fields[0]![1].endsWith('!')],
    ['delivery', { delivery: (form) => ({ ...form, copies: 3 }) }, ({ copies }) => copies === 3],
  ];
for (const [step, strikes, shows] of steps)
  test(`a fault can strike at the ${step}`, () => {
    assert.equal(shows(buildResponse(honest())), false);
    const struck = buildResponse({ ...honest(), faults: [fault('a fault', strikes)] });
    assert.equal(shows(struck), true);
    assert.deepEqual(struck.struck, ['a fault']);
  });

test('a fault that returns the same value has not struck, others have, each once', () => {
  const faults = [
    fault('idle', { claims: (claims) => claims }),
    fault('twice', { claims: (claims) => ({ ...claims }), bytes: (xml) => `${xml} ` }),
  ];
  assert.deepEqual(buildResponse({ ...honest(), faults }).struck, ['twice']);
});

test('faults of one step strike one after the other, with their own amount and the claims as they stand', () => {
  const shows: Strike[] = [];
  const look: Strikes = {
    bytes: (xml, strike) => {
      shows.push(strike);
      return `${xml} ${strike.amount}`;
    },
  };
  const version: Strikes = { claims: (claims) => ({ ...claims, version: '3' }) };
  const faults = [fault('a', look, 4), fault('b', look, 5), fault('c', version)];
  assert.match(buildResponse({ ...honest(), faults }).xml, /> 4 5$/);
  assert.deepEqual(
    shows.map(({ amount, claims, issuer: of }) => [amount, claims.version, of]),
    [
      [4, '3', 'http://idp/metadata'],
      [5, '3', 'http://idp/metadata'],
    ],
  );
});

for (const step of ['document', 'signing', 'encryption', 'transit', 'bytes', 'encoding', 'delivery'] as const)
  test(`a fault at the ${step} sees the claims that an earlier fault has changed`, () => {
    const shows: unknown[] = [];
    const look = (value: unknown, { claims }: Strike): unknown => {
      shows.push(claims.version);
      return value;
    };
    const version: Strikes = { claims: (claims) => ({ ...claims, version: '3' }) };
    buildResponse({ ...honest(), faults: [fault('look', { [step]: look } as Strikes), fault('version', version)] });
    assert.deepEqual(shows, ['3']);
  });

/** Changes of the form, and whether the app gets it in another way, not only with other content. */
const forms: [rule: string, change: Partial<ReturnType<typeof buildResponse>>, isSentOtherwise: boolean][] = [
  ['another method', { method: 'get' }, true],
  ['another content type', { contentType: 'text/plain' }, true],
  ['two copies', { copies: 2 }, true],
  ['another method and two copies', { method: 'get', copies: 2 }, true],
  ['other fields', { fields: [['SAMLResponse', '']] }, false],
  ['another address', { action: 'http://elsewhere' }, false],
];
for (const [rule, change, isSentOtherwise] of forms)
  test(`a form with ${rule} is ${isSentOtherwise ? '' : 'not '}sent otherwise`, () => {
    const strikes: Strikes = { delivery: (form) => ({ ...form, ...change }) };
    const { struck, struckForm } = buildResponse({ ...honest(), faults: [fault('a fault', strikes)] });
    assert.deepEqual([struck, struckForm], [['a fault'], isSentOtherwise ? ['a fault'] : []]);
  });

test('only the fault that changes how the form is sent counts as one', () => {
  const faults = [
    fault('bytes', { bytes: (xml) => `${xml} ` }),
    fault('copies', { delivery: (form) => ({ ...form, copies: 2 }) }),
    fault('fields', { delivery: (form) => ({ ...form, fields: [] }) }),
  ];
  const { struck, struckForm } = buildResponse({ ...honest(), faults });
  assert.deepEqual([struck, struckForm], [['bytes', 'copies', 'fields'], ['copies']]);
});

test('a fault of the NameID counts if it strikes only at the attribute by which the app knows its users', () => {
  const touching = (phrase: string, strikes: Strikes, ...touches: string[]) => {
    const one = fault(phrase, strikes);
    return { ...one, fault: { ...one.fault, touches } };
  };
  const rename: Strikes = {
    claims: (claims) =>
      claims.nameId?.value.startsWith('sam') ? { ...claims, nameId: { ...claims.nameId, value: 'other' } } : claims,
  };
  const faults = [touching('name', rename, 'NameID'), touching('elsewhere', {}, 'Issuer')];
  const { app, user } = honest();
  const nameless = { ...user, nameId: 'x' };
  const played = (knownBy: string | undefined) =>
    buildResponse({ ...honest(), app: { ...app, knownBy }, user: nameless, faults });
  assert.deepEqual([played('mail').struck, played(undefined).struck], [['name'], []]);
  assert.match(played('mail').xml, /<saml:AttributeValue>other</);
});

/** Faults that need a signed response and a signed assertion, to show what they are. */
const signed: [rule: string, change: Partial<Fault>, needsBoth: boolean][] = [
  ['the signing', { strikes: { signing: (one) => one } }, true],
  ['what was signed', { strikes: { transit: (root) => root } }, true],
  ['another signature', { signedProperly: false }, true],
  ['what is signed properly', { signedProperly: true }, false],
  ['the content', { strikes: { claims: (claims) => claims, document: (root) => root } }, false],
  ['a KeyInfo', { touches: ['Issuer', 'Signature/KeyInfo'] }, true],
  ['the destination', { touches: ['Response@Destination'] }, true],
  ['the audience', { touches: ['Audience', 'Issuer'] }, false],
  ['nothing', { touches: [] }, false],
];
for (const [rule, change, needsBoth] of signed)
  test(`a fault of ${rule} needs ${needsBoth ? 'both signatures' : 'no more signatures than usual'}`, () => {
    const plain = fault('plain', {});
    const one = { ...plain, fault: { ...plain.fault, ...change } };
    assert.equal(signsBoth([one]), needsBoth);
    assert.equal(signsBoth([plain, one]), needsBoth);
    const set: PlanChange = { signed: 'assertion' };
    assert.deepEqual(signatures(played('keycloak', { set, faults: [one] }).xml), [needsBoth || undefined, true]);
  });

interface Played {
  set?: PlanChange;
  faults?: BuildInput['faults'];
  encryptionCertificate?: string;
}
const inputAs = (persona: string, { set = {}, faults = [], encryptionCertificate }: Played): BuildInput => {
  const { app, ...input } = honest();
  const plan = planOf(personaOf(persona), set);
  return inputInPersona({ ...input, faults, app: { ...app, encryptionCertificate } }, { plan, seed: 'acme' });
};
const played = (persona: string, how: Played = {}) => buildResponse(inputAs(persona, how));

test('a persona writes with its own prefixes, and its signatures are valid', () => {
  const set: PlanChange = { signed: 'both' };
  for (const [persona, start] of [
    ['okta', /^<\?xml version="1\.0" encoding="UTF-8"\?><saml2p:Response /],
    ['keycloak', /^<samlp:Response /],
  ] as const) {
    const { xml } = played(persona, { set });
    assert.match(xml, start);
    assert.deepEqual(signatures(xml), [true, true], persona);
  }
});

test('a response that is signed in another thread has the same form, and valid signatures', async () => {
  for (const input of [honest, () => inputAs('okta', { set: { signed: 'both' } })]) {
    const { xml, fields, ...form } = await buildResponseInThreadPool(input());
    const { xml: _, fields: expected, ...expectedForm } = buildResponse(input());
    assert.deepEqual(form, expectedForm);
    assert.deepEqual(fields, [['SAMLResponse', Buffer.from(xml).toString('base64')], expected[1]]);
    assert.deepEqual(signatures(xml), [true, true]);
  }
});

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const utf16 = (xml: string | Buffer): Buffer => Buffer.from(`\uFEFF${xml}`, 'utf16le');
/** The bytes as a fault leaves them, and how the message begins then. */
const starts: [rule: string, bytes: NonNullable<Strikes['bytes']>, start: string][] = [
  ['is written before the root', (xml) => xml, `${declaration}<saml2p:Response`],
  ['is written before octets, too', (xml) => Buffer.from(xml), `${declaration}<saml2p:Response`],
  ['stays behind a byte order mark', (xml) => `\uFEFF${xml}`, `\uFEFF${declaration}<saml2p:Response`],
  ['is that of the fault', (xml) => `<?xml version="1.1"?>${xml}`, '<?xml version="1.1"?><saml2p:Response'],
  [
    'is that of the fault, behind a byte order mark',
    (xml) => `\uFEFF<?xml version="1.1"?>${xml}`,
    '\uFEFF<?xml version="1.1"?><saml2p:Response',
  ],
  [
    'is written before another instruction',
    (xml) => `<?xml-model?>${xml}`,
    `${declaration}<?xml-model?><saml2p:Response`,
  ],
  ['is written if the text has another one later', (xml) => `${xml}<?xml x?>`, `${declaration}<saml2p:Response`],
  ['is left out in another encoding', utf16, `${utf16('<saml2p:Response')}`],
];
for (const [rule, bytes, start] of starts)
  test(`the XML declaration of a persona ${rule}`, () => {
    const { xml } = played('okta', { faults: [fault('bytes', { bytes })] });
    assert.equal(xml.slice(0, start.length), start);
  });

test('without a declaration in the persona there is none', () => {
  const { xml } = played('okta', { set: { declaration: '' } });
  assert.match(xml, /^<saml2p:Response /);
});

test('the assertion is encrypted for an app with a certificate, by the algorithm of the persona', async () => {
  const { certificate: encryptionCertificate } = await createKeyPair({ commonName: 'sp', ...span });
  const partsOf = ({ xml }: { xml: string }) => {
    const root = parseXml(xml).documentElement;
    const encrypted = childOf(root, 'saml:EncryptedAssertion');
    const method = encrypted?.getElementsByTagNameNS('*', 'EncryptionMethod')[0]?.getAttribute('Algorithm');
    return [childOf(root, 'saml:Assertion') !== undefined, method?.split('#')[1]];
  };
  const { app } = honest();
  assert.deepEqual(partsOf(buildResponse(honest())), [true, undefined]);
  assert.deepEqual(partsOf(buildResponse({ ...honest(), app: { ...app, encryptionCertificate } })), [
    false,
    'aes256-gcm',
  ]);
  const encryption = { content: 'aes128-cbc', digestMethod: false, key: 'in the data', recipient: 'unnamed' } as const;
  assert.deepEqual(partsOf(played('okta', { set: { encryption }, encryptionCertificate })), [false, 'aes128-cbc']);
  assert.deepEqual(partsOf(played('okta', { set: { encryption } })), [true, undefined]);
  const { xml } = buildResponse({ ...honest(), status: { code: 'Responder' }, app: { ...app, encryptionCertificate } });
  assert.doesNotMatch(xml, /Assertion/);
});
