/** A tenant in a persona: its addresses, its responses, and what is set otherwise. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { TenantSettings } from '../api.ts';
import { type IdpTenant, startMockIdp } from '../start.ts';

const idp = await startMockIdp({ hostname: '127.0.0.1', seed: 'personas' });
after(() => idp[Symbol.asyncDispose]());

const app = { entityId: 'https://sp.acme.example', acs: ['https://sp.acme.example/acs'] };
const users = [{ username: 'sam', password: 'x', email: 'sam@acme.example', attributes: { displayName: ['Sam'] } }];
const create = (persona: NonNullable<TenantSettings['persona']>, attributes?: Record<string, string[]>) =>
  idp.createTenant({
    persona,
    keys: 'shared',
    users: attributes ? users.map((one) => ({ ...one, attributes })) : users,
    apps: [app],
  });
const xmlFrom = async (tenant: IdpTenant): Promise<string> => (await tenant.signIn('sam', { unsolicited: true })).xml;

describe('a tenant in a persona', () => {
  test('has the entity ID of the product, and issues under it', async () => {
    const tenant = await create('entra');
    assert.match(tenant.entityId, /^https:\/\/sts\.windows\.net\/[0-9a-f-]{36}\/$/);
    assert.ok((await xmlFrom(tenant)).includes(`<Issuer>${tenant.entityId}</Issuer>`));
    assert.ok(tenant.ssoUrl.startsWith(idp.url), 'it stays at its own address');
  });

  test('keeps its own entity ID where the product has none of its own', async () => {
    assert.equal((await create('keycloak-2022')).entityId.startsWith(idp.url), true);
  });

  test('writes otherwise where something is set', async () => {
    const tenant = await create({ name: 'okta', set: { signed: 'assertion', prefixes: { saml: 'a' } } });
    const xml = await xmlFrom(tenant);
    assert.equal(xml.match(/<ds:Signature /g)?.length, 1);
    assert.match(xml, /<a:Assertion /);
  });

  test('changes its persona, and ends it', async () => {
    const tenant = await create('okta');
    await tenant.change({ persona: 'keycloak-2022' });
    assert.match(await xmlFrom(tenant), /^<samlp:Response xmlns:samlp="[^"]+" xmlns:saml="/);
    await tenant.change({ persona: null });
    assert.match(await xmlFrom(tenant), /<ds:Signature xmlns:ds/);
  });

  test('sends a link in the place of more than 150 groups as Entra ID', async () => {
    const groups = (count: number): string[] => Array.from({ length: count }, (_, index) => `group-${index}`);
    const names = async (count: number): Promise<string[]> => {
      const xml = await xmlFrom(await create('entra', { groups: groups(count) }));
      return ['identity/claims/groups', 'claims/groups.link'].filter((name) => xml.includes(`${name}"`));
    };
    assert.deepEqual(await names(150), ['identity/claims/groups']);
    assert.deepEqual(await names(151), ['claims/groups.link']);
  });

  test('sends the logout of its own session index', async () => {
    const tenant = await create('okta');
    await tenant.putApp({ ...app, slo: 'https://sp.acme.example/slo' });
    const index = /SessionIndex="([^"]+)"/.exec(await xmlFrom(tenant))?.[1];
    const [sent] = await tenant.signOut('sam', { fetch: async () => new Response('') });
    assert.equal(sent?.sessionIndex, index);
  });

  test('with an unknown persona is rejected, with the nearest ones', async () => {
    await assert.rejects(create('octa' as never), { message: /^unknown persona “octa”: the nearest are okta, / });
    await assert.rejects(create({ name: 'okta', set: { signd: 'both' } } as never), {
      message: '“persona.set” has the unknown “signd”',
    });
  });
});
