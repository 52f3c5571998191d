/** AuthnRequests, word for word: what each setting adds, by Redirect and by POST, signed and not. */
import assert from 'node:assert/strict';
import { randomUUID, verify } from 'node:crypto';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { childNamed, childrenNamed, ns } from './dom.ts';
import { signers } from './message.fixture.ts';
import { parse } from './read.ts';
import { type AuthnRequestOptions, authnRequest } from './request.ts';

const options = (changes: Partial<AuthnRequestOptions> = {}): AuthnRequestOptions => ({
  id: '_id',
  issuedAt: new Date('2026-03-01T12:00:00.123Z'),
  relayState: 'a b&c',
  sp: { entityId: 'http://sp.example/a?b&c', acsUrl: 'http://sp.example/acs' },
  idp: { entityId: 'http://idp.example', ssoUrl: 'http://idp.example/sso', binding: 'redirect' },
  forceAuthn: false,
  requestedAuthnContext: [],
  nameIdFormat: 'any',
  ...changes,
});
const signing = {
  privateKey: signers.idp.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  certificate: signers.idp.certificate,
};
const redirected = (changes: Partial<AuthnRequestOptions> = {}): URLSearchParams => {
  const made = authnRequest(options(changes));
  assert.ok(made.binding === 'redirect' && made.url.startsWith('http://idp.example/sso?SAMLRequest='));
  return new URL(made.url).searchParams;
};
const xmlOf = (parameters: URLSearchParams): string =>
  inflateRawSync(Buffer.from(parameters.get('SAMLRequest')!, 'base64')).toString();

const [protocol, format] = ['urn:oasis:names:tc:SAML:2.0', ' Format="urn:oasis:names:tc:SAML:1.1:nameid-format:'];
const expected = ({ force = '', policy = '', context = '' } = {}): string =>
  `<samlp:AuthnRequest xmlns:samlp="${protocol}:protocol" xmlns:saml="${protocol}:assertion" ID="_id" Version="2.0"` +
  ` IssueInstant="2026-03-01T12:00:00Z" Destination="http://idp.example/sso"${force}` +
  ` ProtocolBinding="${protocol}:bindings:HTTP-POST" AssertionConsumerServiceURL="http://sp.example/acs">` +
  '<saml:Issuer>http://sp.example/a?b&amp;c</saml:Issuer>' +
  `<samlp:NameIDPolicy${policy} AllowCreate="true"/>${context}</samlp:AuthnRequest>`;
const context = (...classes: string[]): string =>
  '<samlp:RequestedAuthnContext Comparison="exact">' +
  `${classes.map((one) => `<saml:AuthnContextClassRef>${one}</saml:AuthnContextClassRef>`).join('')}` +
  '</samlp:RequestedAuthnContext>';

const settings: Readonly<Record<string, readonly [Partial<AuthnRequestOptions>, string]>> = {
  'the default settings': [{}, expected()],
  'a fresh sign-in': [{ forceAuthn: true }, expected({ force: ' ForceAuthn="true"' })],
  'an email for a NameID': [{ nameIdFormat: 'emailAddress' }, expected({ policy: `${format}emailAddress"` })],
  'an unspecified NameID': [{ nameIdFormat: 'unspecified' }, expected({ policy: `${format}unspecified"` })],
  'one authentication context class': [{ requestedAuthnContext: ['urn:x'] }, expected({ context: context('urn:x') })],
  'two authentication context classes, escaped': [
    { requestedAuthnContext: ['urn:<x>', 'a&b'] },
    expected({ context: context('urn:&lt;x&gt;', 'a&amp;b') }),
  ],
};
for (const [name, [changes, xml]] of Object.entries(settings))
  test(`an AuthnRequest for ${name}`, () => {
    for (const id of ['_id', '_other'])
      assert.equal(xmlOf(redirected({ ...changes, id })), xml.replace('"_id"', `"${id}"`));
  });

test('by Redirect: with RelayState, signed only if there is a key', () => {
  const plain = redirected();
  assert.deepEqual([...plain.keys()], ['SAMLRequest', 'RelayState']);
  assert.equal(plain.get('RelayState'), 'a b&c');
  const { url } = authnRequest(options({ signing })) as { url: string };
  const [octets, signature] = url.slice(url.indexOf('?') + 1).split('&Signature=') as [string, string];
  assert.match(octets, /^SAMLRequest=[^&]+&RelayState=a%20b%26c&SigAlg=[^&]+rsa-sha256$/);
  const value = Buffer.from(decodeURIComponent(signature), 'base64');
  assert.ok(verify('sha256', Buffer.from(octets), signers.idp.publicKey, value));
});

test('by POST: form fields, with an XML signature after Issuer only if there is a key', () => {
  const idp = { ...options().idp, binding: 'post' } as const;
  for (const key of [undefined, signing]) {
    const made = authnRequest(options({ idp, signing: key }));
    assert.ok(made.binding === 'post');
    assert.equal(made.action, 'http://idp.example/sso');
    assert.deepEqual(made.fields[1], ['RelayState', 'a b&c']);
    assert.equal(made.fields[0]![0], 'SAMLRequest');
    const xml = Buffer.from(made.fields[0]![1], 'base64').toString();
    const root = parse(xml).documentElement;
    const signatures = childrenNamed(root, ns.ds, 'Signature');
    assert.equal(signatures.length, key === undefined ? 0 : 1);
    if (key === undefined) assert.equal(xml, expected());
    else {
      assert.equal(signatures[0]!.previousSibling, childNamed(root, ns.saml, 'Issuer'));
      assert.equal(signatures[0]!.nodeName, 'ds:Signature');
    }
  }
});

test('any number of profiles can make requests without affecting each other', () => {
  const other = (index: number) => ({ sp: { entityId: `http://sp${index}.example`, acsUrl: 'http://sp.example/acs' } });
  for (const index of [0, 1, 0]) assert.ok(xmlOf(redirected(other(index))).includes(`http://sp${index}.example`));
});

test('what requests of one kind need is made once', () => {
  let reads = 0;
  const counted = {
    ...signing,
    get privateKey() {
      reads++;
      return signing.privateKey;
    },
  };
  const isMade = (name: string): boolean => {
    reads = 0;
    authnRequest(options({ sp: { entityId: name, acsUrl: 'http://sp.example/acs' }, signing: counted }));
    return reads > 1; // once more than for comparing
  };
  const name = `http://${randomUUID()}.example/`;
  assert.deepEqual([isMade(name), isMade(name), isMade(`${name}a`), isMade(name)], [true, false, true, false]);
});
