/** Logout messages: which of an app's are accepted, and the content and signature of the IdP's own. */
import assert from 'node:assert/strict';
import { createVerify } from 'node:crypto';
import { describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { ArrangedFault, Fault, LogoutStrikes } from '../fault.ts';
import type { LogoutPlan, Plan } from '../personas/persona.ts';
import { neutral } from '../personas/plan.ts';
import { nameIdFormats, statusCode } from '../response/saml-values.ts';
import { algorithms } from '../response/signing.ts';
import { element, render, type Element as Tree, withChildren } from '../response/xml.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import type { App } from '../tenants/state.ts';
import { logoutRequestForm, logoutResponseForm, readLogoutRequest, readLogoutResponse } from './logout.ts';
import { childOf, parseXml } from './parse.ts';

const instant = '2026-03-01T12:00:00Z';
const now = Date.parse(instant);
const minute = 60_000;
const sloUrl = 'http://idp/acme/slo';
const app = { name: 'Console', entityId: 'http://sp/metadata', signingCertificates: [] as string[] } as App;
const signing = { ...app, entityId: 'http://signing/metadata', signingCertificates: ['pem'] } as App;
const rules = { findApp: (id: string) => [app, signing].find((one) => one.entityId === id), ssoUrl: sloUrl, now };

interface MessageOptions {
  name?: string;
  attributes?: Record<string, string | undefined>;
  issuer?: string | undefined;
  children?: (Tree | undefined)[];
}

const arrival = (
  field: string,
  name: string,
  { attributes = {}, issuer = app.entityId, children = [] }: MessageOptions,
) => {
  const honest = { ID: '_1', Version: '2.0', IssueInstant: instant, Destination: sloUrl };
  const xml = render(element(name, { ...honest, ...attributes }, element('saml:Issuer', {}, issuer), ...children));
  return { binding: 'post', fields: { [field]: Buffer.from(xml).toString('base64'), RelayState: 'state' } } as const;
};
const nameId = element('saml:NameID', {}, 'sam@acme.example');
const index = (value: string) => element('samlp:SessionIndex', {}, value);
const request = ({ name = 'samlp:LogoutRequest', children = [nameId], ...options }: MessageOptions = {}) =>
  readLogoutRequest(arrival('SAMLRequest', name, { ...options, children }), rules);
const status = (code: string, second?: string): Tree =>
  element(
    'samlp:Status',
    {},
    element('samlp:StatusCode', { Value: code }, second ? element('samlp:StatusCode', { Value: second }) : undefined),
  );
const success = statusCode('Success');
const response = ({
  name = 'samlp:LogoutResponse',
  attributes = {},
  children = [status(success)],
  ...options
}: MessageOptions = {}) =>
  readLogoutResponse(
    arrival('SAMLResponse', name, { ...options, attributes: { InResponseTo: '_asked', ...attributes }, children }),
    rules,
  );

test('a LogoutRequest names a user and sessions', () => {
  const { xml, app: of, ...read } = request({ children: [nameId, index('_a'), index('_b')] });
  assert.match(xml, /^<samlp:LogoutRequest /);
  assert.equal(of, app);
  assert.deepEqual(read, {
    id: '_1',
    binding: 'post',
    isVerified: false,
    nameId: 'sam@acme.example',
    sessionIndexes: ['_a', '_b'],
    relayState: 'state',
  });
  assert.deepEqual(request().sessionIndexes, []);
});

test('a LogoutResponse names its request and reports whether the app signed out fully', () => {
  const { xml, ...read } = response();
  assert.match(xml, /^<samlp:LogoutResponse /);
  assert.deepEqual(read, {
    inResponseTo: '_asked',
    binding: 'post',
    app,
    outcome: 'succeeded',
    status: [success],
  });
  assert.equal(response({ attributes: { InResponseTo: undefined } }).inResponseTo, '');
  const failures: [Tree | undefined, string][] = [
    [status(statusCode('Responder')), 'failed'],
    [status(success, statusCode('RequestDenied')), 'failed'],
    [status(success, statusCode('PartialLogout')), 'partial'],
    [status(statusCode('Responder'), statusCode('PartialLogout')), 'partial'],
    [status(statusCode('PartialLogout')), 'partial'],
    [element('samlp:Status'), 'failed'],
    [undefined, 'failed'],
  ];
  for (const [one, outcome] of failures) assert.equal(response({ children: [one] }).outcome, outcome);
});

const at = (name: string, milliseconds: number): MessageOptions => ({
  attributes: { [name]: new Date(now + milliseconds).toISOString() },
});
const issued = (milliseconds: number) => at('IssueInstant', milliseconds);
const until = (milliseconds: number) => at('NotOnOrAfter', milliseconds);

for (const [rule, options] of [
  ['10 minutes old', issued(-10 * minute)],
  ['3 minutes ahead', issued(3 * minute)],
  ['without a Destination', { attributes: { Destination: undefined } }],
] as [string, MessageOptions][])
  test(`a logout message is read: ${rule}`, () => {
    request(options);
    response(options);
  });

test('a LogoutRequest is accepted up to three minutes after its NotOnOrAfter (clock skew)', () => {
  request(until(-3 * minute + 1));
  request(until(minute));
});

const malformed = 'request-malformed';
const rejected: [rule: string, options: MessageOptions, code: string, sentence: RegExp][] = [
  ['another message', { name: 'samlp:AuthnRequest' }, malformed, /is not a samlp:Logout/],
  ['an unknown app', { issuer: 'http://else' }, 'app-unknown', /“http:\/\/else”/],
  [
    'another Destination',
    { attributes: { Destination: 'http://idp/slo' } },
    'request-destination-wrong',
    /http:\/\/idp\/slo/,
  ],
  ['more than 10 minutes old', issued(-10 * minute - 1), 'request-expired', /was issued at/],
  ['more than 3 minutes ahead', issued(3 * minute + 1), 'request-expired', /was issued at/],
  ['no IssueInstant', { attributes: { IssueInstant: undefined } }, malformed, /IssueInstant is not a time/],
  [
    'unsigned, although the app has a certificate',
    { issuer: signing.entityId },
    'request-unsigned',
    /only signed requests/,
  ],
];
const rejectedRequests: typeof rejected = [
  ['an AuthnRequest', { name: 'samlp:AuthnRequest' }, malformed, /but a samlp:AuthnRequest, which goes to the sign-on/],
  ['no ID', { attributes: { ID: undefined } }, malformed, /has no ID/],
  ['no NameID', { children: [] }, malformed, /has no saml:NameID/],
  ['an empty NameID', { children: [element('saml:NameID')] }, malformed, /has no saml:NameID/],
  ['three minutes after NotOnOrAfter', until(-3 * minute), 'request-expired', /expired at 2026-03-01T11:57:00.000Z/],
  ['a malformed NotOnOrAfter', { attributes: { NotOnOrAfter: 'soon' } }, malformed, /NotOnOrAfter is not a time/],
];
for (const [rule, options, code, sentence] of [...rejected, ...rejectedRequests])
  test(`a LogoutRequest is rejected: ${rule}`, () =>
    assert.throws(() => request(options), { code, message: sentence }));
for (const [rule, options, code, sentence] of rejected)
  test(`a LogoutResponse is rejected: ${rule}`, () =>
    assert.throws(() => response(options), { code, message: sentence }));

const span = { commonName: 'idp', notBefore: new Date('2026-01-01'), notAfter: new Date('2046-01-01') };
const [rsa, elliptic] = await Promise.all([createKeyPair(span), createKeyPair({ ...span, algorithm: 'ecdsa-p256' })]);
const sender = (keys: KeyPair) => ({ issuer: 'http://idp/metadata', keys, now: new Date(now) });
const slo = (binding: 'redirect' | 'post', responseUrl?: string) => ({ url: 'http://sp/slo', binding, responseUrl });
const decoded = (value: string, isCompressed: boolean): string =>
  (isCompressed ? inflateRawSync(Buffer.from(value, 'base64')) : Buffer.from(value, 'base64')).toString();
const asking = { nameId: 'sam', nameIdFormat: nameIdFormats.persistent, index: '_s' };

test('a LogoutRequest by POST names the session, is valid for five minutes, and has an XML signature', () => {
  const { fields, ...form } = logoutRequestForm(sender(elliptic), { ...asking, endpoint: slo('post') });
  const { id, xml: sent, struck, ...rest } = form;
  assert.deepEqual(rest, {
    action: 'http://sp/slo',
    method: 'post',
    contentType: 'application/x-www-form-urlencoded',
    copies: 1,
  });
  assert.deepEqual(
    fields.map(([name]) => name),
    ['SAMLRequest'],
  );
  const xml = decoded(fields[0]![1], false);
  assert.deepEqual([sent, struck], [xml, []]);
  assert.ok(childOf(parseXml(xml).documentElement, 'ds:Signature'));
  assert.equal(
    xml.replace(/<ds:Signature.*<\/ds:Signature>/, ''),
    `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="http://sp/slo" ID="${id}" ` +
      'IssueInstant="2026-03-01T12:00:00Z" NotOnOrAfter="2026-03-01T12:05:00Z" Version="2.0">' +
      '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">http://idp/metadata</saml:Issuer><saml:NameID ' +
      `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="${nameIdFormats.persistent}">sam</saml:NameID>` +
      '<samlp:SessionIndex>_s</samlp:SessionIndex></samlp:LogoutRequest>',
  );
});

test('an unspecified NameID format is omitted', () => {
  const form = logoutRequestForm(sender(elliptic), {
    ...asking,
    nameIdFormat: nameIdFormats.unspecified,
    endpoint: slo('post'),
  });
  assert.doesNotMatch(decoded(form.fields[0]![1], false), /Format=/);
});

for (const [name, keys, algorithm] of [
  ['RSA', rsa, algorithms.rsaSha256],
  ['elliptic', elliptic, algorithms.ecdsaSha256],
] as const)
  test(`by Redirect, the query string is signed with the ${name} key`, () => {
    const { fields, method, action } = logoutResponseForm(sender(keys), {
      endpoint: slo('redirect'),
      inResponseTo: '_asked',
      partial: false,
      relayState: 'a b',
    });
    assert.deepEqual([method, action], ['get', 'http://sp/slo']);
    assert.deepEqual(
      fields.map(([field]) => field),
      ['SAMLResponse', 'RelayState', 'SigAlg', 'Signature'],
    );
    assert.deepEqual([fields[1]![1], fields[2]![1]], ['a b', algorithm]);
    assert.doesNotMatch(decoded(fields[0]![1], true), /ds:Signature/);
    const octets = new URLSearchParams(fields.slice(0, 3).map(([field, value]) => [field, value])).toString();
    const key = { key: keys.certificate, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(createVerify('sha256').update(octets).verify(key, fields[3]![1], 'base64'));
  });

test('a LogoutResponse goes to the ResponseLocation, and reports a partial logout', () => {
  const respond = (partial: boolean, endpoint = slo('post', 'http://sp/done')) => {
    const form = logoutResponseForm(sender(elliptic), {
      endpoint,
      inResponseTo: '_asked',
      partial,
      relayState: undefined,
    });
    const xml = decoded(form.fields[0]![1], false);
    return { form, xml, codes: xml.match(/(?<=Value=")[^"]+/g) };
  };
  const { form, xml, codes } = respond(false);
  assert.equal(form.action, 'http://sp/done');
  assert.match(
    xml,
    /Destination="http:\/\/sp\/done" ID="_\w{40}" InResponseTo="_asked" IssueInstant="2026-03-01T12:00/,
  );
  assert.match(xml, /<saml:Issuer[^>]*>http:\/\/idp\/metadata</);
  assert.deepEqual(
    form.fields.map(([name]) => name),
    ['SAMLResponse'],
  );
  assert.deepEqual(codes, [success]);
  assert.deepEqual(respond(true).codes, [success, statusCode('PartialLogout')]);
  assert.equal(respond(false, slo('post')).form.action, 'http://sp/slo');
});

const logout: LogoutPlan = { signed: false, notOnOrAfter: 60, declares: [], order: [] };
const product: Plan = { ...neutral, logout };
const qualified = { ...asking, qualifier: 'http://sp/metadata' };
type Bindings = 'redirect' | 'post';

const sentBy = (persona: Plan | undefined, binding: Bindings = 'post') =>
  logoutRequestForm({ ...sender(elliptic), id: () => '_1', persona }, { ...qualified, endpoint: slo(binding) });

describe('a LogoutRequest of a persona', () => {
  const time = /(IssueInstant|NotOnOrAfter)="([^"]+)"/g;

  for (const [rule, plan, expected] of [
    ['ends when the product says', product, ['2026-03-01T12:00:00Z', '2026-03-01T12:01:00Z']],
    ['has no end', { ...product, logout: { ...logout, notOnOrAfter: 'absent' } }, ['2026-03-01T12:00:00Z']],
    [
      'has the decimals of the product',
      { ...product, decimals: { usual: 3 } },
      ['2026-03-01T12:00:00.000Z', '2026-03-01T12:01:00.000Z'],
    ],
  ] as [string, Plan, string[]][])
    test(rule, () => {
      assert.deepEqual(
        [...sentBy(plan).xml.matchAll(time)].map(([, , value]) => value),
        expected,
      );
    });

  for (const [rule, plan, pattern, isThere] of [
    ['names no format of its issuer', product, /<saml:Issuer [^>]*Format=/, false],
    [
      'names the format of its issuer',
      { ...product, issuerFormat: 'urn:entity' },
      /<saml:Issuer [^>]*Format="urn:entity"/,
      true,
    ],
    [
      'has an ID like those of the product',
      { ...product, ids: { ...neutral.ids, response: 'id-{hex:8}' } },
      / ID="id-[0-9a-f]{8}"/,
      true,
    ],
    ['has a plain name', product, /SPNameQualifier/, false],
    [
      'has a name with both qualifiers',
      { ...product, nameId: { ...neutral.nameId, qualifiers: true } },
      / SPNameQualifier="http:\/\/sp\/metadata"/,
      true,
    ],
    [
      'has a name with the app’s qualifier',
      { ...product, nameId: { ...neutral.nameId, spQualifier: true } },
      / SPNameQualifier="http:\/\/sp\/metadata"/,
      true,
    ],
  ] as [string, Plan, RegExp, boolean][])
    test(rule, () => assert.equal(pattern.test(sentBy(plan).xml), isThere, sentBy(plan).xml));

  test('is as without a persona where the product’s messages are unknown', () => {
    const id = (): string => '_same';
    const write = (persona?: Plan) =>
      logoutRequestForm({ ...sender(elliptic), id, persona }, { ...qualified, endpoint: slo('post') }).xml.replace(
        /<ds:SignatureValue>[^<]+/,
        '',
      );
    assert.equal(write({ ...neutral, issuerFormat: 'urn:entity', logout: 'unknown' }), write());
  });
});

describe('whether a LogoutRequest of a persona is signed', () => {
  for (const [binding, signed, isSigned] of [
    ['post', false, false],
    ['post', true, true],
    ['redirect', false, true],
    ['redirect', true, true],
  ] as const)
    test(`by ${binding}, ${isSigned ? 'yes' : 'no'} if the product ${signed ? 'signs' : 'does not sign'}`, () => {
      const { xml, fields } = sentBy({ ...product, logout: { ...logout, signed } }, binding);
      assert.equal(xml.includes('<ds:Signature'), isSigned && binding === 'post');
      assert.equal(
        fields.some(([name]) => name === 'Signature'),
        isSigned && binding === 'redirect',
      );
    });
});

describe('faults of logout messages', () => {
  const fault = (phrase: string, strikes?: Partial<LogoutStrikes>): ArrangedFault => ({
    phrase,
    fault: { logout: strikes && { message: 'LogoutRequest', ...strikes } } as Fault,
    amount: 0,
  });
  const marked = (name: string) =>
    fault(name, { document: (message) => withChildren(message, ...message.children, element(name)) });
  const ask = (faults: readonly ArrangedFault[], persona?: Plan, binding: Bindings = 'post') =>
    logoutRequestForm({ ...sender(elliptic), id: () => '_1', faults, persona }, { ...asking, endpoint: slo(binding) });
  const respond = (faults: readonly ArrangedFault[]) =>
    logoutResponseForm(
      { ...sender(elliptic), faults },
      { endpoint: slo('post'), inResponseTo: '_1', partial: false, relayState: undefined },
    );

  test('strike one after the other at the same step, and say so', () => {
    const { xml, struck } = ask([marked('samlp:One'), marked('samlp:Two')]);
    assert.match(xml, /<samlp:One><\/samlp:One><samlp:Two><\/samlp:Two><\/samlp:LogoutRequest>$/);
    assert.deepEqual(struck, ['samlp:One', 'samlp:Two']);
  });

  test('of one kind of message leave the other kind', () => {
    for (const faults of [[marked('samlp:One')], [fault('of a response')]]) {
      const { xml, struck } = respond(faults);
      assert.doesNotMatch(xml, /samlp:One/);
      assert.deepEqual(struck, []);
    }
  });

  test('that change nothing have not struck', () => {
    assert.deepEqual(ask([fault('same', { document: (message) => message }), fault('other')]).struck, []);
  });

  for (const [step, strikes, isChanged] of [
    ['binding', { binding: () => 'redirect' }, ({ method }) => method === 'get'],
    ['signing', { signing: () => undefined }, ({ xml }) => !xml.includes('<ds:Signature')],
    ['transit', { transit: () => element('samlp:LogoutRequest') }, ({ xml }) => xml.length < 120],
    ['delivery', { delivery: (form) => ({ ...form, copies: 2 }) }, ({ copies }) => copies === 2],
  ] as [string, Partial<LogoutStrikes>, (form: ReturnType<typeof ask>) => boolean][])
    test(`strike at the ${step}`, () => {
      const struck = ask([fault('it', strikes)]);
      assert.ok(isChanged(struck) && !isChanged(ask([])));
      assert.deepEqual(struck.struck, ['it']);
    });

  test('of a signature find one, although the product does not sign', () => {
    const has = (faults: readonly ArrangedFault[]) => ask(faults, product).xml.includes('<ds:Signature');
    assert.deepEqual([has([]), has([fault('any', {})])], [false, true]);
  });

  test('in transit leave the signature in the query that of the message before', () => {
    const [honest, changed] = [[], [fault('changed', { transit: () => element('samlp:LogoutRequest') })]].map(
      (faults) => ask(faults, undefined, 'redirect'),
    );
    assert.equal(decoded(changed!.fields[0]![1], true), changed!.xml);
    const octets = new URLSearchParams(honest!.fields.slice(0, 2).map(([name, value]) => [name, value])).toString();
    const key = { key: elliptic.certificate, dsaEncoding: 'ieee-p1363' } as const;
    assert.ok(createVerify('sha256').update(octets).verify(key, changed!.fields[2]![1], 'base64'));
  });
});
