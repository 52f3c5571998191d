/** No mail server at all: the service provider goes on, and Ada reads that the e-mail did not go out, why, and what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { startServiceProvider, startStack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';

test('the mail server is down', async () => {
  await using around = await startStack(); // lends its identity provider
  await using sp = await startServiceProvider(); // knows a mail server that is not there
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack: { ...around, sp } };
  const { Ada, Sam } = rehearsal.cast;
  await connect(rehearsal);
  const { id } = (await snapshot(rehearsal)).profiles[0]!;
  const ada = createVisitor();
  const post = (path: string, fields: readonly (readonly [string, string])[]) =>
    ada.visit(new URL(path, sp.url), { method: 'POST', fields, from: new URL(path, sp.url) });
  await post('/login/password', [
    ['address', Ada.address],
    ['password', Ada.password],
  ]);
  const { status, text } = await post(`/admin/sso/${id}/test`, [['address', Sam.address]]);
  assert.equal(status, 200);
  assert.match(
    text,
    /The e-mail to Sam did not go out\. The mail server could not be reached \(connect ECONNREFUSED 127\.0\.0\.1:9\)\.\s?Check the address and the mail server, then send it again\./,
  );
  assert.equal((await snapshot(rehearsal)).profiles[0]!.tests[0]?.state, 'mail-failed');
  assert.deepEqual(await sp.control.get('/errors'), []);
});
