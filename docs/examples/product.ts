/** A recipe as a module, with functions for what labels cannot express. PRODUCT=product.ts npx sso-rehearsal bdd */
import { type BrowserDriver, defineProduct } from 'sso-rehearsal/product';

export default defineProduct({
  name: 'Board',
  origin: 'http://localhost:3000',
  metadata: '/saml/metadata',
  signIn: { page: '/login' },
  signedIn: { page: '/me', json: 'user.email' },
  people: { Sam: { email: 'sam@acme.example' } },
  verbs: {
    /** Customers choose their company on a map, without any label. */
    async startSignIn({ driver, product }, email) {
      await driver.open(`${product.url}/login?company=${email.split('@')[1]}`);
      if (driver.kind === 'http') return driver.press('Sign in with SSO');
      const { page } = driver as BrowserDriver;
      await page.getByTestId('map').click({ position: { x: 40, y: 120 } });
      // In some scenarios the IdP is down, and its page does not open.
      await page.waitForURL((url) => url.origin !== product.url).catch(() => undefined);
    },
    async signOut({ driver, product }) {
      await driver.open(`${product.url}/session/end`);
      await driver.press('Yes, sign me out');
    },
  },
});
