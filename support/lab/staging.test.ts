/** Each case that the lab can stage really happens once it is staged, and putting right restores the connection. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RejectionCode } from '../../sp/rejection-advice.ts';
import { type CaseCode, caseOf, cases } from '../../sp/troubleshooting.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { createVisitor } from '../stack/visitor.ts';
import { type StartedLab, startLab } from './lab.ts';
import { askSam, latestAnswer, putRight, rehearse, stage } from './rehearse.fixture.ts';
import { stagings } from './staging.ts';

let folder: string;
let lab: StartedLab;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
  lab = await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 });
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** An app that was registered anew has a new number. */
const withoutNumbers = (settings: unknown): unknown =>
  JSON.parse(JSON.stringify(settings, (key, value: unknown) => (key === 'number' ? undefined : value)));

const byEnd = (end: string): CaseCode[] =>
  (Object.keys(stagings) as CaseCode[]).filter((code) => stagings[code]!.ends === end);

for (const code of byEnd('refused')) {
  test(`${code}: the refusal leads to this case`, async () => {
    const former = (await latestAnswer(lab))?.id;
    await stage(lab, code);
    await rehearse(lab);
    const last = await latestAnswer(lab);
    assert.ok(last && last.id !== former, 'an answer came');
    assert.notEqual(last.verdict, 'success');
    assert.equal(caseOf(last.verdict as RejectionCode), code, last.verdict);
  });
}

const alsoRefused: Partial<Record<CaseCode, RejectionCode>> = {
  'nameid-not-stable': 'nameid-format-wrong',
  'nameid-changed-owner': 'nameid-user-mismatch',
  'email-missing': 'required-attribute-missing',
};

for (const [code, rejection] of Object.entries(alsoRefused)) {
  test(`${code}: a test ends as ${rejection}`, async () => {
    await stage(lab, code);
    await rehearse(lab);
    assert.equal((await latestAnswer(lab))?.verdict, rejection);
  });
}

test('test-link-expired and test-mail-missing: what the tester and Ada see', async () => {
  await putRight(lab);
  const link = new URL(await askSam(lab), lab.rehearsal.stack.sp.url);
  await stage(lab, 'test-link-expired');
  assert.match((await createVisitor().visit(link)).text, /This link has expired/);
  await stage(lab, 'test-mail-missing');
  const { messagesTo } = lab.rehearsal.stack.mailbox;
  const { address } = lab.rehearsal.cast.Sam;
  const before = await messagesTo(address);
  await askSam(lab);
  assert.equal((await messagesTo(address)).length, before.length);
  assert.equal((await snapshot(lab.rehearsal)).profiles[0]?.tests[0]?.mailState, 'failed');
});

/** What the tester reads there, where it is not the code of the case. */
const stuckAt: Partial<Record<CaseCode, RegExp>> = {
  'idp-page-not-found': /Not found/,
  'app-not-assigned': /Code: not-assigned/,
  'request-issuer-case': /Code: app-unknown/,
  'idp-user-locked': /Code: account-locked/,
  'idp-realm-disabled': /Sign-in turned off/,
};

for (const code of byEnd('stuck')) {
  test(`${code}: the tester is stuck at the identity provider`, async () => {
    const former = (await snapshot(lab.rehearsal)).responses.length;
    await stage(lab, code);
    const ended = await rehearse(lab);
    assert.equal((await snapshot(lab.rehearsal)).responses.length, former, 'nothing came back');
    if (code === 'idp-unreachable') return assert.equal(ended, undefined);
    assert.match(ended!.url.hostname, /^(idp\.)?localhost$/);
    assert.match(ended!.text, stuckAt[code] ?? new RegExp(`Code: ${code}`));
  });
}

/** All settings of both sides; keys and certificates may be new, since a key that was rolled stays so. */
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

test('whatever was staged, putting right leaves everything as it was, and lets Sam in again', async () => {
  await putRight(lab);
  const before = withoutNumbers(await settings());
  for (const code of Object.keys(stagings)) {
    await stage(lab, code);
    await putRight(lab);
    assert.deepEqual(withoutNumbers(await settings()), before, code);
  }
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
  assert.doesNotMatch((await createVisitor().visit(lab.url)).text, /On stage/);
});

test('the front page names the case on stage and what to do next', async () => {
  const page = await stage(lab, 'app-not-assigned');
  assert.ok(page.text.includes(`On stage: ${cases['app-not-assigned'].title}`), page.text.slice(0, 300));
  assert.match(page.text, /ask Sam to test the connection/);
  await putRight(lab);
});

test('a case that cannot be staged is refused with those that can', async () => {
  const page = await stage(lab, 'no-such-case');
  assert.equal(page.status, 400);
  assert.match(page.text, /It can stage: .*app-not-assigned/);
});
