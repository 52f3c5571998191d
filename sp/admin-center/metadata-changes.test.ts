/** Fetching metadata in the Admin Center: what it would change is shown first, and exactly that is imported. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { certificateFacts } from '../certificate-expiry.ts';
import { emptySettings, profilesOf } from '../profile.ts';
import { multipart, partsOf } from '../state-changes.fixture.ts';
import { type Browser, hiddenFields, openWorld, type Page, type World } from '../two-organizations.fixture.ts';
import { metadataChanges } from './metadata-changes.ts';
import { settingLabels } from './profile-form.ts';

let world: World;
let ada: Browser;
let url: string;
let served = '';
const server = createServer((_request, response) => void response.end(served));
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `http://${host}/metadata`;
  world = await openWorld();
  world.sp.metadataHosts = [host];
  ada = await world.signedIn('ada@acme.example');
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await world[Symbol.asyncDispose]();
});

const path = (step: string): string => `/admin/sso/${world.acme.profile}/${step}`;
const profile = () => profilesOf(world.sp.store, 'acme')[0]!;
const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const metadata = (ssoUrl: string, pem: string): string => `
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${world.acme.idp.entityId}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${base64(pem)}</X509Certificate>
</X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>
</IDPSSODescriptor></EntityDescriptor>`;

/** Presses a button of the form with these fields, and those that are in it. */
async function press(button: string, fields: Record<string, string>): Promise<Page> {
  const { revision } = hiddenFields((await ada.get(path('profile'))).text, path('profile')) as { revision: string };
  return ada.post(path(button), partsOf({ revision, ...fields }), multipart);
}

/** The newest fetch in the audit log. */
const newestFetch = () => world.audit(world.acme).find(({ action }) => action === 'metadata-fetched')?.detail;

test('fetched metadata is compared and changes nothing until it is imported', async () => {
  const { settings, revision } = profile();
  const theirs = world.globex.idp.settings.certificates[0]!;
  served = metadata('https://idp.acme.example/next', theirs);
  const page = await press('fetch', { metadataUrl: ` ${url} ` });
  assert.equal(page.status, 200);
  assert.match(page.words, /Nothing is saved yet.*Sign-on URL .*https:\/\/idp\.acme\.example\/next/);
  assert.ok(page.words.includes(`Setting Now In the metadata at ${url}`), page.words);
  for (const [label, pem] of [
    ['added', theirs],
    ['removed', settings.certificates[0]!],
  ] as const)
    assert.match(page.text, new RegExp(`Certificate ${label}.*${certificateFacts(pem, 0).fingerprint}`, 's'));
  assert.doesNotMatch(page.words, /IdP entity ID – /);
  assert.match(
    page.text,
    /<button type="submit" form="profile-form" formaction="[^"]+\/metadata">Import these\schanges</,
  );
  assert.deepEqual([profile().revision, profile().metadataUrl], [revision, '']);
  assert.deepEqual(newestFetch(), { profile: 'Main', url });
  served = metadata('https://idp.acme.example/later', theirs); // changed since, but not shown
  const text = /name="text"[^>]*>(.*?)<\/textarea>/s
    .exec(page.text)![1]!
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"');
  const imported = await press('metadata', { text: text.replaceAll('&gt;', '>'), metadataUrl: url });
  assert.equal(imported.location, path('test'), imported.words);
  assert.deepEqual([profile().settings.ssoUrl, profile().metadataUrl], ['https://idp.acme.example/next', url]);
  assert.deepEqual(
    world
      .audit(world.acme)
      .slice(0, 2)
      .map(({ action }) => action),
    ['profile-changed', 'metadata-url-changed'],
  );
});

test('the URL is in the form afterwards, and unchanged metadata is not offered', async () => {
  served = metadata(profile().settings.ssoUrl, profile().settings.certificates[0]!);
  assert.match((await ada.get(path('profile'))).text, new RegExp(`name="metadataUrl" value="${url}"`));
  assert.match(
    (await press('fetch', { metadataUrl: url })).words,
    /is the same as the profile: there is nothing to import/,
  );
});

test('each setting is shown as it is and as it would be', () => {
  const before = { ...emptySettings, idpEntityId: 'old', ssoUrl: 'same', sloUrl: 'https://idp.example/slo' };
  const after = { idpEntityId: 'new', ssoUrl: 'same', sloUrl: '', signRequests: !before.signRequests };
  const [yes, no] = before.signRequests ? ['no', 'yes'] : ['yes', 'no'];
  assert.deepEqual(
    metadataChanges(before, after, 0).map((change) => [change.label, change.before, change.after]),
    [
      [settingLabels.idpEntityId, 'old', 'new'],
      [settingLabels.sloUrl, 'https://idp.example/slo', '–'],
      [settingLabels.signRequests, no, yes],
    ],
  );
  assert.deepEqual(metadataChanges(before, {}, 0), [], 'metadata without a setting leaves it');
});

/** The entered URL or the served content, the error, and its field. */
const rejected: readonly (readonly [what: string, enter: () => string, serve: string, why: RegExp, at?: string])[] = [
  ['a private address', () => 'https://10.0.0.1/', '', /10\.0\.0\.1 is in a private network/],
  ['no URL', () => 'idp', '', /This is not a URL/],
  ['nothing', () => '', '', /This is not a URL/],
  ['no metadata', () => url, '<html></html>', /href="\/cases\/metadata/, 'text'],
];
for (const [what, enter, serve, why, at = 'metadataUrl'] of rejected)
  test(`rejected, with what was entered: ${what}`, async () => {
    served = serve;
    const { revision } = profile();
    const page = await press('fetch', { metadataUrl: enter() });
    assert.equal(page.status, 400);
    assert.match(page.text, why);
    assert.ok(page.text.includes(`name="metadataUrl" value="${enter()}"`));
    assert.deepEqual(invalidIn(page), [at]);
    assert.equal(profile().revision, revision);
    assert.ok('problem' in newestFetch()!);
  });

/** The fields that are marked as wrong, each with its error beside it. */
const invalidIn = ({ text }: Page): string[] => {
  const names = [...text.matchAll(/name="(\w+)"[^>]* aria-invalid="true" aria-describedby="error-\1"/g)].map(
    ([, name]) => name!,
  );
  for (const name of names) assert.match(text, new RegExp(`<small id="error-${name}">[^<]{20,}`));
  return names;
};

test('an import that fails marks its field: the file if nothing was sent, the text, or the URL', async () => {
  assert.deepEqual(invalidIn(await press('metadata', {})), ['file']);
  assert.deepEqual(invalidIn(await press('metadata', { text: '<html></html>' })), ['text']);
  const text = metadata('https://idp.acme.example/x', world.acme.idp.settings.certificates[0]!);
  assert.deepEqual(invalidIn(await press('metadata', { text, metadataUrl: 'idp' })), ['metadataUrl']);
  assert.deepEqual(invalidIn(await ada.get(path('profile'))), []);
});

test('a profile that was saved incomplete stays on its page, which says what is missing', async () => {
  await ada.post('/admin/sso', { name: 'Empty' });
  const at = (step: string): string => `/admin/sso/${profilesOf(world.sp.store, 'acme').at(-1)!.id}/${step}`;
  const blank = { ssoUrl: '', sloUrl: '', certificates: '', requestedAuthnContext: '', requiredAttributes: '' };
  const typed = { ...blank, idpEntityId: 'https://new.example', ssoBinding: 'redirect', nameIdFormat: 'emailAddress' };
  const saved = await ada.fillIn(at('profile'), at('profile'), typed);
  assert.equal(saved.location, at('profile'));
  assert.match((await ada.get(at('profile'))).words, /Still missing: the sign-on URL, a signing certificate\./);
});

test('a form of an older revision is rejected', async () => {
  const page = await press('fetch', { metadataUrl: url, revision: '1' });
  assert.equal(page.status, 409);
  assert.match(page.words, /the profile has changed since you opened this form/);
});

test('a malformed URL is not saved', async () => {
  const page = await press('metadata', {
    text: metadata('https://idp.acme.example/x', world.acme.idp.settings.certificates[0]!),
    metadataUrl: 'idp',
  });
  assert.deepEqual([page.status, profile().metadataUrl], [400, url]);
});

test('at most ten fetches are made within a minute', async () => {
  served = '<html></html>';
  let last: Page | undefined;
  for (let count = 0; count < 11; count++) last = await press('fetch', { metadataUrl: url });
  assert.match(last!.words, /fetched ten times within a minute/);
  world.pass(world.acme, 60_000);
  assert.doesNotMatch((await press('fetch', { metadataUrl: url })).words, /within a minute/);
});
