/** The input of a response, the end of its transaction, and its log entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, Strike } from '../fault.ts';
import { arrange, faultPhrases, faults } from '../faults.ts';
import { authnContexts, nameIdFormats, randomId, statusCode } from '../response/saml-values.ts';
import { createKeyPair } from '../tenants/keys.ts';
import type { Arrangement, PendingRequest, Tenant, Transaction } from '../tenants/state.ts';
import { arrangeFaults } from '../tenants/tenant-faults.ts';
import { issueResponse, type ResponseOptions } from './issue-response.ts';
import { openSession } from './sessions.ts';
import { begin, entries, pass, type Stage, stageOf } from './tenant.fixture.ts';
import { beginTransaction, beginUnsolicited, requestKey } from './transactions.ts';

const span = { commonName: 'acme', notBefore: new Date(0), notAfter: new Date(1e13) };
const [keys, next] = await Promise.all([
  createKeyPair({ ...span, algorithm: 'ecdsa-p256' }),
  createKeyPair({ ...span, algorithm: 'ecdsa-p256' }),
]);
const sp = await createKeyPair(span);
const issuer = 'http://idp/acme/metadata';
const request = (id: string, change: Partial<PendingRequest> = {}): PendingRequest => ({
  id,
  forceAuthn: false,
  isPassive: false,
  nameIdFormat: undefined,
  authnContext: undefined,
  ...change,
});

const asked = ({ tenant, console: app }: Stage, id = '_asked', change: Partial<PendingRequest> = {}): Transaction =>
  beginTransaction(tenant, { app, acsUrl: app.acs[0]!.url, request: request(id, change), relayState: 'state' });

const signedIn = ({
  tenant,
  sam,
}: Stage): Pick<ResponseOptions, 'issuer' | 'untrustedKeys'> & Required<Pick<ResponseOptions, 'signIn'>> => ({
  issuer,
  untrustedKeys: next,
  signIn: { user: sam, session: openSession(tenant, sam, undefined).session },
});
const failed = { issuer, untrustedKeys: next, status: { code: 'Responder', second: 'AuthnFailed', message: 'm' } };

/** A fault that changes nothing, and records its input. */
function watch(tenant: Tenant): Strike[] {
  const strikes: Strike[] = [];
  const look = (claims: Strike['claims'], strike: Strike) => {
    strikes.push(strike);
    return claims;
  };
  arranged(tenant, { strikes: { claims: look } });
  return strikes;
}

function arranged(tenant: Tenant, fault: Partial<Fault>, times?: number): Arrangement {
  const whole = { code: 'c', sentence: '', rule: '', verdict: 'reject' as const, strikes: {}, ...fault };
  tenant.faults.push({ phrase: `fault ${tenant.faults.length}`, fault: whole, amount: 7, times, struck: 0 });
  return tenant.faults.at(-1)!;
}

test('a response is made from its request, app, user and session', async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  const options = signedIn(stage);
  pass(60_000);
  stage.sam.attributes = { team: ['a', 'b'] };
  await issueResponse(stage.tenant, asked(stage), options);
  const [{ claims: _, ...input } = {} as Strike] = strikes;
  assert.deepEqual(
    { ...input, faults: undefined },
    {
      issuer,
      keys,
      untrustedKeys: next,
      app: {
        entityId: stage.console.entityId,
        acsUrl: stage.console.acs[0]!.url,
        encryptionCertificate: undefined,
        knownBy: undefined,
      },
      request: { id: '_asked' },
      relayState: 'state',
      user: {
        nameId: 'sam@acme.example',
        nameIdFormat: nameIdFormats.emailAddress,
        attributes: { email: ['sam@acme.example'], team: ['a', 'b'] },
      },
      status: undefined,
      now: new Date(begin + 60_000),
      authnInstant: new Date(begin),
      sessionIndex: options.signIn.session.index,
      id: randomId,
      authnContextClassRef: authnContexts.passwordProtectedTransport,
      amount: 7,
      faults: undefined,
      elsewhere: {
        acsUrl: stage.wiki.acs[0]!.url,
        entityId: stage.wiki.entityId,
        requestId: undefined,
        previous: undefined,
        forged: undefined,
      },
    },
  );
});

test('an error response has no user, and its own session index', async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  await issueResponse(
    stage.tenant,
    asked(stage, '_1', { authnContext: { comparison: 'exact', classes: ['x'], declarations: false } }),
    failed,
  );
  const { user, status, sessionIndex, authnInstant, now, authnContextClassRef } = strikes[0]!;
  assert.deepEqual(user, { nameId: '', nameIdFormat: nameIdFormats.unspecified, attributes: {} });
  assert.deepEqual([status, authnInstant, authnContextClassRef], [failed.status, now, authnContexts.unspecified]);
  assert.match(sessionIndex, /^_\w{40}$/);
});

test('an unsolicited response has no InResponseTo', async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  await issueResponse(stage.tenant, beginUnsolicited(stage.tenant, stage.console, 'r'), signedIn(stage));
  assert.deepEqual([strikes[0]!.request, strikes[0]!.relayState], [undefined, 'r']);
  assert.equal(stage.tenant.requests.size, 0);
});

test('the response has the requested format and context', async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  const authnContext = { comparison: 'exact', classes: [authnContexts.password], declarations: false };
  await issueResponse(
    stage.tenant,
    asked(stage, '_1', { nameIdFormat: nameIdFormats.persistent, authnContext }),
    signedIn(stage),
  );
  assert.equal(strikes[0]!.user.nameIdFormat, nameIdFormats.persistent);
  assert.equal(strikes[0]!.authnContextClassRef, authnContexts.password);
});

/** The user's email and attributes, and the emails in the response. */
const emails: [
  rule: string,
  email: string | undefined,
  attributes: Record<string, string[]>,
  stated: string[] | undefined,
][] = [
  ['the email is an attribute', 'sam@acme.example', {}, ['sam@acme.example']],
  ['an attribute of the same name takes precedence', 'sam@acme.example', { email: ['other'] }, ['other']],
  ['without an email there is no attribute', undefined, {}, undefined],
];
for (const [rule, email, attributes, stated] of emails)
  test(rule, async () => {
    const stage = stageOf('acme', keys);
    Object.assign(stage.sam, { email, attributes });
    const strikes = watch(stage.tenant);
    await issueResponse(stage.tenant, asked(stage), signedIn(stage));
    assert.deepEqual(strikes[0]!.user.attributes.email, stated);
  });

test('an assertion is encrypted for an app with encryption turned on', async () => {
  for (const encrypt of [true, false]) {
    const stage = stageOf('acme', keys);
    Object.assign(stage.console, { encrypt, encryptionCertificate: sp.certificate });
    const { xml } = await issueResponse(stage.tenant, asked(stage), signedIn(stage));
    assert.equal(/EncryptedAssertion/.test(xml), encrypt);
  }
});

const aboutEncryption = faultPhrases.filter((phrase) => (faults[phrase] as Fault).encrypts);

for (const phrase of aboutEncryption)
  test(`an app with an encryption certificate that gets plain assertions: ${phrase}`, async () => {
    const stage = stageOf('acme', keys);
    Object.assign(stage.console, { encrypt: false, encryptionCertificate: sp.certificate });
    arrangeFaults(stage.tenant, [phrase]);
    const { xml, struck } = await issueResponse(stage.tenant, asked(stage), signedIn(stage));
    const isForOthers = phrase === 'an encrypted assertion for an SP without an encryption certificate';
    assert.deepEqual(struck, isForOthers ? [] : [phrase]);
    const isPlain = phrase === 'a plain assertion for an SP with an encryption certificate';
    assert.equal(/<xenc:EncryptedData/.test(xml), !isPlain);
  });

test('only faults that are about encryption encrypt', async () => {
  assert.ok(aboutEncryption.length > 30, String(aboutEncryption.length));
  const stage = stageOf('acme', keys);
  Object.assign(stage.console, { encrypt: false, encryptionCertificate: sp.certificate });
  arrangeFaults(stage.tenant, ['an assertion with a different Audience']);
  assert.doesNotMatch((await issueResponse(stage.tenant, asked(stage), signedIn(stage))).xml, /xenc:EncryptedData/);
});

test('the current key signs: not the next one before the rollover, nor the old one after it', async () => {
  const stage = stageOf('acme', keys);
  stage.tenant.nextKeys = next;
  const bare = (certificate: string): string => certificate.replace(/-----.*-----|\n/g, '');
  const isSignedBy = async (certificate: string) =>
    (await issueResponse(stage.tenant, asked(stage), signedIn(stage))).xml.includes(bare(certificate));
  assert.deepEqual([await isSignedBy(keys.certificate), await isSignedBy(next.certificate)], [true, false]);
  Object.assign(stage.tenant, { keys: next, nextKeys: undefined });
  assert.deepEqual([await isSignedBy(keys.certificate), await isSignedBy(next.certificate)], [false, true]);
});

test('after the response, the request is used up, and the session has the app and its NameID', async () => {
  const stage = stageOf('acme', keys);
  const { tenant, console: app } = stage;
  const [transaction, waiting] = [asked(stage), asked(stage, '_other')];
  const options = signedIn(stage);
  const delivery = await issueResponse(tenant, transaction, options);
  assert.deepEqual([...tenant.transactions.keys()], [waiting.id]);
  assert.deepEqual([...tenant.requests], [[requestKey(app, '_asked'), undefined]]);
  const name = { nameId: 'sam@acme.example', nameIdFormat: nameIdFormats.emailAddress };
  assert.deepEqual([...options.signIn.session.apps], [[app.entityId, name]]);
  assert.equal(tenant.previous, delivery);
});

test('an error response does not add the app to the session', async () => {
  const stage = stageOf('acme', keys);
  const options = { ...signedIn(stage), status: failed.status };
  await issueResponse(stage.tenant, asked(stage), options);
  assert.equal(options.signIn.session.apps.size, 0);
});

test('each response leaves one entry in the log', async () => {
  const stage = stageOf('acme', keys);
  const { tenant, console: app } = stage;
  const entry = { kind: 'response', app: app.entityId, acsUrl: app.acs[0]!.url, struck: [] };
  await issueResponse(tenant, asked(stage), signedIn(stage));
  const signIn = { username: 'sam', nameId: 'sam@acme.example', status: statusCode('Success'), second: undefined };
  assert.deepEqual(entries(tenant), [{ ...entry, inResponseTo: '_asked', ...signIn }]);
  await issueResponse(tenant, asked(stage, '_2'), failed);
  await issueResponse(tenant, asked(stage, '_3'), { ...failed, status: { code: 'Requester' } });
  const noUser = { username: undefined, nameId: undefined };
  assert.deepEqual(entries(tenant).slice(1), [
    { ...entry, inResponseTo: '_2', ...noUser, status: statusCode('Responder'), second: statusCode('AuthnFailed') },
    { ...entry, inResponseTo: '_3', ...noUser, status: statusCode('Requester'), second: undefined },
  ]);
});

test('the log has the actual destination of the response, not the expected one', async () => {
  const stage = stageOf('acme', keys);
  const elsewhere = 'http://elsewhere.example/acs';
  arranged(stage.tenant, { strikes: { delivery: (form) => ({ ...form, action: elsewhere }) } });
  assert.equal((await issueResponse(stage.tenant, asked(stage), signedIn(stage))).action, elsewhere);
  const [entry] = entries(stage.tenant) as [{ acsUrl: string; struck: string[] }];
  assert.deepEqual([entry.acsUrl, entry.struck], [elsewhere, ['fault 0']]);
});

test('a fault strikes as many responses as arranged, only in its own tenant, and strikes are counted', async () => {
  const [acme, globex] = [stageOf('acme', keys), stageOf('globex', keys)];
  const relayState = arrange('a response without RelayState');
  acme.tenant.faults = [{ ...relayState, times: 2, struck: 0 }];
  const fields = async (stage: Stage): Promise<number> =>
    (await issueResponse(stage.tenant, asked(stage), signedIn(stage))).fields.length;
  const counts: number[] = [];
  for (const stage of [globex, acme, globex, acme, acme]) counts.push(await fields(stage));
  assert.deepEqual(counts, [2, 1, 2, 1, 2]);
  assert.deepEqual([acme.tenant.faults[0]!.times, acme.tenant.faults[0]!.struck], [0, 2]);
  assert.deepEqual(
    entries(acme.tenant).map((entry) => 'struck' in entry && entry.struck),
    [['a response without RelayState'], ['a response without RelayState'], []],
  );
});

test('a fault without a number strikes every time; one with nothing to change is used up, but not struck', async () => {
  const stage = stageOf('acme', keys);
  const endless = arranged(stage.tenant, { strikes: { bytes: (xml) => `${xml} ` } });
  const idle = arranged(stage.tenant, { strikes: { bytes: (xml) => xml } }, 3);
  for (let count = 0; count < 2; count++) await issueResponse(stage.tenant, asked(stage), signedIn(stage));
  assert.deepEqual([endless.times, endless.struck, idle.times, idle.struck], [undefined, 2, 1, 0]);
});

test('responses do not use up a server fault', async () => {
  const stage = stageOf('acme', keys);
  const down = arranged(stage.tenant, { transport: 'down' }, 1);
  await issueResponse(stage.tenant, asked(stage), signedIn(stage));
  assert.deepEqual([down.times, down.struck], [1, 0]);
});

/** Other state of the tenant that faults use. */
test('faults see the other app, the newest other request of this app, and the previous response', async () => {
  const stage = stageOf('acme', keys);
  const { tenant, wiki } = stage;
  const strikes = watch(tenant);
  for (const id of ['_older', '_newer', '_asked']) asked(stage, id);
  beginTransaction(tenant, { app: wiki, acsUrl: '', request: request('_of-wiki'), relayState: undefined });
  beginTransaction(tenant, { app: stage.console, acsUrl: '', request: undefined, relayState: undefined });
  const previous = await issueResponse(tenant, asked(stage), signedIn(stage));
  assert.deepEqual([strikes[0]!.elsewhere?.requestId, strikes[0]!.elsewhere?.previous], ['_newer', undefined]);
  await issueResponse(tenant, beginUnsolicited(tenant, stage.console, undefined), signedIn(stage));
  assert.deepEqual([strikes[1]!.elsewhere?.requestId, strikes[1]!.elsewhere?.previous], ['_asked', previous]);
});

test("without another app, the other ACS URL is one of the app's own", async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  stage.tenant.apps = [stage.console];
  await issueResponse(stage.tenant, asked(stage), signedIn(stage));
  const alone = strikes[0]!.elsewhere;
  assert.deepEqual([alone?.acsUrl, alone?.entityId], [stage.console.acs[1]!.url, undefined]);
  stage.console.acs.pop();
  await issueResponse(stage.tenant, asked(stage), signedIn(stage));
  assert.equal(strikes[1]!.elsewhere?.acsUrl, undefined);
});

test('faults see the names of the user to forge, if the app has one who exists', async () => {
  const stage = stageOf('acme', keys);
  const strikes = watch(stage.tenant);
  for (const forgedUser of ['ada', 'gone', undefined]) {
    stage.console.forgedUser = forgedUser;
    await issueResponse(stage.tenant, asked(stage), signedIn(stage));
  }
  const ada = { nameId: 'ada@acme.example', attributes: { email: ['ada@acme.example'] } };
  assert.deepEqual(
    strikes.map(({ elsewhere }) => elsewhere?.forged),
    [ada, undefined, undefined],
  );
});

test('of simultaneous responses, a fault strikes as many as arranged, and requests are used up at once', async () => {
  const stage = stageOf('acme', keys);
  const { tenant } = stage;
  const once = arranged(tenant, { strikes: { bytes: (xml) => `${xml} ` } }, 1);
  const both = ['_1', '_2'].map((id) => issueResponse(tenant, asked(stage, id), signedIn(stage)));
  assert.deepEqual([once.times, once.struck, tenant.transactions.size], [0, 0, 0]);
  const struck = (await Promise.all(both)).map((one) => one.struck);
  assert.deepEqual([struck, once.times, once.struck], [[['fault 0'], []], 0, 1]);
});

test('a fault that uses the previous response waits for it', async () => {
  const stage = stageOf('acme', keys);
  const { tenant } = stage;
  const honest = issueResponse(tenant, asked(stage, '_1'), signedIn(stage));
  arrangeFaults(tenant, [{ phrase: 'the response of the previous sign-in', times: 1 }]);
  const [first, replayed] = await Promise.all([honest, issueResponse(tenant, asked(stage, '_2'), signedIn(stage))]);
  assert.deepEqual([replayed.fields[0], replayed.struck.length], [first.fields[0], 1]);
});

test('a response that cannot be made uses up neither its request nor a fault', async () => {
  const stage = stageOf('acme', keys);
  const { tenant, console: app } = stage;
  const fail = (): never => {
    throw new Error('no bytes');
  };
  const broken = arranged(tenant, { strikes: { bytes: fail } }, 1);
  const transaction = asked(stage);
  tenant.requests.set(requestKey(app, '_asked'), transaction.id);
  await assert.rejects(issueResponse(tenant, transaction, signedIn(stage)), /no bytes/);
  assert.deepEqual([...tenant.transactions.keys()], [transaction.id]);
  assert.deepEqual([...tenant.requests.values(), broken.times], [transaction.id, 1]);
});
