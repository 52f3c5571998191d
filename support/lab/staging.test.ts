/** Each case that the lab can stage really happens once it is staged, and putting right makes the connection whole again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { caseOf, cases, type CaseCode } from '../../sp/cases.ts';
import type { RejectionCode } from '../../sp/rejection.ts';
import { signInScripted } from '../scripted-sign-in.ts';
import { snapshot } from '../tasks/records.ts';
import { createVisitor, type Visit } from '../visitor.ts';
import { startLab, type StartedLab } from './lab.ts';
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

const stage = (code: string): Promise<Visit> => post('/stage', [['code', code]]);
const putRight = (): Promise<Visit> => post('/put-right');
const post = (path: string, fields: readonly (readonly [string, string])[] = []): Promise<Visit> =>
  createVisitor().visit(new URL(path, lab.url), { method: 'POST', fields, from: new URL(lab.url) });

/** Ada asks, Sam tries; where it ended, or undefined when the connection broke. */
async function rehearse(): Promise<Visit | undefined> {
  const { stack, cast } = lab.rehearsal;
  const ada = createVisitor();
  const login = await ada.visit(new URL('/login', stack.sp.url));
  const password = await ada.submit(login.forms[0]!, { address: cast.Ada.address }, { from: login.url });
  await ada.submit(password.forms.at(-1)!, { password: cast.Ada.password }, { from: password.url });
  const [profile] = (await snapshot(lab.rehearsal)).profiles;
  const step = new URL(`/admin/sso/${profile!.id}/test`, stack.sp.url);
  await ada.visit(step, { method: 'POST', fields: [['address', cast.Sam.address]], from: step });
  const { text } = (await stack.mailbox.messagesTo(cast.Sam.address)).at(-1)!;
  const startAt = new URL(/http\S+\/try\/\S+/.exec(text)![0]).pathname;
  return signInScripted({ spUrl: stack.sp.url, person: cast.Sam, startAt }).catch(() => undefined);
}

/** The newest entry of the service provider's log of answers. */
const latest = async () => (await snapshot(lab.rehearsal)).responses.toSorted((a, b) => b.id - a.id)[0];

const byEnd = (end: string): CaseCode[] => (Object.keys(stagings) as CaseCode[]).filter((code) => stagings[code]!.ends === end);

for (const code of byEnd('refused')) {
  test(`${code}: the refusal leads to this case`, async () => {
    const former = (await latest())?.id;
    await stage(code);
    await rehearse();
    const last = await latest();
    assert.ok(last && last.id !== former, 'an answer came');
    assert.notEqual(last.verdict, 'success');
    assert.equal(caseOf(last.verdict as RejectionCode), code, last.verdict);
  });
}

/** What the tester reads there, where it is not the code of the case. */
const stuckAt: Partial<Record<CaseCode, RegExp>> = {
  'idp-page-not-found': /Not found/, 'app-not-assigned': /Code: not-assigned/, 'request-issuer-case': /Code: app-unknown/, 'idp-user-locked': /Code: account-locked/, 'idp-realm-disabled': /Switched off/,
};

for (const code of byEnd('stuck')) {
  test(`${code}: the tester is stuck at the identity provider`, async () => {
    const former = (await snapshot(lab.rehearsal)).responses.length;
    await stage(code);
    const ended = await rehearse();
    assert.equal((await snapshot(lab.rehearsal)).responses.length, former, 'nothing came back');
    if (code === 'idp-unreachable') return assert.equal(ended, undefined);
    assert.match(ended!.url.hostname, /^(idp\.)?localhost$/);
    assert.match(ended!.text, stuckAt[code] ?? new RegExp(`Code: ${code}`));
  });
}

test('whatever was staged, putting right lets Sam in again', async () => {
  for (const code of Object.keys(stagings)) {
    await stage(code);
    await putRight();
  }
  assert.equal((await rehearse())?.url.pathname, '/console');
  assert.doesNotMatch((await createVisitor().visit(lab.url)).text, /On stage/);
});

test('the front page names the case on stage and what to do next', async () => {
  const page = await stage('app-not-assigned');
  assert.ok(page.text.includes(`On stage: ${cases['app-not-assigned'].title}`), page.text.slice(0, 300));
  assert.match(page.text, /ask Sam to test the connection/);
  await putRight();
});

test('a case that cannot be staged is refused with those that can', async () => {
  const page = await stage('no-such-case');
  assert.equal(page.status, 400);
  assert.match(page.text, /It can stage: .*app-not-assigned/);
});
