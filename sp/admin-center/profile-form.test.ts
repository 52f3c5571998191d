/** The form of a profile: the settings that its content gives, or all errors at once, each at its field. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySettings, type ProfileSettings } from '../profile.ts';
import { certificate, complete, wordsOf } from './admin-center.fixture.ts';
import {
  asTyped,
  certificatesIn,
  explain,
  isSameTyped,
  isUnedited,
  policyNames,
  settingsOfForm,
  type TypedProfile,
} from './profile-form.ts';

const settings: ProfileSettings = {
  ...emptySettings,
  ...complete,
  sloUrl: 'https://idp.acme.example/slo',
  requestedAuthnContext: ['urn:a', 'urn:b'],
  policies: { ...emptySettings.policies, requiredAttributes: ['mail', 'name'] },
};
const typed = (values: Partial<TypedProfile> = {}): TypedProfile => ({ ...asTyped(settings), ...values });

test('lists are typed in lines, and the form as it is shown gives the same settings', () => {
  assert.deepEqual(
    [typed().requestedAuthnContext, typed().requiredAttributes, typed().certificates],
    ['urn:a\nurn:b', 'mail\nname', settings.certificates[0]],
  );
  assert.deepEqual(settingsOfForm(typed()), { settings });
  const two = asTyped({ ...settings, certificates: ['one', 'two'] });
  assert.equal(two.certificates, 'one\ntwo');
});

test('space around a value does not count, nor do empty lines', () => {
  const spaced = typed({
    idpEntityId: ` ${settings.idpEntityId}\t`,
    ssoUrl: `\n${settings.ssoUrl} `,
    sloUrl: ` ${settings.sloUrl} `,
    certificates: `\r\n${certificate}\r\n`,
    requestedAuthnContext: ' urn:a \r\n\r\n\turn:b\r\n',
    requiredAttributes: '\n mail\n   \nname ',
  });
  assert.deepEqual(settingsOfForm(spaced), { settings });
});

for (const name of ['signRequests', 'acceptEncryption', 'forceAuthn', ...policyNames] as const)
  test(`${name} is taken as it is ticked`, () => {
    for (const value of [true, false]) {
      const outcome = settingsOfForm(typed({ [name]: value }));
      assert.ok('settings' in outcome);
      assert.equal({ ...outcome.settings, ...outcome.settings.policies }[name], value);
    }
  });

/** Two contents of a field, and whether they are the same. */
const contents: readonly (readonly [one: string | boolean, other: string | boolean, isSame: boolean])[] = [
  ['urn:a', 'urn:a', true],
  ['urn:a', 'urn:b', false],
  ['urn:a\r\nurn:b', 'urn:a\nurn:b', true],
  ['urn:a\nurn:b', 'urn:a\r\nurn:b', true],
  [' urn:a', 'urn:a', true],
  ['urn:a', 'urn:a\r\n', true],
  ['urn: a', 'urn:a', false],
  [true, true, true],
  [true, false, false],
  ['yes', true, false],
  [false, '', false],
];
for (const [one, other, isSame] of contents)
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)}: ${isSame ? 'the same' : 'edited'}`, () =>
    assert.equal(isSameTyped(one, other), isSame));

test('a form is edited as soon as one field is', () => {
  assert.equal(isUnedited(typed(), settings), true);
  for (const [name, value] of Object.entries(typed())) {
    const edited = typeof value === 'boolean' ? !value : `${value}x`;
    assert.equal(isUnedited(typed({ [name]: edited }), settings), false, name);
  }
});

/** A wrong entry, and the error in the summary. */
const wrong: readonly (readonly [name: keyof TypedProfile, value: string, says: RegExp])[] = [
  ['idpEntityId', 'x'.repeat(1_025), /^IdP entity ID: must have at most 1024 characters$/],
  ['ssoUrl', 'idp.example', /^Sign-on URL: must be an http or https URL/],
  ['sloUrl', 'idp.example', /^Logout URL: must be an http or https URL/],
  ['ssoBinding', 'soap', /^Request binding: must be redirect or post$/],
  ['requestedAuthnContext', 'x'.repeat(301), /^Requested authentication context: must have 1 to 300 characters$/],
  ['nameIdFormat', 'fax', /^Policies: must be one of /],
  ['requiredAttributes', 'x'.repeat(301), /^Policies: must have 1 to 300 characters$/],
];
for (const [name, value, says] of wrong)
  test(`an error in ${name} is shown there, and the summary leads to it`, () => {
    const outcome = settingsOfForm(typed({ [name]: value }));
    assert.ok('problem' in outcome);
    assert.deepEqual(Object.keys(outcome.errors!), [name]);
    assert.match(String(outcome.problem), new RegExp(`^<p><a href="#${name}">[^<]+</a></p>$`));
    assert.match(wordsOf(outcome.problem), says);
    assert.ok(wordsOf(outcome.problem).endsWith(`: ${String(outcome.errors![name])}`));
  });

test('a certificate that cannot be read is explained, at its field and after all other errors', () => {
  const outcome = settingsOfForm(typed({ certificates: 'no certificate' }));
  assert.ok('problem' in outcome);
  assert.deepEqual(Object.keys(outcome.errors!), ['certificates']);
  assert.match(wordsOf(outcome.problem), /^[^:]+ : This is not an X\.509 certificate/);
  assert.equal(wordsOf(outcome.errors!.certificates), wordsOf(outcome.problem));
  assert.match(String(outcome.problem), /href="\/cases\/certificate-text-corrupted"/);
  const both = settingsOfForm(
    typed({ certificates: 'no certificate', ssoUrl: 'x', requiredAttributes: 'y'.repeat(301) }),
  );
  assert.ok('problem' in both);
  assert.deepEqual(Object.keys(both.errors!), ['ssoUrl', 'requiredAttributes', 'certificates']);
  assert.match(wordsOf(both.problem), /^Sign-on URL: .*Policies: .*This is not an X\.509 certificate/);
});

test('an error in a setting without a label names the setting', () =>
  assert.equal(explain({ code: 'custom', path: ['other'], message: 'is unknown', input: '' }), 'other: is unknown'));

test('an error of our own is not the fault of the certificate', () =>
  assert.throws(() => certificatesIn({} as string), TypeError));
