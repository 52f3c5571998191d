/** A tenant in a persona: its addresses, its responses, and what is set otherwise. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, describe, test } from 'node:test';
import type { TenantSettings } from '../api.ts';
import { type IdpTenant, startMockIdp } from '../start.ts';
import { createKeyPair } from '../tenants/keys.ts';

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
});

describe('a tenant in the persona of one product', () => {
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

  test('switches to the next certificate as Entra ID, once the current one has expired', async () => {
    const day = 86_400_000;
    const now = Date.now();
    const short = await createKeyPair({
      commonName: 'x',
      notBefore: new Date(now - day),
      notAfter: new Date(now + day),
    });
    const keys = {
      privateKey: short.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: short.certificate,
    };
    for (const [persona, isSwitched] of [
      ['entra', true],
      ['okta', false],
    ] as const) {
      const tenant = await idp.createTenant({ persona, keys, users, apps: [app], seed: { ids: persona } });
      await tenant.change({ publishNextKey: true });
      const isFormer = async (): Promise<boolean> => {
        const used = /X509Certificate>([^<]+)</.exec(await xmlFrom(tenant))![1]!.replace(/\s/g, '');
        return short.certificate.replace(/\s/g, '').includes(used);
      };
      assert.equal(await isFormer(), true, 'it is valid');
      await tenant.change({ clockOffsetMs: 2 * day });
      assert.equal(await isFormer(), !isSwitched, `${persona}: it has expired`);
    }
  });

  test('sends no NameID as AD FS without an email, and a prefix for an Audience without a scheme', async () => {
    const tenant = await create('adfs');
    await tenant.putUser({ username: 'bob', password: 'x' });
    const { xml } = await tenant.signIn('bob', { unsolicited: true });
    assert.doesNotMatch(xml, /<NameID/);
    assert.match(await xmlFrom(tenant), /<NameID/);
    const entra = await create('entra');
    await entra.putApp({ entityId: 'acme-app', acs: app.acs });
    const spn = await entra.signIn('sam', { unsolicited: true, app: 'acme-app' });
    assert.match(spn.xml, /<Audience>spn:acme-app</);
  });

  test('sends an empty Attribute as Google for what only others have', async () => {
    const tenant = await create('google', {});
    await tenant.putUser({ username: 'ada', password: 'x', attributes: { org: ['Acme'] } });
    assert.match(await xmlFrom(tenant), /<saml2:Attribute Name="org"\/>/);
  });
});

describe('a tenant in any persona', () => {
  test('makes the next certificate on its own clock', async () => {
    const tenant = await create('entra');
    const years = 4 * 365 * 86_400_000;
    await tenant.change({ clockOffsetMs: years });
    await tenant.change({ publishNextKey: true });
    const [, next] = tenant.certificates();
    assert.ok(Date.parse(new X509Certificate(next!).validTo) > Date.now() + years);
  });

  test('publishes metadata as the product', async () => {
    const google = (await create('google')).metadata();
    assert.match(google, /^<\?xml version="1.0" encoding="UTF-8"\?><md:EntityDescriptor xmlns:md="[^"]+" entityID=/);
    assert.match(google, / validUntil="/);
    assert.doesNotMatch(google, /SingleLogoutService/);
    const entra = (await create('entra')).metadata();
    assert.match(entra, /^<\?xml version="1.0" encoding="utf-8"\?><EntityDescriptor /);
    assert.match(entra, /<Signature xmlns="http:\/\/www.w3.org\/2000\/09\/xmldsig#">/);
  });

  test('signs with the first certificate of the metadata, also where there is another one', async () => {
    const certificatesIn = (xml: string): string[] =>
      xml
        .split('KeyDescriptor use="signing">')
        .slice(1)
        .map((key) => /X509Certificate>([^<]+)/.exec(key)![1]!);
    const entra = await create('entra');
    const [own, other] = certificatesIn(entra.metadata());
    assert.equal(new Set(certificatesIn(entra.metadata())).size, 2);
    assert.ok((await xmlFrom(entra)).includes(own!));
    assert.equal(entra.certificates().length, 1, 'the other one is for readers of metadata alone');
    await entra.change({ persona: { name: 'entra', set: { metadata: { otherCertificate: 'absent' } } } });
    assert.deepEqual(certificatesIn(entra.metadata()), [own]);
    await entra.change({ persona: 'entra' });
    assert.deepEqual(certificatesIn(entra.metadata()), [own, other]);
  });

  test('with an unknown persona is rejected, with the nearest ones', async () => {
    await assert.rejects(create('octa' as never), { message: /^unknown persona “octa”: the nearest are okta, / });
    await assert.rejects(create({ name: 'okta', set: { signd: 'both' } } as never), {
      message: '“persona.set” has the unknown “signd”',
    });
  });
});
