/** Where Playwright starts the identity provider and your application. */
const { IDP_PORT = '4010', APP_PORT = '4011' } = process.env;

const origin = `http://localhost:${IDP_PORT}`;

export const idp = {
  port: IDP_PORT,
  token: 'for-tests-only',
  metadataUrl: `${origin}/acme/metadata`,
  ssoUrl: `${origin}/acme/sso`,
  control: `${origin}/control/tenants/acme`,
};

/** On another site than the identity provider, so that cookies behave as in production. */
const url = `http://127.0.0.1:${APP_PORT}`;

export const app = { port: APP_PORT, loginUrl: `${url}/login`, entityId: `${url}/metadata`, acs: `${url}/acs` };
