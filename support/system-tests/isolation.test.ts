/** Many organizations and tenants in parallel, each with its own fault and clock, do not affect each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect, passMinutes } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { inFull } from '../stack/sample.fixture.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { linkToSam, sendTest } from './sp-forms.ts';

/** The action of each, and how its test must end. */
const fates = [
  { fault: undefined, minutes: 0, ends: 'success' },
  { fault: 'an assertion with a different Audience', minutes: 0, ends: 'audience-mismatch' },
  { fault: undefined, minutes: 24 * 60 + 1, ends: 'expired' },
  { fault: 'signatures by an unknown key', minutes: 0, ends: 'signing-cert-mismatch' },
  { fault: undefined, minutes: 12 * 60, ends: 'success' },
] as const;

async function play(stack: Stack, { fault, minutes }: (typeof fates)[number]): Promise<string | undefined> {
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack };
  const { cast, organization, tenant } = rehearsal;
  await connect(rehearsal);
  if (fault) await stack.idp.control.put(`/tenants/${tenant.slug}/faults`, [{ phrase: fault }]);
  await sendTest(rehearsal);
  if (minutes > 0) await passMinutes(rehearsal, minutes);
  await signInScripted({ spUrl: stack.sp.url, person: cast.Sam, startAt: await linkToSam(rehearsal) });
  const [test] = (await snapshot(rehearsal)).profiles[0]!.tests;
  assert.equal((await stack.mailbox.messagesTo(cast.Sam.address)).length, 1, `${organization.slug} has its own mail`);
  return test?.verdict ?? test?.state;
}

/** Repetitions of each; in full, fifty run at once. */
const times = inFull ? 10 : 3;

test(`${times * fates.length} in parallel end as each of them would alone`, async () => {
  await using stack = await startStack();
  const alone: (string | undefined)[] = [];
  for (const fate of fates) alone.push(await play(stack, fate));
  assert.deepEqual(
    alone,
    fates.map(({ ends }) => ends),
  );
  const runs = await Promise.all(
    Array.from({ length: times }, () => Promise.all(fates.map((fate) => play(stack, fate)))),
  );
  assert.deepEqual(
    runs,
    Array.from({ length: times }, () => alone),
  );
  assert.deepEqual([await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')], [[], []]);
});
