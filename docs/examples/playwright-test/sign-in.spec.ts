/** A sign-in as Sam sees it, in a browser: `npx playwright test`. */
import type { Page } from '@playwright/test';
import { expect, test } from './rehearsal.ts';

async function signIn(page: Page, { at }: { at: string }): Promise<void> {
  await page.goto(`${at}/login`);
  await page.getByLabel('Username').fill('sam');
  await page.getByLabel('Password').fill('open sesame');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('Sam signs in', async ({ page, sp, acme }) => {
  await signIn(page, { at: sp.url });
  await expect(page.getByRole('heading')).toHaveText('Welcome, sam@acme.example');
  expect(acme.log('authn-request')).toHaveLength(1);
});

test('an assertion with a different Audience is rejected', async ({ page, sp, acme }) => {
  await acme.arrangeFaults('an assertion with a different Audience');
  await signIn(page, { at: sp.url });
  await expect(page.getByRole('heading')).toHaveText('The assertion has a different Audience');
  expect(acme.struckFaults()).toHaveLength(1);
});

test('Sam, who is not assigned, is stuck at the identity provider', async ({ page, sp, acme }) => {
  await acme.unassign('sam');
  await signIn(page, { at: sp.url });
  await expect(page.getByRole('heading')).toHaveText('Not assigned');
  expect(acme.log('response')).toHaveLength(0);
});
