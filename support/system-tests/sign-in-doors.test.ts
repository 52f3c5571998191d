/**
 * Signing in and out at the SP over HTTP: new secrets at every sign-in, sign-out, too many wrong passwords, forms of
 * other sites, a response sent twice.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Name } from '../catalogue/cast.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { sessionCookie, sessionHash, sessionOf, signInByPassword } from '../scenario/tasks/sp-session.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { responseOf, signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { linkToSam, postForm, sendTest, stepPath } from './sp-forms.ts';

let stack: Stack;
let rehearsal: Rehearsal;
before(async () => {
  stack = await startStack();
  rehearsal = { ...nameRehearsal(), stack };
  await connect(rehearsal);
});
after(() => stack[Symbol.asyncDispose]());

type Door = 'password' | 'recovery';

const at = (path: string): URL => new URL(path, stack.sp.url);
const post = (visitor: Visitor, path: string, fields?: readonly (readonly [string, string])[]): Promise<Visit> =>
  postForm(visitor, stack.sp.url, path, fields);
const enter = (
  visitor: Visitor,
  { address, password }: { address: string; password: string },
  door: Door = 'password',
): Promise<Visit> => signInByPassword(visitor, stack.sp.url, { address, password, path: `/login/${door}` });
const signIn = (visitor: Visitor, who: Name): Promise<Visit> => enter(visitor, rehearsal.cast[who]);
const secretOf = (visitor: Visitor): Promise<string | undefined> => sessionOf(visitor, stack.sp.url);
const opens = async (secret: string | undefined): Promise<boolean> =>
  (await request(at('/console'), { headers: { cookie: `${sessionCookie}=${secret}` } })).status === 200;

test('a session planted by an attacker is not used', async () => {
  const planted = randomBytes(32).toString('base64url');
  const victim = createVisitor();
  await victim.jar.setCookie(`${sessionCookie}=${planted}`, stack.sp.url);
  assert.equal((await signIn(victim, 'Sam')).url.pathname, '/console');
  assert.deepEqual([await opens(planted), await opens(await secretOf(victim))], [false, true]);
});

test('every sign-in creates a new 256-bit secret, hidden from scripts, and ends the previous session', async () => {
  const visitor = createVisitor();
  await signIn(visitor, 'Sam');
  const first = await secretOf(visitor);
  await signIn(visitor, 'Sam');
  const second = await secretOf(visitor);
  assert.equal(Buffer.from(second!, 'base64url').length, 32);
  assert.deepEqual([await opens(first), await opens(second)], [false, true]);
  const cookies = await visitor.jar.getCookies(stack.sp.url);
  const { httpOnly, sameSite } = cookies.find(({ key }) => key === sessionCookie)!;
  assert.deepEqual({ httpOnly, sameSite }, { httpOnly: true, sameSite: 'lax' });
  assert.ok(!JSON.stringify(await snapshot(rehearsal)).includes(second!), 'the database has only the secret’s hash');
});

test('signing out ends the session on the server', async () => {
  const visitor = createVisitor();
  await signIn(visitor, 'Sam');
  const secret = await secretOf(visitor);
  await post(visitor, '/sign-out');
  assert.deepEqual([await opens(secret), await secretOf(visitor)], [false, undefined]);
  assert.equal(
    (await snapshot(rehearsal)).sessions.find(({ hash }) => hash === sessionHash(secret!))?.endedBecause,
    'signed-out',
  );
});

test('ten wrong passwords block both sign-in forms of an account for a while, even of an unknown one', async () => {
  const unknown = `unknown@${rehearsal.organization.domain}`;
  for (const address of [rehearsal.cast.Grace.address, unknown]) {
    const attempt = (password: string, door?: Door): Promise<Visit> =>
      enter(createVisitor(), { address, password }, door);
    for (let count = 0; count < 10; count++)
      assert.match((await attempt('wrong', count % 2 === 0 ? 'password' : 'recovery')).text, /wrong/i);
    for (const door of ['password', 'recovery'] as const)
      assert.match((await attempt(rehearsal.cast.Grace.password, door)).text, /too many wrong passwords/i);
  }
  assert.equal((await signIn(createVisitor(), 'Sam')).url.pathname, '/console', 'Sam is not blocked');
});

test('no form of another site has an effect, at any route that accepts forms', async () => {
  const routes = (await stack.sp.control.get<{ method: string; path: string }[]>('/routes')).filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/control') && !path.endsWith('/acs'),
  );
  assert.ok(routes.length > 12, `${routes.length} routes take forms`);
  const ada = createVisitor();
  await signIn(ada, 'Ada');
  const cookie = await ada.jar.getCookieString(stack.sp.url);
  const elsewhere: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    {},
  ];
  for (const { method, path } of routes) {
    for (const headers of elsewhere) {
      const { status } = await request(at(path.replace(/:\w+/g, '1')), {
        method,
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: 'address=x',
      });
      assert.equal(status, 403, `${method} ${path} with ${JSON.stringify(headers)}`);
    }
  }
  assert.ok(await opens(await secretOf(ada)), 'Ada was not signed out');
});

test('no control route opens without its token', async () => {
  const routes = (await stack.sp.control.get<{ method: string; path: string }[]>('/routes')).filter(({ path }) =>
    path.startsWith('/control'),
  );
  assert.ok(routes.length > 12, `${routes.length} control routes`);
  for (const { method, path } of routes) {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic x']) {
      const reply = await request(at(path.replace(/:\w+/g, rehearsal.organization.slug)), {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      assert.equal(reply.status, 401, `${method} ${path}`);
    }
  }
});

test('no page allows foreign scripts or styles', async () => {
  for (const path of ['/login', '/cases', '/nowhere', '/try/x', `/saml/${rehearsal.organization.slug}/acs`]) {
    const policy = (await createVisitor().visit(at(path))).headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe|script-src[^;]*(https?:|\*|'self')|style-src[^;]*(https?:|\*)/, path);
  }
});

test('enforcing ends exactly the sessions that covered users opened with a password, by either form', async () => {
  const own: Rehearsal = { ...nameRehearsal(), stack };
  const { Ada, Grace, Sam } = own.cast;
  await connect(own);
  const [ada, sam, grace, elsewhere] = [createVisitor(), createVisitor(), createVisitor(), createVisitor()];
  await sendTest(own, ada);
  await signInScripted({ spUrl: stack.sp.url, person: Sam, visitor: sam, startAt: await linkToSam(own) });
  await post(ada, await stepPath(own, 'result'), [['mark', 'success']]);
  const enforcing = await stepPath(own, 'enforce');
  const covered = [Ada, Grace, Sam].map(({ address }) => ['users', address] as const);
  await post(ada, enforcing, [...covered, ['recovery', Ada.address], ['recovery', Grace.address]]);
  await enter(grace, Grace, 'recovery');
  await enter(elsewhere, Ada, 'recovery');
  const living = (): Promise<boolean[]> =>
    Promise.all([ada, sam, grace, elsewhere].map(async (visitor) => opens(await secretOf(visitor))));
  assert.deepEqual(await living(), [true, true, true, true]);
  await post(ada, enforcing, [...covered, ['recovery', Ada.address]]);
  assert.deepEqual(await living(), [true, true, false, false]);
});

test('a response that is sent again shows that the test is done, and signs no user in', async () => {
  const sam = createVisitor();
  await sendTest(rehearsal);
  const response = await responseOf({
    spUrl: stack.sp.url,
    person: rehearsal.cast.Sam,
    visitor: sam,
    startAt: await linkToSam(rehearsal),
  });
  const send = (): Promise<Visit> => sam.submit(response, {}, { from: new URL(stack.idp.url) });
  await send();
  const sessions = (await snapshot(rehearsal)).sessions.length;
  assert.match((await send()).text, /This test has passed/);
  assert.equal((await snapshot(rehearsal)).sessions.length, sessions);
});
