/** Each logout fault against our SP, by outcome: a rejected LogoutRequest keeps the user signed in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { logoutFaultPhrases, logoutFaults } from '../../mock-idp/faults.ts';
import { connect, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { sample } from '../stack/sample.fixture.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { isSignedIn } from './sp-forms.ts';

let stack: Stack;
let rehearsal: Rehearsal;
before(async () => {
  stack = await startStack();
  rehearsal = { ...nameRehearsal(), stack };
  const { ssoUrl } = await connect(rehearsal);
  const acme = `/organizations/${rehearsal.organization.slug}`;
  await stack.sp.control.patch(`${acme}/profiles/Acme`, { sloUrl: ssoUrl.replace(/sso$/, 'slo') });
  await stack.sp.control.put(`${acme}/profiles/Acme/enforce-unproven`, {});
  await registerApp(rehearsal, await stack.sp.control.get<SpSide>(acme));
});
after(() => stack[Symbol.asyncDispose]());

const faultsPath = (): string => `/tenants/${rehearsal.tenant.slug}/faults`;
const arrange = (...phrases: string[]): Promise<unknown> => stack.idp.control.put(faultsPath(), phrases);
const struck = async (): Promise<number[]> =>
  (await stack.idp.control.get<{ struck: number }[]>(faultsPath())).map((one) => one.struck);

/** Sam, signed in at our SP. */
async function signIn(): Promise<{ sam: Visitor; home: Visit }> {
  const sam = createVisitor();
  const home = await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor: sam });
  assert.equal(home.url.pathname, '/console');
  return { sam, home };
}

/** Goes through the pages that submit themselves. */
async function follow(visitor: Visitor, page: Visit): Promise<Visit> {
  const form = page.forms.find(({ fields }) => fields.some(({ name }) => name.startsWith('SAML')));
  return form === undefined ? page : follow(visitor, await visitor.submit(form, {}, { from: page.url }));
}

async function signOutAtIdp(visitor: Visitor): Promise<Visit> {
  const portal = await visitor.visit(new URL(`/${rehearsal.tenant.slug}`, stack.idp.url));
  const logout = portal.forms.find(({ action }) => action.pathname.endsWith('/logout'))!;
  return follow(visitor, await visitor.submit(logout, {}, { from: portal.url }));
}

async function signOutAtSp(visitor: Visitor, home: Visit): Promise<Visit> {
  const button = home.forms.find(({ action }) => action.pathname === '/sign-out')!;
  const page = await visitor.submit(button, {}, { from: home.url });
  const next = /content="0;url=([^"]+)"/.exec(page.body)![1]!.replaceAll('&amp;', '&');
  return follow(visitor, await visitor.visit(next, { from: page.url }));
}

/** Sends the SP a LogoutRequest that, sent again, would end any session of Sam. */
async function recordRequest(): Promise<void> {
  const { sam } = await signIn();
  await arrange('a LogoutRequest without SessionIndex');
  await signOutAtIdp(sam);
}

/** The SP does not reject these two: it ends no session that the request does not name. */
const endNoSession = ['a LogoutRequest with a different NameID', 'a LogoutRequest with a different SessionIndex'];
/** The SP does not reject these two: it shows that sessions remain open. */
const reportFailure = ['a LogoutResponse with a Responder status', 'a LogoutResponse with a PartialLogout status'];

const everywhere = /ended, here and at your identity provider/;
for (const phrase of sample(logoutFaultPhrases, 8)) {
  const { logout, verdict }: Fault = logoutFaults[phrase];
  if (logout!.message === 'LogoutRequest')
    test(`${phrase}: ${verdict === 'reject' ? 'Sam stays signed in' : 'Sam is signed out'}`, async () => {
      if (phrase === 'a replayed LogoutRequest') await recordRequest();
      const { sam } = await signIn();
      await arrange(phrase);
      const { status, text } = await signOutAtIdp(sam);
      assert.deepEqual(await struck(), [1]);
      await arrange();
      assert.equal(await isSignedIn(sam, stack.sp.url), verdict === 'reject');
      const isRejected = verdict === 'reject' && !endNoSession.includes(phrase);
      assert.equal(status, isRejected ? 403 : 200, text);
    });
  else
    test(`${phrase}: the page does not say that all sessions have ended`, async () => {
      const { sam, home } = await signIn();
      await arrange(phrase);
      const { status, text } = await signOutAtSp(sam, home);
      assert.deepEqual(await struck(), [1]);
      await arrange();
      assert.doesNotMatch(text, everywhere);
      assert.equal(status, reportFailure.includes(phrase) ? 200 : 403, text);
      assert.equal(await isSignedIn(sam, stack.sp.url), false);
    });
}

test('without a fault, both ways sign Sam out everywhere', async () => {
  const { sam } = await signIn();
  await signOutAtIdp(sam);
  assert.equal(await isSignedIn(sam, stack.sp.url), false);
  const { sam: again, home } = await signIn();
  assert.match((await signOutAtSp(again, home)).text, everywhere);
});
