/** Tests of the archive as a library: sign-ins, messages, keys and explanations, as its users import them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Unpacked } from './unpacked.fixture.ts';

/** Each line of the output is what one call returned, or the error that it threw. The process ends by itself. */
const uses = `
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { faultExamples, Refused, startMockIdp } from 'sso-rehearsal';
import { diagnose, explain } from 'sso-rehearsal/saml';
const printed = {};
const say = async (what, act) => {
  printed[what] = await Promise.resolve().then(act).catch(({ name, message }) => name + ': ' + message);
};
const idp = await startMockIdp({ hostname: '127.0.0.1' });
const acme = await idp.createTenant({
  users: [{ username: 'sam', password: 'x', email: 'sam@acme.example' }, { username: 'bob', password: 'x' }],
  apps: [{ entityId: 'urn:app', acs: ['http://app.example/acs'] }],
});
const sent = [];
const fetch = async (url, { method = 'GET', body } = {}) => {
  sent.push(method + ' ' + (body?.constructor.name ?? new URL(url).searchParams.has('SAMLResponse')));
  return new Response('Welcome');
};
const unsolicited = { unsolicited: true };
const request = (attributes = '') => acme.ssoUrl + '?' + new URLSearchParams({
  SAMLRequest: deflateRawSync('<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_' + crypto.randomUUID() + '" ' +
    'IssueInstant="' + acme.now().toISOString() + '" ' + attributes + '><saml:Issuer>urn:app</saml:Issuer>' +
    '</samlp:AuthnRequest>').toString('base64'),
});
for (const fault of ['a replayed response', 'a plain-text form', 'a multipart form', 'a response in the query string'])
  await say(fault, async () => {
    await acme.arrangeFaults(fault);
    const answer = await acme.signIn('sam', unsolicited);
    const before = acme.struckFaults().length;
    await acme.deliver(answer, { fetch });
    return [before, sent.splice(0).join(', '), acme.struckFaults().length].join(' | ');
  });
await acme.arrangeFaults();
await say('no redirect', () => acme.signIn('sam', { request: new Response('Out of order', { status: 500 }) }));
await say('null', () => acme.signIn('sam', { request: null }));
await say('another host', () => acme.signIn('sam', { request: request().replace('127.0.0.1', 'idp.example') }));
await say('deflated', () =>
  acme.signIn('sam', { request: { SAMLRequest: new URL(request()).searchParams.get('SAMLRequest') } }));
await say('closed', () => acme.signInAt('http://127.0.0.1:1/login', 'sam'));
await say('misspelt', () => acme.arrangeFaults('an assertion with a diferent Audience'));
await say('metadata', () =>
  acme.putApp({ metadata: '<a/>' }).catch((error) => (error instanceof Refused) + ' ' + error.message));
await say('port', () => startMockIdp({ port: 70000 }));
await say('URN', () => acme.apps()[0].name);
await say('passive', async () => {
  const { xml } = await acme.signIn('bob', { request: request('IsPassive="true"') });
  return xml.includes(':NoPassive"');
});
await say('bob', async () => / Format="[^"]+:(\\w+)">bob</.exec((await acme.signIn('bob', unsolicited)).xml)[1]);
await say('portal', () => acme.portalUrl.startsWith(acme.entityId.replace('/metadata', '')));
await say('examples', () => faultExamples.length > 400);
const certificates = async (options) => {
  const { keys, ...start } = options;
  const one = await startMockIdp(start);
  const made = [await one.createTenant({ keys }), await one.createTenant({ keys })];
  return made.map((tenant) => tenant.certificates()[0]);
};
await say('shared keys', async () => new Set(await certificates({ keys: 'shared' })).size);
await say('keys in a file', async () => {
  const keysFile = process.argv[1];
  const all = [await certificates({ keysFile }), await certificates({ keysFile })];
  return [new Set(all[0]).size, String(all[0]) === String(all[1])].join(' ');
});
await say('another key', () => idp.createTenant({
  keys: {
    privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    certificate: acme.certificates()[0],
  },
}));
await say('encryption', async () => {
  const der = new X509Certificate(acme.certificates()[0]).raw.toString('base64');
  await acme.putApp({ entityId: 'urn:app', acs: ['http://app.example/acs'], encryptionCertificate: der });
  const before = (await acme.signIn('sam', unsolicited)).xml.includes('EncryptedAssertion');
  const app = { entityId: 'urn:app', acs: ['http://app.example/acs'], encryptionCertificate: der, encrypt: true };
  await acme.putApp(app);
  return [before, (await acme.signIn('sam', unsolicited)).xml.includes('EncryptedAssertion')].join(' ');
});
await say('explained', async () => {
  await acme.putApp({ entityId: 'urn:app', acs: ['http://app.example/acs'], encrypt: false });
  await acme.arrangeFaults('an assertion that expired 10 minutes ago');
  const form = Object.fromEntries((await acme.signIn('sam', unsolicited)).fields);
  const [{ verdict, findings }] = await diagnose(form, { spEntityId: 'urn:app', idpMetadata: acme.metadata() });
  return [verdict, findings[0].code, explain(findings[0].code).fixedBy, explain('__proto__')].join(' ');
});
await say('hostile', () => diagnose({ SAMLResponse: 'A'.repeat(4_000_000) }));
console.log(JSON.stringify(printed));
`;

const expected: Readonly<Record<string, string | number | boolean | RegExp>> = {
  'a replayed response': '0 | POST URLSearchParams, POST URLSearchParams | 1',
  'a plain-text form': '0 | POST String | 1',
  'a multipart form': '0 | POST FormData | 1',
  'a response in the query string': '0 | GET true | 1',
  'no redirect': /^Refused: the application returned 500 “Out of order”, and no redirect to the identity provider\./,
  null: /^Refused: the request is null\. Pass the response of your application, /,
  'another host': /^RequestRefused: the application sends the browser to http:\/\/idp\.example:\d+\//,
  deflated: /^RequestRefused: .* it is deflated, as for the Redirect binding; a form carries it without DEFLATE\.$/,
  closed: 'Refused: http://127.0.0.1:1/login did not respond: bad port',
  misspelt: /^UnknownFault: Unknown fault “.*”\. The nearest are “an assertion with a different Audience”, /,
  metadata: 'true the metadata must be one md:EntityDescriptor',
  port: 'UnusableOption: Mock IdP: port must be a port from 0 to 65535, not “70000”',
  URN: 'urn:app',
  bob: 'unspecified',
  passive: true,
  portal: true,
  examples: true,
  'shared keys': 1,
  'keys in a file': '2 true',
  'another key': 'Refused: keys.certificate belongs to another key than keys.privateKey',
  encryption: 'false true',
  explained: 'reject assertion-expired network ',
  hostile: 'Unreadable: The input has more than 3145728 bytes (maxBytes).',
};

/** Registers the test; `unpacked` is called when it starts. */
export function testLibrary(unpacked: () => Unpacked): void {
  test('sign-ins, messages, keys and explanations are as its pages say, and no dispose is needed to end', async () => {
    const there = unpacked();
    const ran = await there.node('--input-type=module', '--eval', uses, join(there.folder, '.library-keys.jsonl'));
    assert.deepEqual([ran.status, ran.stderr], [0, '']);
    const printed = JSON.parse(ran.stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(printed).toSorted(), Object.keys(expected).toSorted());
    for (const [what, wanted] of Object.entries(expected))
      if (wanted instanceof RegExp) assert.match(String(printed[what]), wanted);
      else assert.equal(printed[what], wanted, what);
  });
}
