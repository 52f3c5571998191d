/** The forms of the wizard's first three steps: their input, and what the pages show about a test. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { certificateFacts } from '../certificate-expiry.ts';
import { findTest, recordMail } from '../connection-test.ts';
import { missingSettings, type ProfileSettings, profilesOf } from '../profile.ts';
import { nameIdFormats } from '../saml/judgement.ts';
import { multipart, partsOf, tried } from '../state-changes.fixture.ts';
import { MailError } from '../test-email.ts';
import {
  askForTest,
  type Browser,
  comeBack,
  type Fields,
  goToIdp,
  hiddenFields,
  openWorld,
  type Page,
  type World,
} from '../two-organizations.fixture.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
});
after(() => world[Symbol.asyncDispose]());

const at = (step: string, profile = world.acme.profile): string => `/admin/sso/${profile}/${step}`;
const settings = (): ProfileSettings => profilesOf(world.sp.store, 'acme')[0]!.settings;
const pem = (): string => world.acme.idp.settings.certificates[0]!;
const typed = (values: Fields = {}): Fields => ({
  idpEntityId: world.acme.idp.entityId,
  ssoUrl: world.acme.idp.settings.ssoUrl,
  ssoBinding: 'redirect',
  sloUrl: '',
  certificates: pem(),
  requestedAuthnContext: '',
  nameIdFormat: 'any',
  requiredAttributes: '',
  ...values,
});
const save = (values: Fields): Promise<Page> => ada.fillIn(at('profile'), at('profile'), typed(values));

/** Form entries, and the settings they give. */
const taken: readonly (readonly [values: () => Fields, makes: () => object])[] = [
  [() => ({ idpEntityId: '  https://idp.example/x \t' }), () => ({ idpEntityId: 'https://idp.example/x' })],
  [() => ({ ssoUrl: ' https://idp.example/sso ' }), () => ({ ssoUrl: 'https://idp.example/sso' })],
  [() => ({ sloUrl: ' https://idp.example/slo ' }), () => ({ sloUrl: 'https://idp.example/slo' })],
  [() => ({ ssoBinding: 'post' }), () => ({ ssoBinding: 'post' })],
  [() => ({ signRequests: 'yes' }), () => ({ signRequests: true })],
  [() => ({}), () => ({ signRequests: false, acceptEncryption: false, forceAuthn: false })],
  [() => ({ acceptEncryption: 'yes' }), () => ({ acceptEncryption: true })],
  [() => ({ forceAuthn: 'yes' }), () => ({ forceAuthn: true })],
  [() => ({ requestedAuthnContext: ' urn:a \r\n\r\n  urn:b' }), () => ({ requestedAuthnContext: ['urn:a', 'urn:b'] })],
  [() => ({ certificates: '' }), () => ({ certificates: [] })],
  [
    () => ({ certificates: ` ${pem().replaceAll(/-----[A-Z ]+-----|\s/g, '')} ` }),
    () => ({ certificates: [pem().trim()] }),
  ],
  [
    () => ({ certificates: `${pem()}\n${world.globex.idp.settings.certificates[0]!}` }),
    () => ({ certificates: [pem().trim(), world.globex.idp.settings.certificates[0]!.trim()] }),
  ],
];
for (const [index, [values, makes]] of taken.entries())
  test(`what is typed becomes a setting (${index + 1})`, async () => {
    const page = await save(values());
    const isComplete = missingSettings(settings()).length === 0;
    assert.equal(page.location, at(isComplete ? 'test' : 'profile'), page.words);
    assert.partialDeepStrictEqual(settings(), makes());
  });

test('the profile page shows the SP’s settings and the current profile', async () => {
  await save({ requireRelayState: 'yes', nameIdFormat: 'persistent', ssoBinding: 'post' });
  const { text, words } = await ada.get(at('profile'));
  const base = `${world.sp.url}/saml/acme`;
  assert.match(
    words,
    new RegExp(`Entity ID .* ${base}/metadata .*ACS URL .* ${base}/acs .*Metadata ${base}/metadata `),
  );
  assert.ok(
    text.includes(`, valid until 2099-01-01<br>SHA-256 <code>${certificateFacts(pem(), 0).fingerprint}</code>`),
  );
  const boxes = [...text.matchAll(/type="checkbox" name="(\w+)" value="yes" (checked)?/g)];
  const ticked = boxes.filter(([, , checked]) => checked).map(([, name]) => name);
  assert.deepEqual([boxes.length, ticked], [9, ['requireRelayState']]);
  const options = [...text.matchAll(/<option value="(\w+)" (selected)?/g)];
  const selected = options.filter(([, , one]) => one).map(([, value]) => value);
  assert.deepEqual([options.length, selected], [2 + nameIdFormats.length, ['post', 'persistent']]);
  assert.doesNotMatch(words, /remains enforced/);
  world.sp.store.run`UPDATE profiles SET enforced_revision = 1 WHERE id = ${world.acme.profile}`;
  assert.match((await ada.get(at('profile'))).words, /Until then, revision 1 remains enforced\./);
  world.sp.store.run`UPDATE profiles SET enforced_revision = NULL`;
});

/** Errors by field: `error-` and the name of each field whose error is beside it. */
const errorsBeside = ({ text }: Page): string[] =>
  [...text.matchAll(/aria-invalid="true" aria-describedby="([^"]+)"/g)].map(([, id]) => id!);

test('all errors are shown at once, each beside its field and in the summary', async () => {
  const wrong = {
    ssoUrl: 'idp',
    sloUrl: 'out',
    certificates: 'none',
    nameIdFormat: 'fax',
    idpEntityId: 'x'.repeat(1_025),
  };
  const page = await save(wrong);
  assert.equal(page.status, 400);
  const names = ['idpEntityId', 'ssoUrl', 'sloUrl', 'certificates', 'nameIdFormat'];
  assert.deepEqual(
    errorsBeside(page),
    names.map((name) => `error-${name}`),
  );
  for (const name of names) assert.ok(page.text.includes(`<small id="error-${name}">`), name);
  for (const name of ['idpEntityId', 'ssoUrl', 'sloUrl', 'nameIdFormat'])
    assert.ok(page.text.includes(`href="#${name}"`));
  for (const id of ['by-hand', 'expert']) assert.match(page.text, new RegExp(`<details id="${id}" open>`));
});

test('the settings that few need are folded, unless they were edited', async () => {
  await save({});
  const { text } = await ada.get(at('profile'));
  for (const id of ['by-hand', 'expert', 'paste']) assert.match(text, new RegExp(`<details id="${id}" >`));
  const edited = await ada.fillIn(at('profile'), at('profile'), typed({ forceAuthn: 'yes', revision: '1' }));
  assert.match(edited.text, /<details id="by-hand" >.*<details id="expert" open>/s);
});

test('importing metadata keeps what was typed in the other settings, and shows it again after an error', async () => {
  await save({});
  const both = (text: string, values: Fields): Promise<Page> =>
    upload((revision) => partsOf({ ...(typed(values) as Record<string, string>), revision, text }));
  const rejected = await both('<broken', { forceAuthn: 'yes', requiredAttributes: 'department', sloUrl: 'typed' });
  assert.equal(rejected.status, 400);
  for (const shown of ['&lt;broken', 'name="forceAuthn" value="yes" checked', '>department<', 'value="typed"'])
    assert.ok(rejected.text.includes(shown), shown);
  const imported = await both(metadata(), { forceAuthn: 'yes', requiredAttributes: 'department', ssoUrl: 'not a URL' });
  assert.equal(imported.location, at('test'), imported.words);
  const { ssoUrl, forceAuthn, policies } = settings();
  assert.deepEqual(
    [ssoUrl, forceAuthn, policies.requiredAttributes],
    ['https://idp.example/new', true, ['department']],
  );
});

/** The pressed button, the parts that are filled in, and the sign-on URL that is saved. */
const pressed: readonly (readonly [
  button: 'profile' | 'metadata',
  edited: boolean,
  hasMetadata: boolean,
  url: string,
])[] = [
  ['profile', true, false, 'https://idp.example/typed'],
  ['metadata', true, false, 'https://idp.example/typed'],
  ['profile', false, true, 'https://idp.example/new'],
  ['metadata', false, true, 'https://idp.example/new'],
  ['profile', true, true, 'https://idp.example/typed'],
  ['metadata', true, true, 'https://idp.example/new'],
];
for (const [button, isEdited, hasMetadata, url] of pressed)
  test(`${button} with${isEdited ? '' : 'out'} edited settings, with${hasMetadata ? '' : 'out'} metadata`, async () => {
    await save({ ssoUrl: 'https://idp.example/before' });
    const ssoUrl = isEdited ? 'https://idp.example/typed' : 'https://idp.example/before';
    const { revision } = hiddenFields((await ada.get(at('profile'))).text, at('profile')) as { revision: string };
    const sent = { ...(typed({ ssoUrl }) as Record<string, string>), revision, text: hasMetadata ? metadata() : '' };
    const page = await ada.post(at(button), partsOf(sent), multipart);
    assert.deepEqual([page.location, settings().ssoUrl], [at('test'), url], page.words);
  });

test('rules for responses are ticked one by one', async () => {
  await save({ requireSignedMessage: 'yes', requireRelayState: 'yes', requiredAttributes: 'mail\n\n name ' });
  const { policies } = settings();
  assert.deepEqual(policies, {
    requireSignedMessage: true,
    requireSignedAssertion: false,
    allowSha1: false,
    allowIdpInitiated: false,
    requireRelayState: true,
    requireEncryption: false,
    nameIdFormat: 'any',
    requiredAttributes: ['mail', 'name'],
  });
});

/** Rejected form entries, with the error that names the field. */
const rejected: readonly (readonly [values: () => Fields, says: RegExp])[] = [
  [() => ({ ssoUrl: 'idp.example/sso' }), /Sign-on URL: must be an http or https URL/],
  [() => ({ ssoUrl: 'javascript:alert(1)' }), /Sign-on URL: must be/],
  [() => ({ sloUrl: 'https://user@idp.example/' }), /Logout URL: must be/],
  [() => ({ ssoBinding: 'soap' }), /Request binding: /],
  [() => ({ nameIdFormat: 'fax' }), /Policies: /],
  [() => ({ idpEntityId: 'x'.repeat(1_025) }), /IdP entity ID: /],
  [
    () => ({ certificates: 'no certificate' }),
    /pasted certificate cannot be read ?: This is not an X\.509 certificate/,
  ],
  [
    () => ({ certificates: `${pem()}\nnot one` }),
    /pasted certificate cannot be read ?: After the last .* text .*: “not one”/,
  ],
  [() => ({ certificates: Array.from({ length: 21 }, pem).join('\n') }), /Signing certificates: 21 .* at most 20/],
  [
    () => ({ requestedAuthnContext: Array.from({ length: 9 }, (_, n) => `urn:${n}`).join('\n') }),
    /Requested authentication context: /,
  ],
];
for (const [index, [values, says]] of rejected.entries())
  test(`what is typed wrongly is rejected, with the name of the field (${index + 1})`, async () => {
    const before = JSON.stringify(world.contents());
    const page = await save(values());
    assert.equal(page.status, 400);
    assert.match(page.words, says);
    assert.equal(JSON.stringify(world.contents()), before);
  });

const metadata = ({ signed = false, ssoUrl = 'https://idp.example/new', attributes = '' } = {}): string => `
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/meta"${attributes}>
<IDPSSODescriptor ${signed ? 'WantAuthnRequestsSigned="true" ' : ''}
protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${pem().replaceAll(
  /-----[A-Z ]+-----|\s/g,
  '',
)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>
</IDPSSODescriptor></EntityDescriptor>`;

async function upload(body: (revision: string) => string, headers: Record<string, string> = multipart): Promise<Page> {
  const { revision } = hiddenFields((await ada.get(at('profile'))).text, at('metadata')) as { revision: string };
  return ada.post(at('metadata'), body(revision), headers);
}
const asFile =
  (content: string, text = ''): ((revision: string) => string) =>
  (revision) =>
    partsOf({ revision, text }).replace(
      /--boundary--/,
      `--boundary\r\nContent-Disposition: form-data; name="file"; filename="m.xml"\r\n\r\n${content}\r\n--boundary--`,
    );
const asText =
  (text: string): ((revision: string) => string) =>
  (revision) =>
    partsOf({ revision, text });

test('metadata is read from the text, or from the file, which comes first', async () => {
  assert.equal((await upload(asText(metadata()))).location, at('test'));
  const { ssoUrl, idpEntityId, signRequests } = settings();
  assert.deepEqual([ssoUrl, idpEntityId, signRequests], ['https://idp.example/new', 'https://idp.example/meta', false]);
  assert.equal((await upload(asFile(metadata({ ssoUrl: 'https://idp.example/file' }), metadata()))).status, 303);
  assert.equal(settings().ssoUrl, 'https://idp.example/file');
  assert.equal((await upload(asFile('  ', metadata({ signed: true })))).status, 303);
  assert.deepEqual([settings().ssoUrl, settings().signRequests], ['https://idp.example/new', true]);
  await upload(asText(metadata({ ssoUrl: 'https://idp.example/again' })));
  assert.equal(settings().signRequests, true, 'metadata that does not ask for signed requests leaves them as they are');
});

test('of several identity providers the entered entity ID chooses, or that of the profile', async () => {
  const other = metadata({ ssoUrl: 'https://idp.example/other' }).replace('example/meta', 'example/other');
  const namespace = 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata"';
  const group = `<EntitiesDescriptor ${namespace}>${metadata()}${other}</EntitiesDescriptor>`;
  const send = (fields: Fields): Promise<Page> => upload((revision) => partsOf({ revision, text: group, ...fields }));
  assert.equal((await send({ entityId: ' https://idp.example/other ' })).status, 303);
  assert.equal(settings().ssoUrl, 'https://idp.example/other');
  assert.equal((await upload(asText(metadata()))).status, 303);
  assert.equal((await send({})).status, 303);
  assert.equal(settings().ssoUrl, 'https://idp.example/new');
  const unknown = await send({ entityId: 'urn:unknown' });
  assert.deepEqual(
    [unknown.status, /: https:\/\/idp\.example\/meta, https:\/\/idp\.example\/other\. Choose/.test(unknown.words)],
    [400, true],
  );
});

const unusable: readonly (readonly [what: string, send: () => Promise<Page>, says: RegExp])[] = [
  ['nothing', () => upload(asText(' ')), /Choose the metadata file, or paste its content/],
  ['an empty file', () => upload(asFile('')), /Choose the metadata file/],
  ['no metadata', () => upload(asText('<x/>')), /href="\/cases\/metadata/],
  [
    'a bad URL',
    () => upload(asText(metadata({ ssoUrl: 'ftp://idp.example' }))),
    /Location of the SingleSignOnService .*\/cases\//s,
  ],
  ['no form', () => upload(() => 'x', { 'content-type': 'text/plain' }), /The upload cannot be read/],
  ['no revision', () => upload(() => partsOf({ text: 'x' })), /revision: must be present exactly once/],
];
for (const [what, send, says] of unusable)
  test(`an upload is rejected: ${what}`, async () => {
    const before = JSON.stringify(world.contents());
    const page = await send();
    assert.equal(page.status, 400, page.words);
    assert.match(page.text, says);
    assert.equal(JSON.stringify(world.contents()), before);
  });

test('an upload has at most 2 MiB, and the error says how much was sent', async () => {
  const sized = (octets: number): Promise<Page> =>
    upload((revision) => partsOf({ revision, text: 'x'.repeat(octets - partsOf({ revision, text: '' }).length) }));
  assert.match((await sized(2 * 1024 * 1024)).text, /href="\/cases\/metadata/);
  const large = await sized(2 * 1024 * 1024 + 1);
  assert.equal(large.status, 413);
  assert.match(large.words, /The request is too large\. It has 2,049 kB; at most 2,048 kB can be sent here\./);
});

test('metadata is rejected once it has expired on the clock of the organization', async () => {
  const hour = 3_600_000;
  const attributes = ` validUntil="${new Date(world.clock(world.acme) + hour).toISOString()}"`;
  world.pass(world.acme, hour - 1);
  assert.equal((await upload(asText(metadata({ attributes })))).status, 303);
  world.pass(world.acme, 1);
  const late = await upload(asText(metadata({ attributes })));
  assert.deepEqual([late.status, /The metadata expired on/.test(late.words)], [400, true]);
  world.pass(world.acme, -hour);
});

/** Names for a new profile, and the result. */
const names: readonly (readonly [name: string, status: number, says: RegExp])[] = [
  ['  Spaced  ', 303, /^/],
  ['Spaced', 409, /A profile with this name already exists.*value="Spaced"/s],
  ['Main', 409, /A profile with this name already exists/],
  ['   ', 400, /Enter a name for the profile/],
  ['x'.repeat(61), 400, /name: /],
  ['x'.repeat(60), 303, /^/],
];
for (const [name, status, says] of names)
  test(`a profile named “${name.slice(0, 10)}” (${name.length} characters): ${status}`, async () => {
    const count = profilesOf(world.sp.store, 'acme').length;
    const page = await ada.post('/admin/sso', { name });
    assert.equal(page.status, status);
    assert.match(page.text, says);
    const profiles = profilesOf(world.sp.store, 'acme');
    assert.equal(profiles.length - count, status === 303 ? 1 : 0);
    if (status === 303) {
      assert.equal(profiles.at(-1)!.name, name.trim());
      assert.equal(page.location, at('profile', profiles.at(-1)!.id));
    }
  });

test('a new profile shows what is missing, and an organization without one is asked to create one', async () => {
  const { id } = profilesOf(world.sp.store, 'acme').at(-1)!;
  const missing = 'the IdP entity ID, the sign-on URL, a signing certificate';
  assert.match((await ada.get(at('profile', id))).words, new RegExp(`Still missing: ${missing}\\.`));
  const rejected = await ada.fillIn(at('test', id), at('test', id), { address: 'sam@acme.example' });
  assert.equal(rejected.status, 422);
  assert.match(rejected.words, new RegExp(`The profile is incomplete.* Missing: ${missing}\\.`));
  assert.doesNotMatch((await ada.get(at('profile'))).words, /Still missing/);
  const nora = await world.signedIn('nora@globex.example');
  assert.doesNotMatch((await nora.get('/admin')).words, /No SSO profile yet/);
  world.sp.store.run`DELETE FROM profiles WHERE organization = 'globex'`;
  assert.match((await nora.get('/admin')).words, /No SSO profile yet/);
});

test('unknown pages of the Admin Center are also for administrators only', async () => {
  assert.equal((await ada.get('/admin/nothing')).status, 404);
  const sam = await world.signedIn('sam@acme.example');
  assert.equal((await sam.get('/admin/nothing')).status, 403);
  for (const path of ['/admin', '/admin/nothing', at('test')])
    assert.equal((await world.browser().get(path)).location, '/login');
});

const words = async (step: string): Promise<string> => (await ada.get(at(step))).words;
const newest = () => findTest(world.sp.store, world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!.id)!;

test('the Test step says why a user cannot be tested, with a link to the troubleshooting entry', async () => {
  for (const [address, says, help] of [
    ['unknown@acme.example', /This email must belong to a managed user/, 'test-user-unknown'],
    ['sam@globex.example', /This email must belong to a managed user/, 'test-user-unknown'],
    ['sam', /Enter a valid email/, 'login-email-malformed'],
    ['ada@acme.example', /Choose another user/, 'test-user-is-self'],
  ] as const) {
    const page = await ada.fillIn(at('test'), at('test'), { address });
    assert.equal(page.status, 422);
    assert.match(page.words, says);
    assert.ok(page.text.includes(`/cases/${help}`) && page.text.includes(`value="${address}"`), address);
    assert.doesNotMatch(page.words, /Missing:/);
    assert.match(page.text, /name="address"[^>]*\sautofocus\s+aria-invalid="true" aria-describedby="error-address">/);
    assert.match(page.text, /id="error-address">[^<]{20,}/);
  }
  assert.equal(world.mail.length, 0);
});

test('the test page shows the state of the test at each step', async () => {
  await save({});
  assert.doesNotMatch(await words('test'), /Tests so far/);
  assert.match(await words('result'), /This profile has not been tested yet/);
  const link = await askForTest(world, world.acme, ada);
  assert.deepEqual([newest().mailState, newest().mailError], ['sent', undefined]);
  const { to, askedBy, organization, expiresAt } = world.mail.at(-1)!;
  assert.deepEqual([to.address, askedBy.address, organization], ['sam@acme.example', 'ada@acme.example', 'Acme']);
  assert.equal(expiresAt.getTime(), world.clock(world.acme) + 24 * 3_600_000);
  assert.match(
    await words('test'),
    /The test email was sent to Sam \(sam@acme\.example\).*Tests so far.*link not opened yet/,
  );
  const sam = world.browser();
  await sam.get(link);
  assert.match(await words('test'), /Sam: link opened, not yet at/);
  const asked = await goToIdp(sam, 'sam@acme.example');
  assert.match(await words('test'), /Sam: at the identity provider\. See the result/);
  assert.doesNotMatch(await words('result'), /Likely causes|Other responses|Why it was rejected|The response/);
  await comeBack(world, world.acme, sam, { asked, nameId: 'kim@acme.example' });
  assert.match(await words('test'), /Sam: sign-in rejected/);
  const rejected = await ada.get(at('result'));
  assert.match(rejected.words, /Why it was rejected.*The response Decoded, with the findings marked/);
  assert.match(rejected.text, /verdict wrong.*<details id="message" open>/s);
  assert.match(rejected.text, /<dt>Code<\/dt><dd><a href="\/cases\/[a-z-]+\?result=\d+">nameid-user-mismatch<\/a>/);
  assert.match(rejected.text, /<dt>Received[^<]*<\/dt><dd><code>\s*<mark>ki<\/mark>m@acme\.example<\/code>/);
  assert.match(rejected.text, /<dt>Expected[^<]*<\/dt><dd>(<code>)?sam@acme\.example/);
  assert.doesNotMatch(rejected.words, /you, in this Admin Center|\(also found\)|Sam reported/);
  assert.doesNotMatch(rejected.text, /class="small">by /);
  await sam.post('/try/report', { report: 'locked' });
  assert.match(await words('result'), /Sam reported: “My account is locked or disabled\.”/);
});

test('a rejection that the administrator can fix says so, and further findings are marked', async () => {
  const link = await askForTest(world, world.acme, ada);
  const sam = world.browser();
  await sam.get(link);
  const asked = await goToIdp(sam, 'sam@acme.example');
  assert.match((await ada.get(at('result'))).text, /class="verdict ">Sam: at the identity provider/);
  const sp = { acsUrl: `${world.sp.url}/saml/acme/wrong`, entityId: 'https://wrong.example' };
  await comeBack(world, { ...world.acme, idp: { ...world.acme.idp, entityId: 'https://other.example' } }, sam, {
    asked,
    sp,
  });
  const rejected = await ada.get(at('result'));
  assert.match(rejected.words, /you, in this Admin Center/);
  const articles = rejected.text.split('<article>').slice(3);
  assert.ok(articles.length > 1, 'there are several findings');
  assert.deepEqual(
    articles.map((article) => article.includes('(also found)')),
    articles.map((_, index) => index > 0),
  );
});

test('the newest ten other responses are listed, each with its rejection', async () => {
  await askForTest(world, world.acme, ada);
  for (let count = 0; count < 11; count++) await comeBack(world, world.acme, world.browser());
  const { text } = await ada.get(at('result'));
  const [, others = ''] = text.split('These did not affect this test.');
  assert.equal(others.split('<li>').length - 1, 10);
  assert.match(others, /reference [0-9A-Z]{8}: [A-Z][^<]{20,}/);
});

test('the menu and the steps link to every page, and mark the current one', async () => {
  const entries = ['/admin', '/admin/users', '/admin/domains', '/admin/audit', '/cases'];
  for (const path of ['/admin/users', '/admin/audit']) {
    const { text } = await ada.get(path);
    for (const entry of entries)
      assert.ok(
        text.includes(`<a href="${entry}" ${entry === path ? 'aria-current="page"' : ''}>`),
        `${path}: ${entry}`,
      );
  }
  const { text } = await ada.get(at('test'));
  const current = [...text.matchAll(/<a href="([^"]+)"\s*aria-current="step"/g)].map(([, href]) => href);
  assert.deepEqual(current, [at('test')]);
  for (const step of ['profile', 'test', 'result', 'enforce']) assert.ok(text.includes(`href="${at(step)}"`));
});

test('a passed test shows its response collapsed, and the mark with its author', async () => {
  await tried(world, world.acme, ada);
  const page = await ada.get(at('result'));
  assert.match(page.text, /verdict right">Sam: signed in.*<details id="message" >/s);
  assert.match(page.words, /not marked yet/);
  assert.doesNotMatch(page.words, /Why it was rejected/);
  await ada.fillIn(at('result'), at('result'), { mark: 'success' });
  const marked = await ada.get(at('result'));
  assert.match(marked.words, /Your mark passed by ada@acme\.example, 2026-03-01/);
  await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: true });
  assert.match(await words('result'), /\(the profile is now at revision \d+\)/);
  assert.doesNotMatch(marked.words, /the profile is now at revision/);
});

test('a response without a test is listed separately, one from before the test is not', async () => {
  world.passEverywhere(60_000);
  await ada.signIn('ada@acme.example');
  await askForTest(world, world.acme, ada);
  assert.doesNotMatch(await words('result'), /Other responses/);
  await comeBack(world, world.acme, world.browser());
  assert.match(
    await words('result'),
    /Other responses These did not affect this test\. 2026-03-01 12:01 UTC , reference/,
  );
});

test('a failed email is shown with its reason, unlike an unexpected error', async () => {
  const { mailer } = world.sp;
  world.sp.mailer = { ...mailer, invite: () => Promise.reject(new MailError('rejected', 'The server said no.')) };
  const page = await ada.fillIn(at('test'), at('test'), { address: 'kim@acme.example' });
  assert.equal(page.status, 303);
  assert.deepEqual([newest().mailState, newest().mailError], ['failed', 'The server said no.']);
  assert.match(await words('test'), /The email to Kim could not be sent\. The server said no\./);
  world.sp.mailer = { ...mailer, invite: () => Promise.reject(new Error('a broken mailer')) };
  assert.equal((await ada.fillIn(at('test'), at('test'), { address: 'kim@acme.example' })).status, 500);
  assert.equal(newest().mailState, 'sending');
  assert.match(world.sp.errors.pop()!.message, /a broken mailer/);
  world.sp.mailer = mailer;
});

test('an expired or superseded test is shown with its reason', async () => {
  recordMail(world.sp.store, newest().id, 'sent');
  world.passEverywhere(25 * 3_600_000);
  await ada.signIn('ada@acme.example');
  assert.match(await words('test'), /The link expired before Kim opened it/);
  const link = await askForTest(world, world.acme, ada, 'kim');
  await world.browser().get(link);
  world.passEverywhere(25 * 3_600_000);
  await ada.signIn('ada@acme.example');
  assert.match(await words('test'), /Kim opened the link but did not sign in before it expired/);
  await world.control('PATCH', '/organizations/acme/profiles/Main', { sloUrl: 'https://idp.example/slo' });
  assert.match(await words('test'), /The last test is superseded: the profile has changed/);
  await askForTest(world, world.acme, ada);
  world.sp.store.run`
    UPDATE tests SET superseded_at = 1, superseded_because = 'newer' WHERE id = ${newest().id}`;
  assert.match(await words('test'), /The last test is superseded: a newer test email was sent/);
  world.sp.store.run`DELETE FROM users WHERE address = 'sam@acme.example'`;
  assert.match(await words('result'), /sam@acme\.example: superseded/, 'a deleted tester is still shown by email');
});
