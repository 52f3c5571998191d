/** The identity provider over real HTTP: sign-in, rejections, arranged faults, control routes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { constants, createDecipheriv, privateDecrypt, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { load } from 'cheerio';
import { SignedXml } from 'xml-crypto';
import {
  acs,
  ada,
  bob,
  codeIn,
  entityId,
  type RequestOptions,
  redirectTo,
  requestXml,
  responseIn,
  setUp,
  token,
  transactionIn,
} from './app.fixture.ts';
import { arrangeablePhrases } from './faults.ts';
import { nameIdFormats } from './response/saml-values.ts';
import { honestSignature, sign } from './response/signing.ts';
import { element, render } from './response/xml.ts';
import { childOf, childrenOf, parseXml } from './sign-in/parse.ts';
import { startMockIdp } from './start.ts';
import { createKeyPair, type KeyPair } from './tenants/keys.ts';
import { bindings } from './tenants/metadata.ts';

function isSignedBy(xml: string, certificate: string): boolean {
  const root = parseXml(xml).documentElement;
  const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  verifier.loadSignature(childOf(root, 'ds:Signature') as unknown as Node);
  return verifier.checkSignature(xml) && verifier.getReferences()[0]?.uri === `#${root.getAttribute('ID')}`;
}

test('a sign-in ends in a signed response to the requesting app', async () => {
  await using stage = await setUp();
  assert.equal(stage.created.status, 201);
  const login = await stage.ask({ id: '_a-request-of-the-test', relayState: 'token & more' });
  assert.equal(login.status, 200);
  const $login = load(login.body);
  assert.deepEqual(
    $login('label')
      .get()
      .map((one) => $login(one).text()),
    ['Username', 'Password'],
  );
  const page = await stage.signIn(login);
  const { xml, statuses, text, relayState, action, inResponseTo } = responseIn(page);
  assert.deepEqual(statuses, ['Success']);
  assert.ok(isSignedBy(xml, stage.certificate));
  assert.equal(action, acs);
  assert.equal(relayState, 'token & more');
  assert.equal(inResponseTo, '_a-request-of-the-test');
  assert.equal(text('NameID'), ada.email);
  assert.match(page.headers.get('content-security-policy')!, /form-action 'self' http: https:;/);
  assert.equal(load(page.body)('form button').text(), 'Continue');
  // Already signed in: the next app needs no password.
  assert.deepEqual(responseIn(await stage.ask()).statuses, ['Success']);
  assert.deepEqual((await stage.control('GET', '/errors')).json, []);
});

test('a request by POST finds the session cookie after a redirect', async () => {
  await using stage = await setUp();
  const url = `${stage.idp.url}/acme/sso`;
  const posted = await stage.go('/acme/sso', {
    SAMLRequest: Buffer.from(render(requestXml(url, {}))).toString('base64'),
    RelayState: 'r',
  });
  assert.equal(posted.status, 303);
  const page = await stage.signIn(await stage.go(posted.location!));
  assert.equal(responseIn(page).relayState, 'r');
});

test('a rejected request ends on a page with the reason, and nothing is sent to the app', async () => {
  await using stage = await setUp();
  const url = `${stage.idp.url}/acme/sso`;
  const rejected: [string, RequestOptions][] = [
    ['app-unknown', { issuer: 'http://unknown.localhost' }],
    ['acs-not-registered', { attributes: { AssertionConsumerServiceURL: 'http://evil.localhost/acs' } }],
    ['acs-not-registered', { attributes: { AssertionConsumerServiceIndex: '7' } }],
    ['acs-not-registered', { attributes: { ProtocolBinding: bindings.redirect } }],
    ['request-destination-wrong', { attributes: { Destination: 'http://other.localhost/sso' } }],
    ['request-expired', { at: new Date(Date.now() - 11 * 60_000) }],
    ['request-expired', { at: new Date(Date.now() + 4 * 60_000) }],
    ['request-malformed', { attributes: { Version: '1.1' } }],
  ];
  for (const [code, options] of rejected) {
    const page = await stage.ask(options);
    assert.equal(codeIn(page), code);
    assert.ok(page.status >= 400 && page.status < 500);
    assert.ok(!page.body.includes('SAMLResponse'));
  }
  assert.equal(codeIn(await stage.go('/acme/sso')), 'request-missing');
  assert.equal(
    codeIn(
      await stage.go(
        `/acme/sso?SAMLRequest=${encodeURIComponent(deflateRawSync(Buffer.alloc(3_000_000, 32)).toString('base64'))}`,
      ),
    ),
    'request-malformed',
  );
  assert.equal(
    codeIn(
      await stage.go(
        `/acme/sso?SAMLRequest=${encodeURIComponent(deflateRawSync('<!DOCTYPE a><a/>').toString('base64'))}`,
      ),
    ),
    'request-malformed',
  );
  const again = redirectTo(url, { id: '_a-request-seen-twice' });
  const login = await stage.go(again);
  assert.equal(transactionIn(await stage.go(again)), transactionIn(login), 'a reload goes on with the same sign-in');
  await stage.signIn(login);
  assert.equal(codeIn(await stage.go(again)), 'request-id-reused');
  assert.equal((await stage.go('/unknown')).status, 404);
  assert.equal((await stage.go('/acme/nothing/here')).status, 404);
  assert.deepEqual((await stage.control('GET', '/errors')).json, []);
});

test('an unassigned user sees that, from the app and from the portal', async () => {
  await using stage = await setUp();
  await stage.control('PUT', '/tenants/acme/assignments', { app: entityId, users: [bob.username] });
  const page = await stage.signIn(await stage.ask());
  assert.equal(page.status, 403);
  assert.match(page.body, /Tell your administrator/);
  assert.ok(!page.body.includes('SAMLResponse'));
  assert.equal((await stage.go('/acme/apps/1')).status, 403);
  assert.equal((await stage.go('/acme/apps/9')).status, 404);
});

test('a sign-in from the portal sends an unsolicited response', async () => {
  await using stage = await setUp();
  await stage.go('/acme/login', { username: ada.username.toUpperCase(), password: ada.password });
  assert.match((await stage.go('/acme')).body, /href="\/acme\/apps\/1"/);
  const { inResponseTo, statuses, root } = responseIn(await stage.go('/acme/apps/1'));
  assert.deepEqual(statuses, ['Success']);
  assert.ok(!inResponseTo && !root.hasAttribute('InResponseTo'));
});

test('passive, forced, cancelled and unsupported requests get their status', async () => {
  await using stage = await setUp();
  assert.deepEqual(responseIn(await stage.ask({ attributes: { IsPassive: 'true' } })).statuses, [
    'Responder',
    'NoPassive',
  ]);
  const login = await stage.ask();
  const cancelled = responseIn(await stage.go('/acme/cancel', { transaction: transactionIn(login) }));
  assert.deepEqual(cancelled.statuses, ['Responder', 'AuthnFailed']);
  assert.equal(cancelled.text('StatusMessage'), 'User cancelled');
  assert.ok(isSignedBy(cancelled.xml, stage.certificate));
  assert.deepEqual(
    responseIn(await stage.ask({ children: [element('samlp:NameIDPolicy', { Format: nameIdFormats.entity })] }))
      .statuses,
    ['Requester', 'InvalidNameIDPolicy'],
  );
  const context = (name: string) =>
    element(
      'samlp:RequestedAuthnContext',
      { Comparison: 'exact' },
      element('saml:AuthnContextClassRef', {}, `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`),
    );
  assert.deepEqual(responseIn(await stage.ask({ children: [context('X509')] })).statuses, [
    'Responder',
    'NoAuthnContext',
  ]);
  await stage.signIn(await stage.ask());
  assert.deepEqual(responseIn(await stage.ask({ attributes: { IsPassive: 'true' } })).statuses, ['Success']);
  assert.equal(
    responseIn(await stage.ask({ children: [context('Password')] }))
      .text('AuthnContextClassRef')
      ?.split(':')
      .at(-1),
    'Password',
  );
  assert.equal(
    responseIn(await stage.ask({ attributes: { AssertionConsumerServiceIndex: '1' } })).action,
    `${acs}/second`,
  );
  const persistent = { children: [element('samlp:NameIDPolicy', { Format: nameIdFormats.persistent })] };
  assert.equal(
    responseIn(await stage.ask(persistent)).text('NameID'),
    responseIn(await stage.ask(persistent)).text('NameID'),
  );
  const forced = await stage.ask({ attributes: { ForceAuthn: 'true' } });
  assert.deepEqual(responseIn(await stage.signIn(forced)).statuses, ['Success']);
});

test('a wrong password is reported, and ten in a row lock the account', async () => {
  await using stage = await setUp();
  let page = await stage.ask();
  for (let attempt = 0; attempt < 10; attempt++) {
    page = await stage.signIn(page, { ...ada, password: 'wrong' });
    assert.match(load(page.body)('[role=alert]').text(), /Wrong/);
  }
  assert.equal(codeIn(await stage.signIn(page)), 'account-locked');
  await stage.control('PATCH', '/tenants/acme', { clockOffsetMs: 16 * 60_000 });
  assert.deepEqual(responseIn(await stage.signIn(page)).statuses, ['Success']);
  assert.equal(
    (
      await stage.go(
        '/acme/login',
        { username: 'x', password: 'y' },
        { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
      )
    ).status,
    403,
  );
});

test('the login page shows the same for known, locked and unknown users', async () => {
  await using stage = await setUp();
  await stage.control('PATCH', '/tenants/acme/users/bob@acme.example', { locked: true });
  const page = await stage.ask();
  for (let attempt = 0; attempt < 12; attempt++) {
    const replies = [];
    for (const username of [ada.username, bob.username, 'unknown@acme.example']) {
      const { status, body } = await stage.signIn(page, { username, password: 'wrong' });
      replies.push(`${status} ${body.replaceAll(username, 'name')}`);
    }
    assert.equal(new Set(replies).size, 1, `attempt ${attempt}: ${replies.join('\n')}`);
  }
});

test('a locked account is reported only with the right password', async () => {
  await using stage = await setUp();
  await stage.control('PATCH', '/tenants/acme/users/bob@acme.example', { locked: true });
  assert.equal(codeIn(await stage.signIn(await stage.ask(), bob)), 'account-locked');
});

test('signed requests are verified over the received bytes; unsigned ones are rejected where required', async () => {
  const span = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 1e9) };
  const [keys, others] = await Promise.all([
    createKeyPair({ commonName: 'sp', ...span }),
    createKeyPair({ commonName: 'other', ...span }),
  ]);
  await using stage = await setUp({
    app: { entityId, acs: [acs], signingCertificates: [keys.certificate] },
    settings: { wantAuthnRequestsSigned: true },
  });
  assert.equal(codeIn(await stage.ask()), 'request-unsigned');
  assert.equal(codeIn(await stage.ask({ keys: others })), 'request-signature-bad');
  transactionIn(await stage.ask({ keys, relayState: 'with space' }));
  const url = `${stage.idp.url}/acme/sso`;
  const post = (pair: KeyPair, change = (xml: string) => xml) =>
    stage.go('/acme/sso', {
      SAMLRequest: Buffer.from(change(render(sign(requestXml(url, {}), honestSignature(pair))))).toString('base64'),
    });
  assert.equal((await post(keys)).status, 303);
  assert.equal(codeIn(await post(others)), 'request-signature-bad');
  assert.equal(
    codeIn(await post(keys, (xml) => xml.replace('Version=', 'ForceAuthn="true" Version='))),
    'request-signature-bad',
  );
});

test('arranged faults strike as often as arranged and are counted; unknown ones are rejected with a few', async () => {
  await using stage = await setUp();
  const unknown = await stage.control('PUT', '/tenants/acme/faults', [{ phrase: 'bad weather' }]);
  assert.equal(unknown.status, 400);
  assert.equal(unknown.json.allowed.length, 3);
  for (const one of unknown.json.allowed) assert.ok(arrangeablePhrases.includes(one), one);
  const odd = await stage.control('PUT', '/tenants/acme/faults', [
    { phrase: 'a response without RelayState', when: 'always' },
  ]);
  assert.deepEqual([odd.status, odd.json.allowed], [400, ['phrase', 'amount', 'times']]);
  await stage.control('PUT', '/tenants/acme/faults', [{ phrase: 'a response without RelayState', times: 2 }]);
  assert.equal(responseIn(await stage.signIn(await stage.ask({ relayState: 'r' }))).relayState, undefined);
  assert.equal(responseIn(await stage.ask()).relayState, undefined);
  assert.equal(responseIn(await stage.ask({ relayState: 'r' })).relayState, 'r');
  assert.deepEqual((await stage.tenant()).faults, [
    { phrase: 'a response without RelayState', amount: 0, times: 0, struck: 1 },
  ]);
  await stage.control('PUT', '/tenants/acme/faults', [{ phrase: 'no response: the IdP is down' }]);
  await assert.rejects(stage.go('/acme/metadata'));
  assert.equal((await stage.tenant()).faults[0].struck, 1);
});

test('a key is rolled over: published, then used, then the only one', async () => {
  await using stage = await setUp();
  const published = await stage.control('PATCH', '/tenants/acme', { publishNextKey: true });
  const [old, next] = published.json.certificates as [string, string];
  assert.equal(old, stage.certificate);
  const keysIn = (xml: string) => parseXml(xml).getElementsByTagNameNS('*', 'KeyDescriptor').length;
  assert.equal(keysIn((await stage.go('/acme/metadata')).body), 2);
  assert.ok(isSignedBy(responseIn(await stage.signIn(await stage.ask())).xml, old));
  await stage.control('PATCH', '/tenants/acme', { rollKey: true });
  assert.ok(isSignedBy(responseIn(await stage.ask()).xml, next));
  assert.equal(keysIn((await stage.go('/acme/metadata')).body), 1);
  const elliptic = await stage.control('PUT', '/tenants/elliptic', { signingAlgorithm: 'ecdsa-p256' });
  assert.equal(new X509Certificate(elliptic.json.certificates[0]).publicKey.asymmetricKeyType, 'ec');
});

test('metadata has validUntil, if set', async () => {
  await using stage = await setUp({ settings: { validUntil: '2030-01-31T12:00:00Z' } });
  const validUntil = async () =>
    parseXml((await stage.go('/acme/metadata')).body).documentElement.getAttribute('validUntil');
  assert.equal(await validUntil(), '2030-01-31T12:00:00Z');
  await stage.control('PATCH', '/tenants/acme', { validUntil: null });
  assert.equal(await validUntil(), '');
});

test('a guessable request ID is accepted with a warning', async () => {
  await using stage = await setUp();
  for (const id of ['_1', '1234567890123456789'])
    responseIn(await stage.signIn(await stage.ask({ id, attributes: { ForceAuthn: 'true' } })));
  await stage.ask({ id: '_a-request-of-the-test' });
  const { log } = (await stage.tenant()) as { log: { warnings?: string[] }[] };
  assert.equal(JSON.stringify(log).match(/request-id-weak/g)?.length, 2, JSON.stringify(log));
});

test('assertions are encrypted with the certificate in the metadata where the app asks for it', async () => {
  const { certificate, privateKey } = await createKeyPair({
    commonName: 'sp',
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 1e9),
  });
  const metadata = (location: string) =>
    render(
      element(
        'md:EntityDescriptor',
        { entityID: entityId },
        element(
          'md:SPSSODescriptor',
          { protocolSupportEnumeration: 'urn:oasis:names:tc:SAML:2.0:protocol' },
          element(
            'md:KeyDescriptor',
            { use: 'encryption' },
            element(
              'ds:KeyInfo',
              {},
              element(
                'ds:X509Data',
                {},
                element('ds:X509Certificate', {}, certificate.replace(/-----[^-]+-----|\s/g, '')),
              ),
            ),
          ),
          element('md:AssertionConsumerService', { Binding: bindings.post, Location: location, index: '0' }),
        ),
      ),
    );
  await using stage = await setUp({ app: { metadata: metadata(acs) } });
  const plain = responseIn(await stage.signIn(await stage.ask()));
  assert.equal(childrenOf(plain.root, 'saml:Assertion').length, 1, 'a certificate alone asks for nothing');
  await stage.control('PUT', '/tenants/acme/apps', { metadata: metadata(acs), encrypt: true });
  const { root } = responseIn(
    await stage.signIn(await stage.ask({ id: '_encrypted', attributes: { ForceAuthn: 'true' } })),
  );
  assert.equal(childrenOf(root, 'saml:Assertion').length, 0);
  const [wrapped, content] = Array.from(root.getElementsByTagNameNS('*', 'CipherValue')).map((one) =>
    Buffer.from(one.textContent!, 'base64'),
  ) as [Buffer, Buffer];
  const key = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, wrapped);
  const cipher = createDecipheriv('aes-256-gcm', key, content.subarray(0, 12));
  cipher.setAuthTag(content.subarray(-16));
  assert.match(
    Buffer.concat([cipher.update(content.subarray(12, -16)), cipher.final()]).toString(),
    /^<saml:Assertion /,
  );
  for (const location of ['javascript:alert(1)', 'ftp://sp.localhost/acs'])
    assert.equal((await stage.control('PUT', '/tenants/acme/apps', { metadata: metadata(location) })).status, 400);
});

test('an app ends its session and gets a signed LogoutResponse', async () => {
  const keys = await createKeyPair({ commonName: 'sp', notBefore: new Date(), notAfter: new Date(Date.now() + 1e9) });
  await using stage = await setUp({
    app: { entityId, acs: [acs], slo: 'http://sp.localhost:1/slo', signingCertificates: [keys.certificate] },
  });
  const { root } = responseIn(await stage.signIn(await stage.ask({ keys })));
  const index = root.getElementsByTagNameNS('*', 'AuthnStatement')[0]!.getAttribute('SessionIndex')!;
  const url = `${stage.idp.url}/acme/slo`;
  const ending = (nameId: string, pair: KeyPair | undefined) => {
    const plain = element(
      'samlp:LogoutRequest',
      { ID: `_${crypto.randomUUID()}`, Version: '2.0', IssueInstant: new Date().toISOString(), Destination: url },
      element('saml:Issuer', {}, entityId),
      element('saml:NameID', {}, nameId),
      element('samlp:SessionIndex', {}, index),
    );
    return stage.go('/acme/slo', {
      SAMLRequest: Buffer.from(render(pair ? sign(plain, honestSignature(pair)) : plain)).toString('base64'),
      RelayState: 'r',
    });
  };
  assert.equal(codeIn(await ending(ada.email, undefined)), 'request-unsigned');
  assert.equal((await stage.tenant()).sessions, 1);
  const page = load((await ending(ada.email, keys)).body);
  assert.equal(page('form').attr('method'), 'get');
  assert.equal(page('form').attr('action'), 'http://sp.localhost:1/slo');
  assert.ok(page('input[name=Signature]').attr('value'));
  assert.equal((await stage.tenant()).sessions, 0);
});

test('signing out at the portal asks the app to sign out as well', async () => {
  await using stage = await setUp({ app: { entityId, acs: [acs], slo: 'http://sp.localhost:1/slo' } });
  await stage.signIn(await stage.ask());
  assert.match((await stage.go('/acme/logout')).body, /Sign out/);
  assert.equal((await stage.tenant()).sessions, 1, 'a visit alone ends nothing');
  const page = load((await stage.go('/acme/logout', {})).body);
  assert.ok(page('input[name=SAMLRequest]').attr('value'));
  assert.equal((await stage.tenant()).sessions, 0);
});

test('tenants and keys survive a restart, in a file that only its owner can read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'idp-'));
  const stateFile = join(folder, 'state.json');
  try {
    let before: unknown;
    {
      await using stage = await setUp({ stateFile });
      before = stage.created.json.certificates;
      assert.equal((await stat(stateFile)).mode & 0o777, 0o600);
      assert.match(await readFile(stateFile, 'utf8'), /PRIVATE KEY/);
    }
    await using again = await startMockIdp({ controlToken: token, stateFile });
    const response = await fetch(`${again.url.replace('idp.localhost', '127.0.0.1')}/control/tenants/acme`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const tenant = (await response.json()) as { certificates: string[]; users: unknown[] };
    assert.deepEqual(tenant.certificates, before);
    assert.equal(tenant.users.length, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the control routes need their token, and do not exist without one', async () => {
  await using stage = await setUp();
  assert.equal((await stage.control('GET', '/tenants/acme', undefined, 'Bearer wrong')).status, 401);
  await using closed = await startMockIdp();
  assert.equal(
    (
      await fetch(`${closed.url.replace('idp.localhost', '127.0.0.1')}/control/tenants/acme`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status,
    404,
  );
  assert.equal((await stage.control('DELETE', '/tenants/acme')).status, 204);
  assert.equal((await stage.go('/acme')).status, 404);
});

test('HEAD changes nothing', async () => {
  await using stage = await setUp();
  const head = await stage.go(redirectTo(`${stage.idp.url}/acme/sso`, {}), undefined, { method: 'HEAD' });
  assert.equal(head.status, 405);
  assert.equal((await stage.go('/acme/metadata', undefined, { method: 'HEAD' })).status, 200);
  const { log, pendingRequests } = await stage.tenant();
  assert.deepEqual([log, pendingRequests], [[], []]);
});

test('the error names a port in use', async () => {
  await using first = await startMockIdp();
  await assert.rejects(
    startMockIdp({ port: Number(new URL(first.url).port) }),
    /Mock IdP: .* is already in use.* choose another port\.$/,
  );
});

test('by default it listens on the loopback interface only', async () => {
  await using idp = await startMockIdp();
  await assert.rejects(fetch(`http://127.0.0.2:${new URL(idp.url).port}/x`));
});

test('as a program it prints one sentence on the problem, and no stack', async () => {
  await using first = await startMockIdp();
  const folder = await mkdtemp(join(tmpdir(), 'mock-idp-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  try {
    for (const [env, sentence] of [
      [
        { IDP_PORT: new URL(first.url).port },
        /^Mock IdP: 127\.0\.0\.1:\d+ is already in use\. .* choose another IDP_PORT\.\n$/,
      ],
      [{ IDP_PORT: 'many' }, /^Mock IdP: IDP_PORT must be a port from 0 to 65535, not “many”\n$/],
      [
        { IDP_STATE: '/nowhere/state.json' },
        /^Mock IdP: cannot write the state file \/nowhere\/state\.json\. Check .*\n$/,
      ],
      [
        { IDP_STATE: await file('newer', '{"version":2}') },
        new RegExp(
          '^Mock IdP: the state file .*newer was written by a newer version ' +
            String.raw`\(format 2; this one reads format 1\)\. Update .*\n$`,
        ),
      ],
      [
        { IDP_STATE: await file('odd', 'no JSON') },
        /^Mock IdP: .*odd is not a state file of the mock IdP\. Move it away .*\n$/,
      ],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      assert.match(stderr, sentence);
      assert.equal(status, 1);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
