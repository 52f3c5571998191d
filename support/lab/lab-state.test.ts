/** The state on the front page: it names everything that was changed, and putting right undoes all of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import { changeProfile, unassign } from '../scenario/tasks/set-up.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';
import { labForTests } from './lab.fixture.ts';
import type { StartedLab } from './lab.ts';
import { latestResponse, rehearse, resetLab, sendTest } from './rehearse.fixture.ts';
import { connectionTo } from './seed.ts';

const lab = await labForTests();

const front = (): Promise<Visit> => createVisitor().visit(new URL('/', lab.url));

/** The changed rows: `Clocks: the service provider’s clock is 2 days ahead`. */
function changedIn({ body }: Visit): string[] {
  const page = load(body);
  return page('.changes dt')
    .toArray()
    .flatMap((row) =>
      page(row)
        .next()
        .find('li')
        .toArray()
        .map((one) => `${page(row).text()}: ${page(one).text()}`),
    );
}

/** Everything that the lab's pages and its user can change, and the words for it. */
async function changeEverything({ rehearsal }: StartedLab): Promise<string[]> {
  const { stack, cast } = rehearsal;
  const { sp, idp, mailProblems } = stack;
  await idp.control.put('/tenants/acme/faults', [{ phrase: 'an assertion with a different Audience' }]);
  await idp.control.put('/tenants/acme/hold', { hold: true });
  await idp.control.patch('/tenants/acme', {
    clockOffsetMs: -3_600_000,
    disabled: true,
    wantAuthnRequestsSigned: true,
    validUntil: '2020-01-01T00:00:00Z',
    persona: 'entra',
    publishNextKey: true,
  });
  await idp.control.put(`/tenants/acme/users/${cast.Grace.address}`, { password: 'x', locked: true });
  await unassign(rehearsal, 'Sam');
  await changeProfile(rehearsal, { signRequests: true, policies: { allowSha1: true } });
  await sp.control.put('/organizations/acme/profiles/Acme/enforce-unproven', {});
  await sp.control.patch(`/organizations/acme/users/${cast.Grace.address}`, { deactivated: true });
  await sp.control.patch('/organizations/acme', { clockOffsetMs: 2 * 86_400_000 });
  await mailProblems!.arrange(cast.Sam.address, 'delays');
  return [
    'Responses: an assertion with a different Audience (not applied yet)',
    'Next response: will be held',
    'Clocks: the service provider’s clock is 2 days ahead',
    'Clocks: the identity provider’s clock is 1 hour behind',
    'Identity provider: behaves like Entra ID',
    'Identity provider: switched off for Acme',
    'Identity provider: demands signed requests',
    'Identity provider: its metadata expires on 2020-01-01',
    'Identity provider: publishes its next certificate',
    'Identity provider: Sam is not assigned to the app',
    'Identity provider: Grace is locked',
    'SSO profile: other entity ID of the IdP',
    'SSO profile: other certificates',
    'SSO profile: other signed requests',
    'SSO profile: other policies',
    'Enforcement: revision 2 is enforced for 3 users',
    'Users: grace@acme.example is deactivated',
    'Email to Sam: the mail server delays it',
  ];
}

test('at the start nothing is changed, and there is nothing to put right', async () => {
  const page = await front();
  assert.deepEqual(changedIn(page), []);
  assert.match(page.text, /Everything works: a sign-in succeeds/);
  await resetLab(lab);
  assert.match((await front()).text, /Nothing to put right/);
});

test('the front page names every change; putting right undoes them all, says so, and a sign-in succeeds', async () => {
  const changes = await changeEverything(lab);
  const changed = await front();
  assert.deepEqual(changedIn(changed), changes);
  assert.match(changed.text, /18 things are not as set up/);
  await resetLab(lab);
  const page = await front();
  const undone = load(page.body)('[role=status] li');
  assert.deepEqual(
    undone.toArray().map((one) => load(one).text()),
    changes,
  );
  assert.deepEqual(changedIn(page), []);
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
});

test('enforcement of an added profile is a change; after a change, the last reset is not shown', async () => {
  const { sp, idp } = lab.rehearsal.stack;
  await resetLab(lab);
  await sp.control.put('/organizations/acme/profiles/Berlin', connectionTo(await idp.control.get('/tenants/acme')));
  await sp.control.put('/organizations/acme/profiles/Berlin/enforce-unproven', {});
  const page = await front();
  assert.deepEqual(changedIn(page), ['Enforcement: revision 1 of Berlin is enforced for 3 users']);
  assert.doesNotMatch(page.text, /Nothing to put right/);
  await resetLab(lab);
  assert.deepEqual(changedIn(await front()), []);
});

test('putting right sends a held response unchanged, so that no browser waits', async () => {
  await lab.rehearsal.stack.idp.control.put('/tenants/acme/hold', { hold: true });
  const { Sam } = lab.rehearsal.cast;
  const sam = createVisitor();
  const startAt = await sendTest(lab);
  const waits = await signInScripted({ spUrl: lab.rehearsal.stack.sp.url, person: Sam, visitor: sam, startAt });
  assert.match(changedIn(await front()).join(), /^Next response: held since [\d:]{8}, waiting for you$/);
  await resetLab(lab);
  const delivered = await sam.visit(waits.url);
  await sam.submit(delivered.forms[0]!, {}, { from: delivered.url });
  assert.equal((await latestResponse(lab))?.verdict, 'success');
});
