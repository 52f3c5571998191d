/** The pages of a tenant in a persona: its banner, its form, and where a sign-in ends. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type IdpTenant, type PersonaCode, personaCodes, startMockIdp } from '../start.ts';

const idp = await startMockIdp({ hostname: '127.0.0.1' });
after(() => idp[Symbol.asyncDispose]());

const acs = 'https://sp.acme.example/acs';
const sp = 'https://sp.acme.example';
const create = (persona: PersonaCode): Promise<IdpTenant> =>
  idp.createTenant({
    persona,
    keys: 'shared',
    users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }],
    apps: [{ entityId: sp, acs: [acs], assigned: [] }],
  });

interface Asked {
  issuer?: string;
  acsUrl?: string;
  id?: string;
  more?: string;
  issued?: Date;
}

const requestTo = (
  { ssoUrl }: IdpTenant,
  { issuer = sp, acsUrl = acs, id = '_request-of-sixteen', more = '', issued = new Date() }: Asked = {},
): string => {
  const xml =
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0" ` +
    `IssueInstant="${issued.toISOString()}" AssertionConsumerServiceURL="${acsUrl}">` +
    `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>${more}` +
    `</samlp:AuthnRequest>`;
  return `${ssoUrl}?${new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64') })}`;
};

const pageAt = async (url: string): Promise<string> => (await fetch(url)).text();

async function logIn(tenant: IdpTenant, html: string): Promise<string> {
  const fields = Object.fromEntries(
    Array.from(html.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g), ([, name, value]) => [name!, value!]),
  );
  const [username = '', password = ''] = ['username', 'password'].map(
    (id) => new RegExp(`id="${id}" name="([^"]+)"`).exec(html)![1],
  );
  const body = new URLSearchParams({ ...fields, [username]: 'sam', [password]: 'open sesame' });
  const response = await fetch(`${tenant.portalUrl}/login`, { method: 'POST', body });
  return response.text();
}

describe('a tenant in a persona', () => {
  test('says on each page that it is not the product', async () => {
    for (const code of personaCodes) {
      const tenant = await create(code);
      const pages = [pageAt(tenant.portalUrl), pageAt(requestTo(tenant)), pageAt(requestTo(tenant, { issuer: 'x' }))];
      for (const page of await Promise.all([...pages, pageAt(`${tenant.portalUrl}/apps/77`)]))
        assert.match(page, /<strong>Rehearsal: this is not [^<]+\.<\/strong>/, code);
    }
    const plain = await idp.createTenant({ keys: 'shared' });
    assert.doesNotMatch(await pageAt(plain.portalUrl), /Rehearsal: this is not/);
  });

  test('has the fields of the product in its form', async () => {
    const tenant = await create('adfs');
    const html = await pageAt(requestTo(tenant));
    assert.match(html, /name="UserName"/);
    assert.match(html, /name="AuthMethod" value="FormsAuthentication"/);
    assert.match(await logIn(tenant, html), /An error occurred/);
  });

  test('ends at the page of the product, with its code, for a user without the app', async () => {
    for (const [code, expected] of [
      ['entra', 'AADSTS50105'],
      ['okta', '403 App Not Assigned'],
      ['google', 'app_not_enabled_for_user'],
    ] as const) {
      const tenant = await create(code);
      assert.match(await logIn(tenant, await pageAt(requestTo(tenant))), new RegExp(expected));
      assert.equal(tenant.log('response').length, 0, 'nothing returned to the app');
    }
  });

  test('sends a status for a user without the app if its persona has one', async () => {
    const tenant = await create('auth0');
    const rejections = { 'not-assigned': { status: { code: 'Responder', message: 'Not yours' } } };
    await tenant.change({ persona: { name: 'auth0', set: { rejections } } });
    const { xml } = await tenant.signIn('sam', { request: requestTo(tenant) });
    assert.match(xml, /status:Responder"\/><samlp:StatusMessage Value="Not yours"\/><\/samlp:Status>/);
    assert.equal(tenant.log('refusal').length, 1);
    assert.match(await logIn(tenant, await pageAt(requestTo(tenant, { id: '_another-of-sixteen' }))), /SAMLResponse/);
  });

  test('ends at the page of the product for an unknown app or ACS URL', async () => {
    const tenant = await create('entra');
    assert.match(await pageAt(requestTo(tenant, { issuer: 'https://other.example' })), /AADSTS700016/);
    assert.match(await pageAt(requestTo(tenant, { acsUrl: 'https://other.example/acs' })), /AADSTS50011/);
  });

  test('ignores of a request what the product ignores, and demands what it demands', async () => {
    const old = new Date(Date.now() - 86_400_000);
    const [entra, okta] = [await create('entra'), await create('okta')];
    assert.match(await pageAt(requestTo(entra, { issued: old })), /Sign in/);
    assert.match(await pageAt(requestTo(okta, { issued: old })), /request-expired/);
    assert.match(await pageAt(requestTo(entra, { id: '1-request-of-sixteen' })), /begins with a digit/);
    assert.match(await pageAt(requestTo(okta, { id: '1-request-of-sixteen' })), /Sign in/);
  });
});

describe('in a persona', () => {
  test('sends the status of the product', async () => {
    const policy = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"/>';
    const statusAs = async (code: PersonaCode): Promise<string> => {
      const tenant = await create(code);
      return (await tenant.signIn('sam', { request: requestTo(tenant, { more: policy }) })).xml;
    };
    const entra = await statusAs('entra');
    assert.match(entra, /status:RequestUnsupported"/);
    assert.match(entra, /Trace ID: [0-9a-f-]{36}\nTimestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/);
    assert.doesNotMatch(entra, / Destination=/);
    assert.match(await statusAs('zitadel'), /<Assertion xmlns="[^"]+" Version="" ID="" IssueInstant="">/);
  });

  test('has no pages at a name that was not chosen, and metadata at any', async () => {
    const open = await startMockIdp({ hostname: '127.0.0.1', publicUrl: 'as-requested' });
    try {
      const tenant = await open.createTenant({ persona: 'okta', keys: 'shared' });
      const at = async (path: string, host: string): Promise<number> => {
        const { request } = await import('node:http');
        return new Promise((resolve, reject) => {
          const sent = request(`${open.url}${path}`, { headers: { host } }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          });
          sent.on('error', reject).end();
        });
      };
      assert.equal(await at(`/${tenant.name}`, '127.0.0.1:4000'), 200);
      assert.equal(await at(`/${tenant.name}`, '10.1.2.3:4000'), 421);
      assert.equal(await at(`/${tenant.name}/metadata`, '10.1.2.3:4000'), 200);
    } finally {
      await open[Symbol.asyncDispose]();
    }
  });
});
