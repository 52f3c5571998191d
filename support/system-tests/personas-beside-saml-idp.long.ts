/** saml-idp, run here, and its persona write alike: every difference fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseTo } from '../../mock-idp/personas/persona-response.fixture.ts';
import { skeletonOf } from '../../mock-idp/personas/skeleton.ts';
import { questions } from '../../mock-idp/personas/skeletons.fixture.ts';
import { samlIdp } from '../idp/saml-idp.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { responseOf, skeletonBeside, startReader } from './personas-beside-products.ts';

test('saml-idp', async () => {
  await using sp = await startReader();
  await using idp = await samlIdp();
  const rehearsal = nameRehearsal() as Rehearsal;
  const { ssoUrl } = await idp.createTenant(rehearsal);
  await idp.registerApp(rehearsal, sp);
  const product = await responseOf(ssoUrl, sp, { username: 'sam@acme.example', password: '', form: idp.form });
  const ours = skeletonOf(responseTo(questions.find(({ capture }) => capture === 'saml-idp')!).xml);
  assert.deepEqual(skeletonBeside(product, ours), ours);
});
