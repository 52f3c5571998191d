/** Forms of outdated pages are rejected with what has changed, and nothing typed is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestVerifiedRevision, testsOf } from '../connection-test.ts';
import { changeProfile, findProfile, type Profile, profilesOf } from '../profile.ts';
import {
  acme,
  acmesSpForEachTest,
  addressOf,
  addTest,
  addVerifiedProfile,
  certificate,
  type Fields,
  hiddenFields,
  type Name,
  type Reply,
} from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();

const by = (who: Name) => addressOf(who);
const current = ({ id }: Profile): Profile => findProfile(sp.store, 'acme', id)!;
const change = (profile: Profile, ssoUrl: string): Profile =>
  changeProfile(sp.store, acme(sp), current(profile), { by: by('Grace'), input: { ssoUrl } });

/** Ada opens the page `on`, something happens, and she sends its form for `path`. */
async function sendLate(
  path: string,
  fields: Fields,
  { on, meanwhile }: { on: string; meanwhile: () => unknown },
): Promise<Reply> {
  const hidden = hiddenFields((await sp.get('Ada', on)).page, path);
  await meanwhile();
  return sp.post('Ada', path, [...hidden, ...fields]);
}

const typed = (values: Record<string, string> = {}): Fields =>
  Object.entries({
    idpEntityId: 'https://typed.example/entity',
    ssoUrl: 'https://typed.example/sso',
    ssoBinding: 'post',
    sloUrl: 'https://typed.example/slo',
    certificates: certificate,
    requestedAuthnContext: 'urn:typed:context',
    nameIdFormat: 'any',
    requiredAttributes: 'typed-attribute',
    forceAuthn: 'yes',
    ...values,
  });

const metadata = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://typed.example/x"/>';

/** Every form that carries a revision. */
const formsOfRevision: Readonly<Record<string, { on?: string; fields: Fields; shows: readonly RegExp[] }>> = {
  profile: {
    fields: typed(),
    shows: [
      /value="https:\/\/typed\.example\/entity"/,
      /value="https:\/\/typed\.example\/sso"/,
      /value="post" selected/,
      /value="https:\/\/typed\.example\/slo"/,
      new RegExp(`>${certificate.slice(0, 40).replaceAll('+', '\\+')}`),
      />urn:typed:context</,
      />typed-attribute</,
      /name="forceAuthn" value="yes" checked/,
    ],
  },
  metadata: { on: 'profile', fields: [['text', metadata]], shows: [/https:\/\/typed\.example\/x/] },
  test: { fields: [['address', 'typed@acme.example']], shows: [/value="typed@acme\.example"/] },
  enforce: {
    fields: [
      ['users', by('Sam')],
      ['recovery', by('Grace')],
    ],
    shows: [
      /name="users" value="sam@acme.example" checked/,
      /name="users" value="ada@acme.example" >/,
      /name="recovery" value="grace@acme.example" checked/,
      /name="recovery" value="ada@acme.example" >/,
    ],
  },
};

for (const [step, { on = step, fields, shows }] of Object.entries(formsOfRevision))
  test(`${step}: the profile has changed since the form was opened`, async () => {
    const profile = addVerifiedProfile(sp, 'Acme');
    const path = `/admin/sso/${profile.id}/${step}`;
    const tests = testsOf(sp.store, profile.id).length;
    const { status, page } = await sendLate(path, fields, {
      on: `/admin/sso/${profile.id}/${on}`,
      meanwhile: () => change(profile, 'https://new.example/sso'),
    });
    assert.equal(status, 409);
    assert.match(page, /the profile has changed since you opened this form/);
    assert.match(page, /Revision 2, by grace@acme\.example, <time [^>]*>[^<]*<\/time>: Sign-on URL/);
    for (const shown of shows) assert.match(page, shown);
    assert.deepEqual(hiddenFields(page, path)[0], ['revision', '2']);
    const { revision, settings, enforcedRevision } = current(profile);
    assert.deepEqual([revision, settings.ssoUrl, enforcedRevision], [2, 'https://new.example/sso', undefined]);
    assert.equal(testsOf(sp.store, profile.id).length, tests);
  });

test('what was typed is saved when the form is sent again', async () => {
  const profile = addVerifiedProfile(sp, 'Acme');
  const path = `/admin/sso/${profile.id}/profile`;
  const meanwhile = () => change(profile, 'https://new.example/sso');
  const { page } = await sendLate(path, typed(), { on: path, meanwhile });
  assert.equal((await sp.post('Ada', path, [...hiddenFields(page, path), ...typed()])).status, 303);
  const { revision, settings } = current(profile);
  assert.deepEqual([revision, settings.ssoUrl], [3, 'https://typed.example/sso']);
});

test('nothing typed is lost if a setting is invalid', async () => {
  const { id } = addVerifiedProfile(sp, 'Acme');
  const path = `/admin/sso/${id}/profile`;
  for (const wrong of [{ sloUrl: 'no address' }, { certificates: 'no certificate' }]) {
    const { status, page } = await sp.send('Ada', path, typed(wrong));
    assert.equal(status, 400);
    for (const [, value] of typed(wrong).slice(0, 6)) assert.ok(page.includes(value), value);
  }
  const { page } = await sp.send('Ada', `/admin/sso/${id}/metadata`, [['text', '<not-metadata/>']], { at: path });
  assert.match(page, /&lt;not-metadata\/&gt;/);
});

test('every setting survives saving the form unchanged', async () => {
  const profile = addVerifiedProfile(sp, 'Acme');
  const many = (count: number, of: string): string[] => Array.from({ length: count }, (_, n) => `${n}`.padEnd(300, of));
  changeProfile(sp.store, acme(sp), profile, {
    by: by('Grace'),
    input: { requestedAuthnContext: many(8, 'c'), policies: { requiredAttributes: many(30, 'a') } },
  });
  const { settings } = current(profile);
  const path = `/admin/sso/${profile.id}/profile`;
  const fields = typed({
    requestedAuthnContext: settings.requestedAuthnContext.join('\r\n'),
    requiredAttributes: settings.policies.requiredAttributes.join('\r\n'),
  });
  assert.equal((await sp.send('Ada', path, fields)).status, 303);
  assert.deepEqual(current(profile).settings.policies.requiredAttributes, settings.policies.requiredAttributes);
});

const enforceByControl = () => sp.control('PUT', '/organizations/acme/profiles/Acme/enforce-unproven', {});

test('an outdated page neither turns off a newer enforcement nor enforces what was turned off', async () => {
  const { id } = addVerifiedProfile(sp, 'Acme');
  const on = `/admin/sso/${id}/enforce`;
  await enforceByControl();
  const again = async () => {
    await sp.send('Grace', `/admin/sso/${id}/lift`, [], { at: on });
    await enforceByControl();
    sp.store.run`UPDATE profiles SET enforced_at = enforced_at + 1`; // Both may come in the same millisecond.
  };
  const lifted = await sendLate(`/admin/sso/${id}/lift`, [], { on, meanwhile: again });
  assert.equal(lifted.status, 409);
  assert.match(lifted.page, /SSO enforcement has changed since you opened this form/);
  assert.match(lifted.page, /Enforced without a test by control, <time/);
  assert.equal(profilesOf(sp.store, 'acme')[0]?.enforcedRevision, 1);
  const chosen = [
    ['users', by('Sam')],
    ['recovery', by('Ada')],
  ] as const;
  const meanwhile = () => sp.send('Grace', `/admin/sso/${id}/lift`, [], { at: on });
  const enforced = await sendLate(on, chosen, { on, meanwhile });
  assert.equal(enforced.status, 409);
  assert.match(enforced.page, /Turned off by grace@acme\.example, <time/);
  assert.equal(profilesOf(sp.store, 'acme')[0]?.enforcedRevision, undefined);
});

test('“Mark as passed” neither marks a test newer than the page nor moves enforcement to its revision', async () => {
  const profile = addVerifiedProfile(sp, 'Acme');
  await enforceByControl();
  const path = `/admin/sso/${profile.id}/result`;
  const { status, page } = await sendLate(path, [['mark', 'success']], {
    on: path,
    meanwhile: () => addTest(sp, change(profile, 'https://new.example/sso'), 'success', 'Grace'),
  });
  assert.equal(status, 409);
  assert.match(page, /there is a newer test, sent by grace@acme\.example to\s+sam@acme\.example/);
  const [newest] = testsOf(sp.store, profile.id);
  assert.deepEqual(
    [newest?.mark, newestVerifiedRevision(sp.store, profile.id), current(profile).enforcedRevision],
    [undefined, 1, 1],
  );
  assert.deepEqual(hiddenFields(page, path)[0], ['test', String(newest?.id)]);
});

test('a mark does not replace one made since the page was opened', async () => {
  const profile = addVerifiedProfile(sp, 'Acme');
  addTest(sp, profile, 'success');
  const path = `/admin/sso/${profile.id}/result`;
  const meanwhile = () => sp.send('Grace', path, [['mark', 'failure']]);
  const { status, page } = await sendLate(path, [['mark', 'success']], { on: path, meanwhile });
  assert.equal(status, 409);
  assert.match(page, /since you opened this page, grace@acme\.example marked this test as\s+failed, <time/);
  assert.equal(testsOf(sp.store, profile.id)[0]?.mark, 'failure');
});

test('marking a test as failed ends the session that it opened, and no other', async () => {
  const profile = addVerifiedProfile(sp, 'Acme');
  const first = addTest(sp, profile, 'success');
  const second = addTest(sp, profile, 'success');
  const endedBecause = (test: number) =>
    sp.store.get<{ because: string | null }>`
      SELECT ended_because AS because FROM sessions WHERE browser = ${`test ${test}`}`?.because;
  await sp.send('Ada', `/admin/sso/${profile.id}/result`, [['mark', 'failure']]);
  assert.deepEqual([endedBecause(first), endedBecause(second)], [null, 'test-failed']);
});
