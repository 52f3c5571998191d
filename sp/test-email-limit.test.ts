/** Test emails that nobody opens come to an end; those that are opened do not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acme, type Browser, type Reply, type RunningApp, startApp } from './running-app.fixture.ts';

let app: RunningApp;
let ada: Browser;
let path: string;
before(async () => {
  app = await startApp();
  await app.control('PUT', '/organizations/acme', {
    ...acme,
    users: [...acme.users, ...Array.from({ length: 53 }, (_, index) => userNamed(`user${index}`))],
  });
  // A complete profile needs a certificate; what it holds is of no interest here.
  app.sp.store.run`UPDATE revisions SET settings = json_set(settings, '$.certificates', json('["x"]'))`;
  ada = app.browser();
  await ada.post('/login/password', { address: 'ada@acme.example', password: 'Ada-right' });
  path = `/admin/sso/${app.sp.store.get<{ id: number }>`SELECT id FROM profiles`!.id}/test`;
});
after(() => app[Symbol.asyncDispose]());

const userNamed = (name: string) => ({ address: `${name}@acme.example`, name, password: 'x' });
const ask = (name: string): Promise<Reply> => ada.post(path, { address: `${name}@acme.example` });
const mailsTo = (name: string): number =>
  app.mails.filter(({ to }) => to.address.startsWith(`${name}@acme.example`)).length;
const pass = (minutes: number): Promise<void> =>
  app.control('PATCH', '/organizations/acme', { clockOffsetMs: minutes * 60_000 });

test('of a dozen test emails to a colleague five go out in an hour, and the page says when the next may', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 12; count++) statuses.push((await ask('sam')).status);
  assert.deepEqual([mailsTo('sam'), statuses.slice(4, 6)], [5, [303, 429]]);
  const { text } = await ask('sam');
  assert.match(text, /Five test e-mails went to this colleague within an hour, and none was opened/);
  assert.match(text, /The next one may go at <time datetime="\d{4}-\d\d-\d\dT/);
  await ask('grace');
  assert.equal(mailsTo('grace'), 1, 'others are not kept waiting');
  await pass(61);
  assert.equal((await ask('sam')).status, 303);
});

test('a link that was opened begins the count anew', async () => {
  await pass(200);
  const before = mailsTo('sam');
  for (let count = 0; count < 12; count++) {
    assert.equal((await ask('sam')).status, 303);
    if (count % 4 === 3) await app.browser().get(new URL(app.mails.at(-1)!.link).pathname);
  }
  assert.equal(mailsTo('sam') - before, 12);
});

test('fifty test emails of an organization may be unopened within an hour', async () => {
  await pass(400);
  const before = app.mails.length;
  for (let index = 0; index < 52; index++) await ask(`user${index}`);
  assert.equal(app.mails.length - before, 50);
  assert.match((await ask('user52')).text, /Fifty test e-mails of your organization/);
});
