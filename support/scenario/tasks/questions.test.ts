/** Questions change nothing: what the SP has recorded of profiles, tests and responses is the same afterwards. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { arrange } from '../../../mock-idp/faults.ts';
import { ownProduct, ownRecipe } from '../../product/own-product.ts';
import { nameRehearsal } from '../../stack/rehearsal.ts';
import { type Stack, startStack } from '../../stack/servers.ts';
import { createCast } from '../actor.ts';
import type { Scene } from '../scene.ts';
import { takeTest } from './connection-test.ts';
import * as questions from './questions.ts';
import { snapshot } from './records.ts';
import * as rejected from './rejected-response.ts';
import { connect, passMinutes, sendFaults, unassign } from './set-up.ts';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

function createScene(): Scene {
  const { organization, tenant, cast } = nameRehearsal();
  const noBrowser = (): Promise<never> => Promise.reject(new Error('there is no browser here'));
  return { stack, organization, tenant, cast: createCast(cast, noBrowser, { kind: () => 'http' }) };
}

const recorded = async (scene: Scene): Promise<object> => {
  const { profiles, responses } = await snapshot(scene);
  return { profiles, responses };
};

test('after a rejected response', async () => {
  const scene = createScene();
  await connect(scene);
  await sendFaults(scene, [arrange('an assertion with a different Audience')]);
  await takeTest(scene, { who: 'Sam' });
  const before = await recorded(scene);
  assert.equal(await questions.entryForAda(scene), await rejected.entryForRejection(scene));
  await rejected.entryTitle(scene);
  await questions.testPage(scene);
  await questions.reads(scene, 'Sam');
  await questions.whereTo(scene, 'Sam');
  assert.equal(await questions.session(scene, 'Sam'), undefined);
  assert.deepEqual(await recorded(scene), before);
});

test('after a test without a response', async () => {
  const scene = createScene();
  await connect(scene);
  await unassign(scene, 'Sam');
  await takeTest(scene, { who: 'Sam' });
  await passMinutes(scene, 31);
  const before = await recorded(scene);
  assert.deepEqual(await questions.unansweredHint(scene), { verdict: 'unanswered', likeliest: 'app-not-assigned' });
  assert.equal(await questions.verdict(scene), 'unanswered');
  assert.deepEqual(await questions.waysIn(scene, 'Sam'), ['password']);
  assert.deepEqual(await recorded(scene), before);
});

test('whether a product asks for a password is not a question to a product that takes none', async () => {
  const scene = createScene();
  const { password: _, ...signIn } = ownRecipe.signIn;
  const product = { ...ownProduct(stack.sp.url), recipe: { ...ownRecipe, name: 'Board', signIn } };
  const beside = { ...scene, product: { product } } as unknown as Scene;
  await assert.rejects(questions.askedFor(beside, 'Sam'), {
    message: 'Board does not ask for a password while SSO is set up',
  });
  assert.equal(await questions.askedFor(scene, 'Sam'), 'nothing');
});
