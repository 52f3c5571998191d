/** Scenes for another harness: what they begin with, what they check at the end, and what remains of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { arrange } from '../../mock-idp/faults.ts';
import { request } from '../stack/http.ts';
import { beginScene, endRun, endScene } from './guest-run.ts';
import { connect } from './tasks/connect.ts';
import { takeTest } from './tasks/connection-test.ts';
import { verdict } from './tasks/questions.ts';
import { sendAnotherFault } from './tasks/set-up.ts';

after(endRun);
const kind = 'http';

test('two scenes share the servers and nothing else, and the end of the run stops them', async () => {
  const [one, other] = [await beginScene({ kind }), await beginScene({ kind })];
  assert.equal(one.stack, other.stack);
  assert.notEqual(one.organization.domain, other.organization.domain);
  await connect(one);
  await sendAnotherFault(one, arrange('an assertion with a different Audience'));
  await takeTest(one, { who: 'Sam' });
  assert.equal(await verdict(one), 'audience-mismatch');
  await endScene(one);
  await endScene(other);
  const { url } = one.stack.sp;
  assert.equal((await request(`${url}/login`)).status, 200);
  await endRun();
  await assert.rejects(request(`${url}/login`));
});

test('the end of a scene checks what must always hold', async () => {
  const scene = await beginScene({ kind });
  await connect(scene);
  await sendAnotherFault(scene, arrange('an assertion with a different Audience'));
  await assert.rejects(endScene(scene), /every arranged fault struck/);
  await endRun();
});

test('a real IdP is for our own runs', async () => {
  process.env.IDP = 'keycloak';
  try {
    await assert.rejects(beginScene({ kind }), {
      message: 'IDP=keycloak works with npx sso-rehearsal bdd only. Unset it, or use that command.',
    });
    await assert.rejects(beginScene({ kind }), /IDP=keycloak works/, 'each further scene');
  } finally {
    delete process.env.IDP;
  }
});
