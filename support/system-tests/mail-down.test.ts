/** Without a mail server the SP continues, and Ada sees that the email was not sent, why, and what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { startServiceProvider, startStack } from '../stack/servers.ts';
import { sendTest } from './sp-forms.ts';

test('the mail server is down', async () => {
  await using around = await startStack(); // lends its identity provider
  await using sp = await startServiceProvider(); // knows a mail server that is not there
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack: { ...around, sp } };
  await connect(rehearsal);
  const { status, text } = await sendTest(rehearsal);
  assert.equal(status, 200);
  const why = String.raw`The mail server could not be reached \(connect ECONNREFUSED 127\.0\.0\.1:9\)\.`;
  const advice = String.raw`Check the email and the mail server, then try again\.`;
  assert.match(text, new RegExp(String.raw`The email to Sam could not be sent\. ${why}\s?${advice}`));
  assert.equal((await snapshot(rehearsal)).profiles[0]!.tests[0]?.state, 'mail-failed');
  assert.deepEqual(await sp.control.get('/errors'), []);
});
