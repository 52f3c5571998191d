/** The people of a test, each with a browser context of their own. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { IdpTenant, UserWish } from '../../mock-idp/start.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';

export type HumanName = 'ada' | 'sam';

export interface Human {
  /** At the identity provider. */
  username: string;
  password: string;
  email: string;
  /** Shares nothing with other contexts of the test. */
  context: BrowserContext;
  page: Page;
  /** Fills in the login page of the mock identity provider, on which `page` must be. */
  signInAtIdp(): Promise<void>;
}

const passwords: Readonly<Record<HumanName, string>> = {
  ada: 'Ada at the identity provider',
  sam: 'Sam at the identity provider',
};

/** New emails, except for the given ones. */
export function usersOf(emails: Partial<Record<HumanName, string>>): UserWish[] {
  const { cast } = nameRehearsal();
  return [
    { username: 'ada', password: passwords.ada, email: emails.ada ?? cast.Ada.address },
    { username: 'sam', password: passwords.sam, email: emails.sam ?? cast.Sam.address },
  ].map((user) => ({ ...user, attributes: { displayName: [user.username === 'ada' ? 'Ada' : 'Sam'] } }));
}

export async function openHuman(
  username: HumanName,
  { browser, tenant }: { browser: Browser; tenant: IdpTenant },
): Promise<Human> {
  const email = tenant.users().find((user) => user.username === username)?.email;
  if (email === undefined) throw new Error(`The tenant ${tenant.name} has no user ${username} with an email.`);
  const context = await browser.newContext();
  const page = await context.newPage();
  const password = passwords[username];
  return {
    username,
    password,
    email,
    context,
    page,
    async signInAtIdp() {
      await page.getByLabel('Username').fill(username);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
  };
}
