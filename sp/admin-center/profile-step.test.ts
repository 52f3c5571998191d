/** Step 1: what is saved from the form, from metadata or from both, how it is sent, and what fetching records. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { audit, auditOf } from '../organization.ts';
import { changeMetadataUrl, createProfile, findProfile, type Profile, type ProfileSettings } from '../profile.ts';
import {
  acme,
  acmesSpForEachTest,
  addressOf,
  certificate,
  complete,
  type Fields,
  type Reply,
  wordsOf,
} from './admin-center.fixture.ts';
import { asTyped } from './profile-form.ts';

const sp = acmesSpForEachTest();
let served = '';
let asked = 0;
const server = createServer((_request, response) => {
  asked++;
  response.end(served);
});
let host: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  sp.metadataHosts = [host];
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const by = addressOf('Ada');
const addProfile = (input: object = complete): Profile =>
  createProfile(sp.store, acme(sp), { by, name: 'Main', input });
const pathOf = ({ id }: Profile, step = 'profile'): string => `/admin/sso/${id}/${step}`;
const current = ({ id }: Profile): Profile => findProfile(sp.store, 'acme', id)!;
const ssoUrlOf = (profile: Profile): string => current(profile).settings.ssoUrl;
const newest = () => auditOf(sp.store, 'acme')[0]!;
const alertOf = ({ page }: Reply): string => wordsOf(/<div role="alert" [^>]*>(.*?)<\/div>/s.exec(page)![1]!);

/** The fields that the form has for these settings: a box only if it is ticked. */
const typed = (settings: ProfileSettings, values: Record<string, string> = {}): Fields => {
  const fields = Object.entries(asTyped(settings)).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return [[name, value]];
    return value ? [[name, 'yes']] : [];
  });
  return Object.entries({ ...Object.fromEntries(fields), ...values });
};

const metadata = ({ ssoUrl = 'https://meta.example/sso', entityId = 'https://meta.example' } = {}): string => `
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>
</IDPSSODescriptor></EntityDescriptor>`;

const urlEncoded = 'application/x-www-form-urlencoded';
const encoded = (fields: Fields): string =>
  new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();
/** Posts the form of this page, from the newest revision unless another one is among the fields. */
const press = (profile: Profile, button: string, fields: Fields, type = urlEncoded): Promise<Reply> =>
  sp.postBody('Ada', pathOf(profile, button), {
    type,
    body: encoded([['revision', String(current(profile).revision)] as const, ...fields]),
  });

/** The pressed button, the parts that are filled in, and the sign-on URL that is saved. */
const pressed: readonly (readonly [button: string, isEdited: boolean, metadata: string, saved: string])[] = [
  ['profile', true, '', 'https://typed.example/sso'],
  ['metadata', true, '', 'https://typed.example/sso'],
  ['metadata', true, ' \n', 'https://typed.example/sso'],
  ['profile', false, metadata(), 'https://meta.example/sso'],
  ['metadata', false, metadata(), 'https://meta.example/sso'],
  ['profile', true, metadata(), 'https://typed.example/sso'],
  ['metadata', true, metadata(), 'https://meta.example/sso'],
  ['profile', false, '', complete.ssoUrl],
];
for (const [button, isEdited, text, saved] of pressed)
  test(`${button}, ${isEdited ? 'edited' : 'not edited'}, ${text.trim().length} characters of metadata`, async () => {
    const profile = addProfile();
    const values = { text, ...(isEdited ? { ssoUrl: 'https://typed.example/sso' } : {}) };
    const { location } = await press(profile, button, typed(profile.settings, values));
    assert.deepEqual([location, ssoUrlOf(profile)], [pathOf(profile, 'test'), saved]);
  });

test('the button for metadata asks for metadata if nothing was filled in', async () => {
  const profile = addProfile();
  for (const fields of [[], typed(profile.settings)]) {
    const reply = await press(profile, 'metadata', fields);
    assert.deepEqual([reply.status, alertOf(reply)], [400, 'Choose the metadata file, or paste its content.']);
  }
  assert.equal(current(profile).revision, 1);
});

test('metadata alone does not make a form of settings', async () => {
  const profile = addProfile();
  const { status, page } = await press(profile, 'profile', [['text', metadata()]]);
  assert.equal(status, 400);
  assert.match(page, /idpEntityId: must be present exactly once/);
  assert.equal(current(profile).revision, 1);
});

test('an import keeps what metadata does not contain as it was typed', async () => {
  const profile = addProfile();
  const values = {
    text: metadata(),
    forceAuthn: 'yes',
    requiredAttributes: 'mail',
    sloUrl: 'no URL',
    ssoUrl: 'no URL',
  };
  assert.equal((await press(profile, 'metadata', typed(profile.settings, values))).status, 303);
  const { idpEntityId, ssoUrl, forceAuthn, policies } = current(profile).settings;
  assert.deepEqual(
    [idpEntityId, ssoUrl, forceAuthn, policies.requiredAttributes],
    ['https://meta.example', 'https://meta.example/sso', true, ['mail']],
  );
  const wrong = await press(profile, 'metadata', typed(profile.settings, { ...values, nameIdFormat: 'fax' }));
  assert.equal(wrong.status, 400);
  assert.match(alertOf(wrong), /^Policies: must be one of/);
  assert.match(wrong.page, /name="forceAuthn" value="yes" checked.*>mail<\/textarea>/s);
});

test('an incomplete profile stays on its page, a complete one goes on to the test', async () => {
  const profile = addProfile({});
  const saved = await press(profile, 'profile', typed(profile.settings, { idpEntityId: 'urn:typed' }));
  assert.equal(saved.location, pathOf(profile));
  assert.equal((await press(profile, 'metadata', [['text', metadata()]])).location, pathOf(profile, 'test'));
  assert.deepEqual([newest().action, newest().actor], ['profile-changed', by]);
});

/** A metadata URL in the form, the one saved afterwards, and the problem; before, another is saved. */
const urls: readonly (readonly [entered: string | undefined, saved: string, problem?: RegExp])[] = [
  [undefined, 'https://saved.example/'],
  ['https://new.example/', 'https://new.example/'],
  [' https://new.example/ ', 'https://new.example/'],
  ['', ''],
  [' ', ''],
  ['new.example', 'https://saved.example/', /^Metadata URL: must be an http or https URL/],
];
for (const [entered, saved, problem] of urls)
  test(`a form with ${entered === undefined ? 'no metadata URL' : `the metadata URL “${entered}”`}`, async () => {
    const profile = addProfile();
    changeMetadataUrl(sp.store, acme(sp), profile, { by, url: 'https://saved.example/' });
    const fields = typed(profile.settings, {
      forceAuthn: 'yes',
      ...(entered === undefined ? {} : { metadataUrl: entered }),
    });
    const reply = await press(profile, 'profile', fields);
    assert.equal(current(profile).metadataUrl, saved);
    assert.equal(current(profile).settings.forceAuthn, problem === undefined);
    if (!problem) return assert.equal(reply.status, 303);
    assert.equal(reply.status, 400);
    assert.match(alertOf(reply), problem);
    assert.match(
      reply.page,
      /name="metadataUrl" value="new\.example"[^>]*aria-invalid.*name="forceAuthn" value="yes" checked/s,
    );
  });

test('a form of an older revision saves nothing', async () => {
  const profile = addProfile();
  const fields = [['revision', '0'], ...typed(profile.settings, { ssoUrl: 'https://typed.example/sso' })] as const;
  const reply = await sp.post('Ada', pathOf(profile), [...fields, ['metadataUrl', 'https://new.example/']]);
  assert.equal(reply.status, 409);
  assert.match(alertOf(reply), /the profile has changed since you opened this form/);
  assert.match(reply.page, /value="https:\/\/typed\.example\/sso"/);
  assert.deepEqual([ssoUrlOf(profile), current(profile).metadataUrl], [complete.ssoUrl, '']);
});

const part = (name: string, value: string, more = ''): string =>
  `--limit\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const file = (value: string): string => part('file', value, '; filename="m.xml"');
const upload = (profile: Profile, ...parts: readonly string[]): Promise<Reply> =>
  sp.postBody('Ada', pathOf(profile, 'metadata'), {
    type: 'multipart/form-data; boundary=limit',
    body: `${[part('revision', '1'), ...parts].join('')}--limit--\r\n`,
  });

/** An upload, and the sign-on URL that is saved; none if it is rejected. */
const uploads: readonly (readonly [what: string, parts: readonly string[], saved?: string])[] = [
  ['a file', [file(metadata())], 'https://meta.example/sso'],
  ['text', [part('text', metadata())], 'https://meta.example/sso'],
  [
    'a file and text',
    [part('text', metadata()), file(metadata({ ssoUrl: 'https://file.example/' }))],
    'https://file.example/',
  ],
  ['an empty file and text', [file(' \n'), part('text', metadata())], 'https://meta.example/sso'],
  ['a field instead of a file, and text', [part('file', 'x'), part('text', metadata())], 'https://meta.example/sso'],
  ['a field instead of a file', [part('file', metadata())]],
  ['an empty file', [file('')]],
  ['text twice', [part('text', metadata()), part('text', metadata())]],
];
for (const [what, parts, saved] of uploads)
  test(`an upload of ${what} is ${saved === undefined ? 'rejected' : 'taken'}`, async () => {
    const profile = addProfile();
    const { status } = await upload(profile, ...parts);
    assert.deepEqual([status, ssoUrlOf(profile)], saved === undefined ? [400, complete.ssoUrl] : [303, saved]);
  });

test('a body that is neither a form nor an upload is explained', async () => {
  const profile = addProfile();
  for (const [type, body] of [
    ['text/plain', 'x'],
    ['multipart/form-data; boundary=limit', '--other--'],
    [`x-${urlEncoded}`, encoded([['revision', '1']])],
  ] as const) {
    const { status, page } = await sp.postBody('Ada', pathOf(profile, 'metadata'), { type, body });
    assert.equal(status, 400, type);
    assert.match(page, /Use the form on the profile page to upload the metadata as a file or as text\./);
  }
});

for (const type of [urlEncoded, `${urlEncoded}; charset=utf-8`, urlEncoded.toUpperCase()])
  test(`a form is read as ${type}`, async () => {
    const profile = addProfile();
    assert.equal((await press(profile, 'metadata', [['text', metadata()]], type)).status, 303);
    assert.equal(ssoUrlOf(profile), 'https://meta.example/sso');
  });

test('of several identity providers, the entity ID chooses', async () => {
  const profile = addProfile();
  const two = [metadata(), metadata({ entityId: 'urn:two', ssoUrl: 'https://two.example/' })].join('');
  const text = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${two}</EntitiesDescriptor>`;
  const rejected = await press(profile, 'metadata', [['text', text]]);
  assert.equal(rejected.status, 400);
  assert.match(rejected.page, /<details id="paste" open>/);
  const typedId = await press(profile, 'metadata', [
    ['text', text],
    ['entityId', 'urn:three'],
  ]);
  assert.match(typedId.page, /name="entityId" value="urn:three"/);
  assert.equal(
    (
      await press(profile, 'metadata', [
        ['text', text],
        ['entityId', ' urn:two '],
      ])
    ).status,
    303,
  );
  assert.equal(ssoUrlOf(profile), 'https://two.example/');
  assert.equal(
    (
      await press(profile, 'metadata', [
        ['text', text],
        ['entityId', ' '],
      ])
    ).status,
    303,
    'as it is now',
  );
});

const urlOf = (): string => `http://${host}/metadata`;
const fetchIt = (profile: Profile, fields: Fields = [['metadataUrl', ` ${urlOf()} `]]): Promise<Reply> =>
  press(profile, 'fetch', fields);

test('fetched metadata is compared with what is saved, and is in the form', async () => {
  const profile = addProfile();
  served = metadata();
  const fields = typed(profile.settings, {
    metadataUrl: ` ${urlOf()} `,
    forceAuthn: 'yes',
    entityId: 'https://meta.example',
  });
  const { status, page } = await fetchIt(profile, fields);
  assert.equal(status, 200);
  assert.match(
    wordsOf(page),
    new RegExp(`In the metadata at ${urlOf()} IdP entity ID https://idp\\.acme\\.example https://meta`),
  );
  assert.doesNotMatch(wordsOf(page), /Force reauthentication (no|yes)/);
  assert.match(
    page,
    /&lt;EntityDescriptor.*name="entityId" value="https:\/\/meta\.example".*name="forceAuthn" value="yes" checked/s,
  );
  assert.ok(page.includes(`>In the metadata at ${urlOf()}</th>`));
  assert.equal(current(profile).revision, 1);
  assert.deepEqual(
    [newest().action, newest().actor, newest().detail],
    ['metadata-fetched', by, { profile: 'Main', url: urlOf() }],
  );
});

/** A fetch that fails: the URL, what is served, the problem, and what is recorded. */
const failing: readonly (readonly [what: string, url: () => Fields, problem: RegExp, recorded: RegExp])[] = [
  ['no URL', () => [], /This is not a URL/, /This is not a URL/],
  [
    'a private address',
    () => [['metadataUrl', 'https://10.0.0.1/']],
    /^10\.0\.0\.1 is in a private network/,
    /^10\.0\.0\.1 is in a private/,
  ],
  ['no metadata', () => [['metadataUrl', urlOf()]], /./, /^unusable metadata$/],
];
for (const [what, url, problem, recorded] of failing)
  test(`a failed fetch is shown and recorded: ${what}`, async () => {
    const profile = addProfile();
    served = '<html></html>';
    const reply = await fetchIt(profile, [...url(), ['text', '<pasted/>']]);
    assert.equal(reply.status, 400);
    assert.match(alertOf(reply), problem);
    assert.match(String(newest().detail.problem), recorded);
    const isServed = what === 'no metadata';
    assert.match(reply.page, isServed ? />&lt;html&gt;/ : />&lt;pasted\/&gt;/);
    assert.match(reply.page, isServed ? /id="text" aria-invalid/ : /id="metadataUrl" aria-invalid/);
  });

test('the URL is given once', async () => {
  const { status, page } = await fetchIt(addProfile(), [
    ['metadataUrl', 'a'],
    ['metadataUrl', 'b'],
  ]);
  assert.equal(status, 400);
  assert.match(page, /metadataUrl: /);
});

test('an outdated form shows what has changed, and keeps what was pasted', async () => {
  const profile = addProfile();
  const fields = [
    ['revision', '0'],
    ['metadataUrl', urlOf()],
    ['text', '<pasted/>'],
  ] as const;
  const reply = await sp.post('Ada', pathOf(profile, 'fetch'), fields);
  assert.equal(reply.status, 409);
  assert.match(alertOf(reply), /the profile has changed/);
  assert.match(reply.page, />&lt;pasted\/&gt;</);
  assert.notEqual(newest().action, 'metadata-fetched');
});

/** Earlier fetches, the milliseconds since them, and if metadata is fetched once more. */
const earlier: readonly (readonly [count: number, ago: number, isFetched: boolean])[] = [
  [9, 0, true],
  [10, 0, false],
  [10, 59_999, false],
  [10, 60_000, true],
];
for (const [count, ago, isFetched] of earlier)
  test(`after ${count} fetches ${ago} milliseconds ago, ${isFetched ? 'one more' : 'no more'}`, async ({ mock }) => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const profile = addProfile();
    served = metadata();
    for (let n = 0; n < count; n++) audit(sp.store, acme(sp), by, 'metadata-fetched', { profile: 'Main' });
    for (let n = 0; n < 10; n++) audit(sp.store, acme(sp), by, 'profile-changed', { profile: 'Main' });
    sp.store.run`UPDATE audit SET at = at - ${ago} WHERE action = 'metadata-fetched'`;
    const before = asked;
    const reply = await fetchIt(profile);
    assert.equal(asked - before, isFetched ? 1 : 0);
    if (isFetched) return assert.equal(reply.status, 200);
    assert.equal(alertOf(reply), 'Metadata was fetched ten times within a minute. Wait a minute.');
  });

test('a certificate that expires soon is recorded when the page is opened', async () => {
  const profile = addProfile();
  const toExpiry = Date.parse('2036-11-26T01:28:45Z') - Date.now();
  sp.store.run`UPDATE organizations SET clock_offset_ms = ${toExpiry - 5 * 86_400_000}`;
  const { page } = await sp.get('Ada', pathOf(profile));
  assert.match(page, /<strong class="wrong">valid until 2036-11-26, [45] days left/);
  assert.equal(newest().action, 'certificate-expiring');
});
