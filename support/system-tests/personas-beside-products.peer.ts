/** The real products, run here, and their personas write alike: every difference fails. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { responseTo } from '../../mock-idp/personas/persona-response.fixture.ts';
import { skeletonOf } from '../../mock-idp/personas/skeleton.ts';
import type { Question } from '../../mock-idp/personas/skeletons.fixture.ts';
import { nameIdFormats } from '../../mock-idp/response/saml-values.ts';
import type { IdentityProvider } from '../idp/identity-provider.ts';
import { keycloak } from '../idp/keycloak.ts';
import { prepareKeycloak } from '../idp/keycloak-server.ts';
import { installedVersion, simplesamlphp } from '../idp/simplesamlphp.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { isLemonldapInstalled, lemonldapUser, startLemonldap } from './lemonldap.ts';
import { responseOf, skeletonBeside, startReader } from './personas-beside-products.ts';

function compare(product: string, question: Omit<Question, 'capture'>): void {
  const ours = skeletonOf(responseTo(question).xml);
  assert.deepEqual(skeletonBeside(product, ours), ours);
}

/** The response that Sam gets from a product with an adapter. */
async function responseBy(idp: IdentityProvider): Promise<string> {
  await using sp = await startReader();
  const rehearsal = nameRehearsal() as Rehearsal;
  const { ssoUrl } = await idp.createTenant(rehearsal);
  await idp.registerApp(rehearsal, sp);
  const { address, idpPassword } = rehearsal.cast.Sam;
  return responseOf(ssoUrl, sp, { username: address, password: idpPassword, form: idp.form });
}

test('LemonLDAP::NG', { skip: !isLemonldapInstalled() && 'its Debian packages are not installed' }, async () => {
  await using sp = await startReader();
  // Its order of several attributes is another one each time.
  await using idp = await startLemonldap(sp.metadata, ['mail']);
  const product = await responseOf(idp.ssoUrl, sp, lemonldapUser);
  compare(product, { persona: 'lemonldap', attributes: { mail: ['dwho@badwolf.org'] } });
});

const isOfVersion1 = installedVersion()?.startsWith('1.') ?? false;

test('SimpleSAMLphp 1.19', { skip: !isOfVersion1 && 'the Debian package is not installed' }, async () => {
  await using idp = await simplesamlphp();
  compare(await responseBy(idp), {
    persona: 'simplesamlphp-1',
    // As the adapter configures it.
    set: { nameId: { format: nameIdFormats.emailAddress, value: 'as configured' } },
    attributes: { uid: ['sam'], mail: ['sam@acme.example'], displayName: ['Sam'] },
  });
});

const examples = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const home = process.env.KEYCLOAK_HOME ?? join(examples, 'products/keycloak/.rehearsal/keycloak-26.4.7');
const skip = !process.env.KEYCLOAK_URL && !existsSync(join(home, 'bin/kc.sh')) && 'KEYCLOAK_HOME is not set';

test('Keycloak 26', { skip }, async () => {
  process.env.KEYCLOAK_HOME = home;
  await using _server = await prepareKeycloak();
  await using idp = await keycloak();
  assert.match(idp.name, /^Keycloak 26\./);
  compare(await responseBy(idp), {
    persona: 'keycloak-26',
    // As the adapter configures it.
    set: { signed: 'both', nameId: { format: nameIdFormats.emailAddress, value: 'as configured' } },
  });
});
