/**
 * The placeholder for your application as a program of its own: `node app.ts PORT SIGN_IN_URL_OF_THE_IDP`.
 * SAML_AUDIENCE=any turns off its check of the Audience, a mistake that the tests find.
 */
import { startServiceProvider } from './service-provider.ts';

const [port, ssoUrl] = process.argv.slice(2);
const app = await startServiceProvider({
  hostname: '127.0.0.1',
  port: Number(port),
  checksAudience: process.env.SAML_AUDIENCE !== 'any',
});
app.trust({ ssoUrl: ssoUrl! });
console.log(`${app.url}\nReady`);
