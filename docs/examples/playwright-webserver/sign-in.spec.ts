/** Sam signs in with a browser; faults are arranged over the control routes, as from any other language. */
import { type APIRequestContext, expect, type Page, test } from '@playwright/test';
import { app, idp } from './addresses.ts';

const headers = { authorization: `Bearer ${idp.token}` };

async function put(request: APIRequestContext, path: string, data: unknown): Promise<void> {
  const reply = await request.put(`${idp.control}/${path}`, { headers, data });
  expect(reply.ok(), await reply.text()).toBe(true);
}

async function signIn(page: Page): Promise<void> {
  await page.goto(app.loginUrl);
  await page.getByLabel('Username').fill('sam');
  await page.getByLabel('Password').fill('sam at the idp');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test.beforeEach(async ({ request }) => {
  await put(request, 'apps', { entityId: app.entityId, acs: [app.acs] });
  await put(request, 'faults', []);
});

test('Sam signs in', async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole('heading')).toHaveText('Welcome, sam@acme.example');
});

for (const [fault, words] of [
  ['an assertion with a different Audience', 'The assertion has a different Audience'],
  ['an assertion that expired 10 minutes ago', 'The assertion has expired'],
] as const)
  test(`the application rejects ${fault}`, async ({ page, request }) => {
    await put(request, 'faults', [fault]);
    await signIn(page);
    await expect(page.getByRole('heading')).toHaveText(words);
    const faults = await (await request.get(`${idp.control}/faults`, { headers })).json();
    expect(faults).toMatchObject([{ phrase: fault, struck: 1 }]);
  });
