/** Options that contradict each other, or are something else, are rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, VisitOptions } from '../api.ts';
import { Refused } from '../tenants/read-input.ts';
import { checkForm, readSignInOptions, readVisitOptions, withSettings } from './read-options.ts';

const rejects = (call: () => unknown, says: RegExp): void =>
  assert.throws(call, (error) => error instanceof Refused && error.status === 400 && says.test(error.message));

const signIns: readonly (readonly [given: object | undefined, read: object])[] = [
  [undefined, { request: undefined, app: undefined }],
  [
    { request: 'r', app: 'a' },
    { request: 'r', app: 'a' },
  ],
  [{ relayState: 'x' }, { request: undefined, app: undefined }],
  [
    { unsolicited: false, request: 'r' },
    { request: 'r', app: undefined },
  ],
  [
    { unsolicited: true, app: 'a', relayState: 'x' },
    { unsolicited: true, app: 'a', relayState: 'x' },
  ],
];
for (const [given, read] of signIns)
  test(`a sign-in with ${JSON.stringify(given)} is read`, () => assert.deepEqual(readSignInOptions(given), read));

test('a request excludes what belongs to a response without one', () => {
  rejects(
    () => readSignInOptions({ request: 'r', unsolicited: true }),
    /^\{ unsolicited: true \} is for a response with/,
  );
  rejects(() => readSignInOptions({ request: 'r', relayState: '' }), /^relayState is for a response without a request/);
  rejects(() => readSignInOptions({ user: 'sam' }), /user/);
});

test('a visit takes a fetch and cookies only', () => {
  const [getCookieString, setCookie] = [async () => '', async () => undefined];
  const read = (options: object | undefined) => readVisitOptions(options as VisitOptions | undefined);
  assert.deepEqual(read(undefined), {});
  const cookies = { getCookieString, setCookie };
  assert.deepEqual(read({ fetch, cookies }), { fetch, cookies });
  rejects(() => read({ fetch: 'x' }), /must be a function such as fetch/);
  for (const some of [{ getCookieString }, { setCookie }, {}, null, 'x'])
    rejects(() => read({ cookies: some }), /cookies.* must be those of a sign-in/);
});

test('a form is whole', () => {
  const form = { action: 'https://sp.example/', fields: [], copies: 1, undelivered: [] };
  checkForm(form as unknown as Answer);
  const others = Object.keys(form).map((name) => ({ ...form, [name]: undefined }));
  for (const other of [
    ...others,
    { ...form, fields: {} },
    { ...form, undelivered: {} },
    undefined,
    Promise.resolve(form),
  ])
    rejects(() => checkForm(other as unknown as Answer), /^deliver needs the form .*: await it, and pass it on$/);
});

test('settings are an object', () => {
  const settings = { a: 1 };
  assert.equal(withSettings(settings, 'change'), settings);
  for (const other of [undefined, null, 'x', 7, [], () => ({})])
    rejects(() => withSettings(other as unknown as object, 'change'), /^change needs an object with settings$/);
});
