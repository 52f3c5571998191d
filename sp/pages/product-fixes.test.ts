/** Advice in the words of the identity provider's product: for an organization's own administrators only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findOrganization } from '../organization.ts';
import { changeProfile, findProfile } from '../profile.ts';
import { askForTest, comeBack, goToIdp, openWorld, type World } from '../two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

function setSignOnUrl(ssoUrl: string): void {
  const { store } = world.sp;
  const acme = findOrganization(store, world.acme.slug)!;
  const profile = findProfile(store, acme.slug, world.acme.profile)!;
  changeProfile(store, acme, profile, { by: world.acme.address('ada'), input: { ssoUrl } });
}

test('an entry tells the fix in the product’s menus, once the profile shows the product', async () => {
  const ada = await world.signedIn(world.acme.address('ada'));
  setSignOnUrl('https://idp.acme.example/sso');
  assert.doesNotMatch((await ada.get('/cases/audience-mismatch')).words, /In Okta/);
  setSignOnUrl('https://acme.okta.com/app/acme_app_1/exk1example0example00/sso/saml');
  const { words } = await ada.get('/cases/audience-mismatch');
  assert.match(
    words,
    /In Okta\s+Okta Admin Console → .* Audience URI \(SP Entity ID\)\.\s+Source: https:\/\/help\.okta\.com/,
  );
  assert.doesNotMatch((await ada.get('/cases/idp-unreachable')).words, /In Okta/);
});

test('nobody else learns which product an organization has', async () => {
  setSignOnUrl('https://acme.okta.com/app/acme_app_1/exk1example0example00/sso/saml');
  const others = [
    world.browser(),
    await world.signedIn(world.acme.address('sam')),
    await world.signedIn(world.globex.address('nora')),
  ];
  for (const one of others) assert.doesNotMatch((await one.get('/cases/audience-mismatch')).words, /In Okta/);
});

test('a rejected test shows the fix in the product’s menus to its administrator', async () => {
  setSignOnUrl('https://id.acme.example/realms/acme/protocol/saml');
  const ada = await world.signedIn(world.acme.address('ada'));
  const sam = world.browser();
  await sam.get(await askForTest(world, world.acme, ada));
  const asked = await goToIdp(sam, world.acme.address('sam'));
  await comeBack(world, world.acme, sam, { asked, nameId: 'sam' });
  const { words } = await ada.get(`/admin/sso/${world.acme.profile}/result`);
  assert.match(words, /In Keycloak\s+Keycloak Admin Console → .* Name ID Format: choose email/);
});
