/** Access to the Admin Center: who may act on which profile, and what the browser gets. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { createProfile, type Profile } from '../profile.ts';
import { startSession } from '../session.ts';
import { exchange, lineTo } from '../two-organizations.fixture.ts';
import { acme, acmesSpForEachTest, addressOf } from './admin-center.fixture.ts';
import { asAdministrator, beforehand, onProfile, type Reply } from './visit.ts';

const sp = acmesSpForEachTest();
const addProfile = (): Profile => createProfile(sp.store, acme(sp), { by: addressOf('Ada'), name: 'Main' });

/** A session of this person, or an unknown one. */
const cookieOf = (who?: string): string =>
  `sp_session=${
    who === undefined
      ? 'unknown'
      : startSession(sp.store, acme(sp), { browser: who, address: addressOf(who), method: 'password' })
  }`;

interface Asked {
  who?: string;
  method?: string;
  path?: string;
}

/** The reply to a request for which only this handler is there. */
async function ask(handler: RequestHandler, { who, method = 'GET', path = '/1' }: Asked) {
  const app = express();
  app.all('/:profile', handler);
  app.use((error: Error & { code?: string }, _request: Request, response: Response, _next: unknown) => {
    response.status(500).send(`${error.code}: ${error.message}`);
  });
  const dial = lineTo(createServer(app));
  return exchange(dial, path, { method, headers: { cookie: cookieOf(who) }, body: '' });
}

const nothing: Reply = { page: { title: 'Nothing', body: '' } };

/** A method, and where it leads without a session. */
const strangers: readonly (readonly [method: string, to: string])[] = [
  ['GET', '/login'],
  ['HEAD', '/login'],
  ['POST', '/login?session-ended'],
];
for (const [method, to] of strangers)
  test(`${method} without a session leads to ${to}`, async () => {
    let hasActed = false;
    const act = (): Reply => {
      hasActed = true;
      return nothing;
    };
    const { status, headers } = await ask(asAdministrator(sp, act), { method });
    assert.deepEqual([status, headers.location, hasActed], [303, to, false]);
  });

test('an administrator acts in the own organization, and other users do not act', async () => {
  const acted: string[] = [];
  const handler = asAdministrator(sp, ({ user, organization }) => {
    acted.push(`${user.name} of ${organization.name}`);
    return nothing;
  });
  assert.equal((await ask(handler, { who: 'Ada' })).status, 200);
  assert.match((await ask(handler, { who: 'Sam' })).text, /^administrators-only: Only administrators of the organ/);
  assert.deepEqual(acted, ['Ada of Acme']);
});

test('the browser gets a page with its status, a file to save, or is led on', async () => {
  const reply = (one: Reply) =>
    ask(
      asAdministrator(sp, () => one),
      { who: 'Ada' },
    );
  const page = await reply({ page: { title: 'Not so', body: 'at all' }, status: 409 });
  assert.equal(page.status, 409);
  assert.match(page.text, /<h1>Not so<\/h1>\s+at all/);
  assert.equal((await reply(nothing)).status, 200);
  const file = await reply({ file: { name: 'log.csv', type: 'text/csv; charset=utf-8', content: 'a,b' } });
  assert.deepEqual(
    [file.status, file.text, file.headers['content-type'], file.headers['content-disposition']],
    [200, 'a,b', 'text/csv; charset=utf-8', 'attachment; filename=log.csv'],
  );
  const ledOn = await reply({ to: '/elsewhere' });
  assert.deepEqual([ledOn.status, ledOn.headers.location], [303, '/elsewhere']);
});

test('what comes first is finished before the browser is led on', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = (): Promise<void> => promise.then(() => void order.push('finished'));
  const leading = ask(
    asAdministrator(sp, () => ({ to: '/next', first })),
    { who: 'Ada' },
  );
  setImmediate(resolve);
  await leading.then(() => order.push('led on'));
  assert.deepEqual(order, ['finished', 'led on']);
});

/** URLs of no profile, made of the number of one. */
const others: Readonly<Record<string, (id: number) => string>> = {
  'another number': (id) => `/${id + 1}`,
  'a space before the number': (id) => `/%20${id}`,
  'a space after the number': (id) => `/${id}%20`,
  'the number in hexadecimal': (id) => `/0x${id.toString(16)}`,
  '16 digits': (id) => `/${String(id).padStart(16, '0')}`,
  'a word': () => '/one',
};
for (const [what, path] of Object.entries(others))
  test(`no profile is found by ${what}`, async () => {
    const { id } = addProfile();
    const { text } = await ask(
      onProfile(sp, () => nothing),
      { who: 'Ada', path: path(id) },
    );
    assert.equal(text, 'profile-not-found: Your organization has no SSO profile at this URL.');
  });

test('the profile in the URL is visited, if it is of the organization', async () => {
  const { id } = addProfile();
  const visits = onProfile(sp, ({ profile, session }) => ({ to: `/${profile.name}-of-${session.user.name}` }));
  assert.equal((await ask(visits, { who: 'Ada', path: `/${id}` })).headers.location, '/Main-of-Ada');
  assert.equal((await ask(visits, { who: 'Ada', path: `/${`${id}`.padStart(15, '0')}` })).status, 303);
  sp.store.run`INSERT INTO organizations (slug, name) VALUES ('globex', 'Globex')`;
  sp.store.run`UPDATE profiles SET organization = 'globex' WHERE id = ${id}`;
  assert.match((await ask(visits, { who: 'Ada', path: `/${id}` })).text, /^profile-not-found/);
  sp.store.run`DELETE FROM organizations WHERE slug = 'globex'`;
});

test('what takes time is done for administrators only, before anything else', async () => {
  const { id } = addProfile();
  const order: string[] = [];
  const slowly = beforehand(sp, async ({ profile, session }) => {
    order.push(`begin ${profile.name} for ${session.user.name}`);
    await Promise.resolve();
    order.push('end');
  });
  const both: RequestHandler = (request, response, next) =>
    slowly(request, response, (error) => {
      order.push('next');
      if (error) return next(error);
      return onProfile(sp, () => nothing)(request, response, next);
    });
  const path = `/${id}`;
  assert.equal((await ask(both, { who: 'Ada', path, method: 'POST' })).status, 200);
  assert.deepEqual(order.splice(0), ['begin Main for Ada', 'end', 'next']);
  assert.equal((await ask(both, { path, method: 'POST' })).headers.location, '/login?session-ended');
  assert.deepEqual(order.splice(0), ['next']);
  assert.match((await ask(both, { who: 'Sam', path })).text, /^administrators-only/);
  assert.match((await ask(both, { who: 'Ada', path: '/0' })).text, /^profile-not-found/);
  assert.deepEqual(order, []);
});
