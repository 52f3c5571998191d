/** The page of step 1: what it shows of a profile, what is open, and which button stands out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySettings, type Profile, type ProfileSettings } from '../profile.ts';
import { certificate, complete, wordsOf } from './admin-center.fixture.ts';
import { asTyped, policyLabels, policyNames } from './profile-form.ts';
import { profilePage, type Shown } from './profile-page.ts';

const settings: ProfileSettings = { ...emptySettings, ...complete };
const endpoints = {
  metadataUrl: 'https://sp.example/saml/acme/metadata',
  entityId: 'https://sp.example/saml/acme',
  acsUrl: 'https://sp.example/saml/acme/acs',
  sloUrl: 'https://sp.example/saml/acme/slo',
};
/** The certificate is valid until 2036-11-26. */
const time = Date.parse('2026-12-01T00:00:00Z');
const page = (shown: Partial<Shown> = {}, profile: Partial<Profile> = {}): string =>
  String(
    profilePage(
      {
        id: 7,
        organization: 'acme',
        name: 'Acme',
        revision: 3,
        settings,
        enforcedRevision: undefined,
        enforcedAt: undefined,
        metadataUrl: '',
        ...profile,
      },
      { endpoints, time, ...shown },
    ),
  );
const incomplete = { settings: { ...settings, ssoUrl: '', certificates: [] } };

test('the page says what is missing, and which revision remains enforced', () => {
  assert.match(wordsOf(page()), /^Revision 3\. Every change .* before it can be enforced\. Enter at your/);
  assert.match(
    wordsOf(page({}, { enforcedRevision: 2 })),
    /before it can be enforced\. Until then, revision 2 remains enforced\. Enter/,
  );
  assert.match(
    wordsOf(page({}, incomplete)),
    /before it can be enforced\. Still missing: the sign-on URL, a signing certificate\. Enter/,
  );
});

test('a problem is an alert, and fetched changes come first', () => {
  assert.doesNotMatch(page(), /role="alert"/);
  assert.match(page({ problem: 'Nothing was saved.' }), /^\s*<div role="alert" [^>]*>Nothing was saved\.</);
});

test('each endpoint of the service provider can be copied', () => {
  const shown = page();
  assert.deepEqual(
    [...shown.matchAll(/<code>([^<]*)<\/code> <button [^>]*data-copy="([^"]*)" hidden\s+aria-label="([^"]*)"/g)].map(
      ([, text, copied, label]) => [text, copied, label],
    ),
    [
      [endpoints.entityId, endpoints.entityId, 'Copy the entity ID'],
      [endpoints.acsUrl, endpoints.acsUrl, 'Copy the ACS URL'],
    ],
  );
  assert.ok(shown.includes(`<a href="${endpoints.metadataUrl}">${endpoints.metadataUrl}</a>`));
});

/** The buttons that stand out. */
const standingOut = (shown: string): string[] =>
  [...shown.matchAll(/<button type="submit"([^>]*)>([^<]*)</g)].flatMap(([, how, label]) =>
    how!.includes('secondary') ? [] : [label!],
  );
test('an incomplete profile asks for metadata, a complete one to be saved, and fetched metadata for neither', () => {
  const fetched = { fetched: 'what would change' as unknown as NonNullable<Shown['fetched']> };
  assert.deepEqual(standingOut(page({}, incomplete)), ['Import metadata']);
  assert.deepEqual(standingOut(page()), ['Save profile']);
  assert.deepEqual(standingOut(page(fetched)), []);
  assert.deepEqual(standingOut(page(fetched, incomplete)), []);
  assert.match(page(fetched), /^\s*what would change\s*<p>Revision 3/);
});

const day = 86_400_000;
const expiry = Date.parse('2036-11-26T01:28:45Z');
test('a complete profile shows its identity provider with each certificate, in red before one expires', () => {
  const summary = (at: number): string =>
    /<dl class="facts stacked">\s*<dt>Now<\/dt><dd>https:\/\/idp\.acme\.example<\/dd>(.*?)<\/dl>/s.exec(
      page({ time: at }),
    )![1]!;
  assert.match(
    summary(time),
    /<dt>Signing certificate<\/dt><dd class="small">CN=IdP, valid until 2036-11-26<br>SHA-256 <code>[0-9A-F:]{95}</,
  );
  assert.match(summary(expiry - 59 * day), /CN=IdP, <strong class="">valid until 2036-11-26, 59 days left/);
  assert.match(summary(expiry - 6 * day), /CN=IdP, <strong class="wrong">valid until 2036-11-26, 6 days left/);
  assert.doesNotMatch(page({}, incomplete), /<dt>Now<\/dt>/);
});

/** The parts of the page that are unfolded. */
const unfolded = (shown: string): string[] => [...shown.matchAll(/<details id="([\w-]+)" open>/g)].map(([, id]) => id!);
const typed = (values: object) => ({ typed: { ...asTyped(settings), ...values } });
const unfolding: readonly (readonly [what: string, shown: Partial<Shown>, parts: readonly string[]])[] = [
  ['nothing was typed', {}, []],
  ['all is as it was saved', typed({}), []],
  ['line breaks are those of a browser', typed({ certificates: `${settings.certificates[0]}\r\n` }), []],
  ['the sign-on URL is edited', typed({ ssoUrl: 'https://idp.acme.example/new' }), ['by-hand']],
  ['the binding is edited', typed({ ssoBinding: 'post' }), ['by-hand']],
  ['a policy is edited', typed({ allowSha1: true }), ['expert']],
  ['the NameID format is edited', typed({ nameIdFormat: 'persistent' }), ['expert']],
  ['both are edited', typed({ sloUrl: 'https://idp.acme.example/slo', forceAuthn: true }), ['by-hand', 'expert']],
  ['a setting by hand is wrong', { ...typed({}), errors: { ssoUrl: 'Wrong.' } }, ['by-hand']],
  ['a setting for experts is wrong', { ...typed({}), errors: { requiredAttributes: 'Wrong.' } }, ['expert']],
  ['metadata was pasted', { metadata: '<x/>' }, ['paste']],
  ['an entity ID was entered', { entityId: 'urn:one' }, ['paste']],
  ['a metadata URL was entered', { metadataUrl: 'https://idp.acme.example/metadata' }, ['paste']],
];
for (const [what, shown, parts] of unfolding)
  test(`unfolded when ${what}: ${parts.join(' and ') || 'nothing'}`, () =>
    assert.deepEqual(unfolded(page(shown)).sort(), [...parts].sort()));

test('what was entered for metadata is kept, and the saved URL is shown by default', () => {
  const saved = { metadataUrl: 'https://idp.acme.example/saved' };
  assert.match(page({}, saved), /name="metadataUrl" value="https:\/\/idp\.acme\.example\/saved"/);
  assert.deepEqual(unfolded(page({}, saved)), ['paste']);
  const shown = page({ metadata: '<x/>', entityId: 'urn:one', metadataUrl: '' }, saved);
  assert.match(shown, /name="metadataUrl" value=""/);
  assert.match(shown, /name="entityId" value="urn:one"/);
  assert.match(shown, /name="text"[^>]*>&lt;x\/&gt;<\/textarea>/);
});

const names = ['file', 'metadataUrl', 'text', ...Object.keys(asTyped(settings))] as (keyof NonNullable<
  Shown['errors']
>)[];
const boxes = ['signRequests', 'acceptEncryption', 'forceAuthn', ...policyNames] as readonly string[];
for (const name of names.filter((one) => !boxes.includes(one)))
  test(`an error of ${name} is beside its field`, () => {
    const field = (shown: string): string =>
      new RegExp(`<(?:input|select|textarea) [^>]*name="${name}"[^>]*>`).exec(shown)![0];
    assert.match(field(page()), new RegExp(`id="${name}"`));
    assert.doesNotMatch(page(), /aria-invalid|<small id="error/);
    const shown = page({ errors: { [name]: 'This is wrong.' } });
    assert.match(field(shown), new RegExp(`id="${name}" aria-invalid="true" aria-describedby="error-${name}"`));
    assert.deepEqual(shown.match(/<small id="error[^<]*<\/small>/g), [
      `<small id="error-${name}">This is wrong.</small>`,
    ]);
  });

test('every setting is shown as it is saved, or as it was typed', () => {
  const shown = page(
    typed({
      idpEntityId: 'urn:typed',
      ssoUrl: 'typed sign-on URL',
      sloUrl: 'typed logout URL',
      certificates: 'typed certificates',
      requestedAuthnContext: 'typed context',
      requiredAttributes: 'typed attributes',
    }),
  );
  for (const text of ['certificates', 'context', 'attributes'])
    assert.match(shown, new RegExp(`>typed ${text}</textarea>`));
  for (const text of ['urn:typed', 'typed sign-on URL', 'typed logout URL'])
    assert.ok(shown.includes(`value="${text}"`));
  assert.match(page(), /name="idpEntityId" value="https:\/\/idp\.acme\.example"/);
  assert.match(shown, /name="ssoUrl"[^>]*inputmode="url"/);
  assert.doesNotMatch(shown, /name="idpEntityId"[^>]*inputmode/);
});

test('each box is ticked on its own, with its label', () => {
  const ticked = (shown: string): string[] =>
    [...shown.matchAll(/<input type="checkbox" name="(\w+)" value="yes" checked>/g)].map(([, name]) => name!);
  const none = Object.fromEntries(boxes.map((name) => [name, false]));
  assert.deepEqual(ticked(page(typed(none))), []);
  for (const name of boxes) assert.deepEqual(ticked(page(typed({ ...none, [name]: true }))), [name]);
  for (const name of policyNames)
    assert.equal(new RegExp(`name="${name}"[^>]*> ([^<]*)</label>`).exec(page())![1], policyLabels[name]);
});

test('the binding and the NameID format are selected among all', () => {
  const options = (shown: string): string[] =>
    [...shown.matchAll(/<option value="(\w+)" (selected)?>([^<]*)</g)].map(([, value, selected = 'not', label]) =>
      [selected, value, label].join(' '),
    );
  const shown = options(page(typed({ ssoBinding: 'post', nameIdFormat: 'persistent' })));
  assert.deepEqual(shown.slice(0, 2), ['not redirect HTTP-Redirect', 'selected post HTTP-POST']);
  assert.deepEqual(
    shown.filter((one) => one.startsWith('selected')),
    ['selected post HTTP-POST', 'selected persistent persistent'],
  );
  assert.ok(shown.includes('not emailAddress emailAddress'));
});

test('typed certificates are shown with what they are, once they can be read', () => {
  const byHand = (shown: string): string => /<details id="by-hand".*?<\/details>/s.exec(shown)![0];
  const facts = (shown: string): string[] => byHand(shown).match(/<p class="small">CN=[^<]*</g) ?? [];
  assert.deepEqual(facts(page()), []);
  assert.deepEqual(facts(page(typed({ certificates: certificate }))), [
    '<p class="small">CN=IdP, valid until 2036-11-26<',
  ]);
  assert.deepEqual(facts(page(typed({ certificates: 'no certificate' }))), []);
});
