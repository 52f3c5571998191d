/** URLs of an identity provider: accepted ones, and how a message is added to their query. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { settingsInput } from '../profile.ts';
import { authnRequest } from './request.ts';
import { isEndpoint, withQuery } from './uris.ts';

const taken = [
  'https://idp.example/sso',
  'http://idp.localhost:4000/acme/sso?app=1&x=%20y',
  'https://idp_1.corp/sso?',
  'https://[::1]:8443/sso?a=b&',
  'https://127.0.0.1',
  'https://bücher.example/sso',
  "https://idp.example/a;b,c'd/(sso)",
];
for (const address of taken) test(`accepted: ${address}`, () => assert.ok(isEndpoint(address)));

const rejected = [
  'https://idp.example;script-src',
  'https://idp.example,evil.example/sso',
  "https://idp.example'/sso",
  'https://*.example/sso',
  'https://idp.example/s so',
  'https://idp.example/sso\n',
  'https://idp.example/sso\u0000',
  'https:idp.example',
  'https:\\\\idp.example',
  'https:///idp.example',
  'https://idp.example/sso#',
  'https://idp.example/sso#top',
  'https://:secret@idp.example/sso',
  'https://ada@idp.example/sso',
  'https://idp.example/sso?SAMLRequest=x',
  'https://idp.example/sso?a=b&RelayState=x',
  'javascript:alert(1)',
  'ftp://idp.example/sso',
  '//idp.example/sso',
];
for (const address of rejected)
  test(`rejected by the profile, sign-on and logout alike: ${JSON.stringify(address)}`, () => {
    for (const setting of ['ssoUrl', 'sloUrl'])
      assert.match(settingsInput.safeParse({ [setting]: address }).error?.issues[0]?.message ?? '', /plain host name/);
  });

/** Pairs that differ in one thing only. */
const pairs: readonly (readonly [taken: string, rejected: string])[] = [
  ['HTTPS://IDP.EXAMPLE/SSO', 'HTTPX://IDP.EXAMPLE/SSO'],
  ['http://a', 'xhttp://a'],
  ['https://a.b.', 'https://a.b..c'],
  ['https://a-b_c.d', 'https://a~b'],
  ['https://[::1]', 'https://[::1'],
  ['https://1.2.3.4', 'https://1.2.3.4.5'],
  ['https://a/?SAMLrequest=x', 'https://a/?SAMLRequest'],
  ['https://a/?x=SigAlg', 'https://a/?SigAlg=x'],
  ['https://a/?signature=x', 'https://a/?Signature=x'],
  ['https://a/?x=y', 'https://a/?SAMLResponse=y'],
  ['https://a/@b', 'https://b@a/'],
  ['https://a/:b', 'https://:b@a/'],
  ['https://a/é', 'https://a/"'],
  ['https://a/-', 'https://a/<'],
  ['https://a/-', 'https://a/>'],
  ['https://a/-', 'https://a/^'],
  ['https://a/-', 'https://a/`'],
  ['https://a/-', 'https://a/{'],
  ['https://a/-', 'https://a/|'],
  ['https://a/-', 'https://a/}'],
  ['https://a/-', 'https://a/\\'],
  ['https://a/-', 'https://a/\u0085'],
  ['https://a/-', ' https://a/-'],
];
for (const [accepted, rejected] of pairs)
  test(`accepted: ${accepted}; rejected: ${JSON.stringify(rejected)}`, () =>
    assert.deepEqual([isEndpoint(accepted), isEndpoint(rejected)], [true, false]));

const queries: Readonly<Record<string, string>> = {
  'https://a/b': 'https://a/b?x=1',
  'https://a/b?': 'https://a/b?x=1',
  'https://a/b?c=d': 'https://a/b?c=d&x=1',
  'https://a/b?c=d&': 'https://a/b?c=d&x=1',
  'https://a/b?c=?': 'https://a/b?c=?&x=1',
  'https://a/b?&': 'https://a/b?&x=1',
  'https://a/b&': 'https://a/b&?x=1',
};
for (const [address, expected] of Object.entries(queries))
  test(`a query is added to ${address}`, () => assert.equal(withQuery(address, 'x=1'), expected));

test('an AuthnRequest by Redirect goes to the exact URL, signed or not, which is its Destination', () => {
  for (const ssoUrl of Object.keys(queries)) {
    const { url } = authnRequest({
      id: '_id',
      issuedAt: new Date(0),
      relayState: 'relay',
      sp: { entityId: 'http://sp.example', acsUrl: 'http://sp.example/acs' },
      idp: { entityId: 'http://idp.example', ssoUrl, binding: 'redirect' },
      forceAuthn: false,
      requestedAuthnContext: [],
      nameIdFormat: 'any',
    }) as { url: string };
    assert.ok(url.startsWith(withQuery(ssoUrl, 'SAMLRequest=')), url);
    const { searchParams } = new URL(url);
    assert.equal(searchParams.get('RelayState'), 'relay');
    const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest')!, 'base64')).toString();
    assert.ok(xml.includes(` Destination="${ssoUrl.replaceAll('&', '&amp;')}"`), xml);
  }
});
