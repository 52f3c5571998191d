/** A sign-in as Sam sees it, in a browser: `npx playwright test`. */
import type { Human } from 'sso-rehearsal/playwright';
import { expect, test } from './rehearsal.ts';

async function signIn(person: Human, { at }: { at: string }): Promise<void> {
  await person.page.goto(`${at}/login`);
  await person.signInAtIdp();
}

test('Sam signs in', async ({ sam, sp, tenant }) => {
  await signIn(sam, { at: sp.url });
  await expect(sam.page.getByRole('heading')).toHaveText(`Welcome, ${sam.email}`);
  expect(tenant.log('authn-request')).toHaveLength(1);
});

test('an assertion with a different Audience is rejected', async ({ sam, sp, tenant }) => {
  await tenant.arrangeFaults('an assertion with a different Audience');
  await signIn(sam, { at: sp.url });
  await expect(sam.page.getByRole('heading')).toHaveText('The assertion has a different Audience');
});

test('Sam, who is not assigned, is stuck at the identity provider', async ({ sam, sp, tenant }) => {
  await tenant.unassign('sam');
  await signIn(sam, { at: sp.url });
  await expect(sam.page.getByRole('heading')).toHaveText('Not assigned');
  expect(tenant.log('response')).toHaveLength(0);
});
