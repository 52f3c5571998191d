/** Each case that the lab can stage really happens once staged, and a reset restores the SSO profile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RejectionCode } from '../../sp/rejection-advice.ts';
import { type CaseCode, caseOf, cases } from '../../sp/troubleshooting.ts';
import { NotDone } from '../product/deed.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { sample } from '../stack/sample.fixture.ts';
import { createVisitor } from '../stack/visitor.ts';
import { labForTests } from './lab.fixture.ts';
import { latestResponse, post, rehearse, resetLab, sendTest, stage } from './rehearse.fixture.ts';
import { stagings } from './staging.ts';

const lab = await labForTests();

/** Ignores numbers: an app that was registered again has a new one. */
const withoutNumbers = (settings: unknown): unknown =>
  JSON.parse(JSON.stringify(settings, (key, value: unknown) => (key === 'number' ? undefined : value)));

const byEnd = (end: string): CaseCode[] =>
  (Object.keys(stagings) as CaseCode[]).filter((code) => stagings[code]!.ends === end);

for (const code of sample(byEnd('rejected'), 12)) {
  test(`${code}: the rejection leads to this case`, async () => {
    const earlier = (await latestResponse(lab))?.id;
    await stage(lab, code);
    await rehearse(lab);
    const last = await latestResponse(lab);
    assert.ok(last && last.id !== earlier, 'a response arrived');
    assert.notEqual(last.verdict, 'success');
    assert.equal(caseOf(last.verdict as RejectionCode), code, last.verdict);
  });
}

const alsoRejected: Partial<Record<CaseCode, RejectionCode>> = {
  'nameid-not-stable': 'nameid-format-wrong',
  'nameid-changed-owner': 'nameid-user-mismatch',
  'email-missing': 'required-attribute-missing',
};

for (const [code, rejection] of sample(Object.entries(alsoRejected), 1)) {
  test(`${code}: a test ends as ${rejection}`, async () => {
    await stage(lab, code);
    await rehearse(lab);
    assert.equal((await latestResponse(lab))?.verdict, rejection);
  });
}

test('test-link-expired and test-mail-missing: the tester and Ada see the reason', async () => {
  await resetLab(lab);
  const link = new URL(await sendTest(lab), lab.rehearsal.stack.sp.url);
  await stage(lab, 'test-link-expired');
  assert.match((await createVisitor().visit(link)).text, /This link has expired/);
  await stage(lab, 'test-mail-missing');
  const { messagesTo } = lab.rehearsal.stack.mailbox;
  const { address } = lab.rehearsal.cast.Sam;
  const before = await messagesTo(address);
  await assert.rejects(sendTest(lab), NotDone);
  assert.equal((await messagesTo(address)).length, before.length);
  assert.equal((await snapshot(lab.rehearsal)).profiles[0]?.tests[0]?.mailState, 'failed');
});

/** Text on the tester's page, if it is not the code of the case. */
const stuckAt: Partial<Record<CaseCode, RegExp>> = {
  'idp-page-not-found': /Not found/,
  'app-not-assigned': /Code: not-assigned/,
  'request-issuer-case': /Code: app-unknown/,
  'idp-user-locked': /Code: account-locked/,
  'idp-realm-disabled': /Sign-in disabled/,
};

for (const code of sample(byEnd('stuck'), 5)) {
  test(`${code}: the tester is stuck at the identity provider`, async () => {
    const earlier = (await snapshot(lab.rehearsal)).responses.length;
    await stage(lab, code);
    const ended = await rehearse(lab);
    assert.equal((await snapshot(lab.rehearsal)).responses.length, earlier, 'no response');
    if (code === 'idp-unreachable') return assert.equal(ended, undefined);
    assert.match(ended!.url.hostname, /^(idp\.)?localhost$/);
    assert.match(ended!.text, stuckAt[code] ?? new RegExp(`Code: ${code}`));
  });
}

/** All settings of both sides; keys and certificates may differ, as a key rollover is not undone. */
async function settings(): Promise<unknown> {
  const {
    stack: { sp, idp },
    tenant,
    organization,
  } = lab.rehearsal;
  const { apps, users, faults, disabled, clockOffsetMs, wantAuthnRequestsSigned, validUntil } = await idp.control.get<
    Record<string, unknown>
  >(`/tenants/${tenant.slug}`);
  const side = await sp.control.get<{
    clockOffsetMs: number;
    users: unknown;
    profiles: { settings: { certificates: string[] } }[];
  }>(`/organizations/${organization.slug}`);
  const profiles = side.profiles.map((one) => ({ ...one.settings, certificates: one.settings.certificates.length }));
  return {
    idp: { apps, users, faults, disabled, clockOffsetMs, wantAuthnRequestsSigned, validUntil },
    sp: { clockOffsetMs: side.clockOffsetMs, users: side.users, profiles },
  };
}

test('after any staging, a reset restores everything, and Sam can sign in again', async () => {
  await resetLab(lab);
  const before = withoutNumbers(await settings());
  for (const code of sample(Object.keys(stagings), 15)) {
    await stage(lab, code);
    await resetLab(lab);
    assert.deepEqual(withoutNumbers(await settings()), before, code);
  }
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
  assert.doesNotMatch((await createVisitor().visit(lab.url)).text, /Staged:/);
});

test('a staged case happens as the chosen product does it', async () => {
  await post(lab, '/product', [['product', 'entra']]);
  await stage(lab, 'app-not-assigned');
  assert.match((await createVisitor().visit(lab.url)).text, /behaves like Entra ID/);
  assert.match((await rehearse(lab))!.text, /AADSTS50105/);
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
  assert.equal((await latestResponse(lab))?.verdict, 'audience-mismatch');
  await resetLab(lab);
  assert.doesNotMatch((await createVisitor().visit(lab.url)).body, /value="entra" selected/);
});

test('the front page shows the staged case and what to do next', async () => {
  const page = await stage(lab, 'app-not-assigned');
  assert.ok(page.text.includes(`Staged: ${cases['app-not-assigned'].title}`), page.text.slice(0, 300));
  assert.match(page.text, /send Sam an SSO test/);
  await resetLab(lab);
});

test('a case that cannot be staged is rejected with those that can', async () => {
  const page = await stage(lab, 'no-such-case');
  assert.equal(page.status, 400);
  assert.match(page.text, /Use one of: .*app-not-assigned/);
});
