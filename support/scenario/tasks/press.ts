/** Presses a button that leads to another page. */
import type { Page } from 'playwright';

/**
 * Presses by the keyboard, and waits until the browser has come to rest. Pages that post themselves hold a
 * Continue button, or a message in a hidden field, until they are gone.
 */
export async function press(page: Page, button: string): Promise<void> {
  const arrived = page.waitForEvent('domcontentloaded');
  await page.getByRole('button', { name: button }).press('Enter');
  await arrived;
  await page.getByRole('button', { name: 'Continue' }).waitFor({ state: 'detached' });
  await page.locator('input[name^=SAML]').first().waitFor({ state: 'detached' });
  await page.waitForLoadState();
}
