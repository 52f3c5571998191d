/** Each recipe of docs/conformance/service-providers.md, played at such a service provider. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Express, Request } from 'express';
import type { ProductModule } from '../product/define-product.ts';
import { BaselineFailed } from './baseline.ts';
import { readConfigOf } from './config.ts';
import type { Examination } from './examination.ts';
import { examine } from './examine.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { standForTests } from './stand.fixture.ts';

const { stand } = await standForTests();

const page = readFileSync(new URL('../../docs/conformance/service-providers.md', import.meta.url), 'utf8');
const examples = page.split(/^## /m).flatMap((section) => {
  const [, json] = /```json\n(.*?)```/s.exec(section) ?? [];
  return json === undefined ? [] : [{ heading: section.slice(0, section.indexOf('\n')), json }];
});

type UserOf = (request: Request) => string | undefined;

/** Pages of all the kinds, at the same service provider. */
function addPages(app: Express, { url, userOf }: { url: string; userOf: UserOf }): void {
  const agreed = new Set<string>();
  app.get('/api/me', (request, response) => {
    const email = userOf(request);
    response.status(email === undefined ? 401 : 200).send(email === undefined ? {} : { user: { email } });
  });
  app.post('/api/sso', (_, response) => void response.send({ redirect: { url: '/login' } }));
  app.get('/app', (request, response) =>
    userOf(request) === undefined ? response.redirect('/goodbye') : response.send('Welcome'),
  );
  app.get(
    '/welcome',
    (_, response) => void response.send('<form action="/login"><button>Sign in with SSO</button></form>'),
  );
  app.get('/', (request, response, next) => {
    const user = userOf(request);
    if (user?.endsWith('@acme.example') && !agreed.has(user))
      return void response.send('<form action="/agree"><button>I agree</button></form>');
    if (user === undefined) return next();
    response.send(`<p>Signed in as: <b>${user}</b></p>`);
  });
  app.get('/agree', (request, response) => {
    agreed.add(userOf(request)!);
    response.redirect('/');
  });
  addOauth(app, { url, userOf });
}

/** The application is on the host app.localhost, the authorization server on 127.0.0.1. */
function addOauth(app: Express, { url, userOf }: { url: string; userOf: UserOf }): void {
  const application = url.replace('127.0.0.1', 'app.localhost');
  const codes = new Map<string, string>();
  app.get('/oauth/login', (_, response) => response.redirect(`${url}/oauth/authorize`));
  app.get('/oauth/authorize', (request, response) => {
    const user = userOf(request);
    if (user === undefined) return response.redirect('/login?then=/oauth/authorize');
    const code = crypto.randomUUID();
    codes.set(code, user);
    return response.redirect(`${application}/oauth/callback?code=${code}`);
  });
  app.get('/oauth/callback', (request, response) => {
    response.setHeader('set-cookie', `oauth=${String(request.query.code)}`).redirect('/oauth/me');
  });
  app.get('/oauth/me', (request, response) => {
    const email = codes.get(/oauth=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    response.send(email === undefined ? {} : { email });
  });
}

async function play(
  json: string,
  change: (recipe: ProductModule) => object = (recipe) => recipe,
): Promise<Examination> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, pages: addPages });
  const { entityId, acs } = sp.config;
  const given = JSON.parse(json.replaceAll(':3000', `:${new URL(sp.url).port}`)) as ProductModule;
  const people = { Sam: { email: 'alice@example.org' } };
  const recipe: ProductModule = { ...{ origin: sp.url, entityId, acs, people }, ...given, name: 'Typical' };
  return await examine({
    config: await readConfigOf({ ...recipe, ...change(recipe) }),
    stand,
    only: ['audience-wrong'],
  });
}

test('there is a recipe for each kind', () => assert.ok(examples.length >= 8, `${examples.length} recipes`));

for (const { heading, json } of examples)
  test(`${heading}: the recipe reaches the first finding`, async () => {
    const { rows } = await play(json);
    assert.deepEqual(
      rows.map(({ code, result, severity }) => [code, result, severity]),
      [['audience-wrong', 'fail', 'high']],
    );
    // The page of another kind does not show who is signed in.
    const other = {
      ...JSON.parse(json).signedIn,
      text: undefined,
      cookie: undefined,
      address: undefined,
      json: 'nowhere',
    };
    await assert.rejects(
      play(json, () => ({ signedIn: other })),
      BaselineFailed,
    );
  });
