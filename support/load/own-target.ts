/** Our own service provider as the product of a load test, with as many users as an organization may have. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdpSide } from '../idp/identity-provider.ts';
import { type ProductApp, tenant, withKeptIdp } from '../product/idp-state.ts';
import { ownRecipe } from '../product/own-product.ts';
import type { Recipe } from '../product/recipe.ts';
import { load } from '../product/recipe-load.ts';
import type { Control } from '../stack/control.ts';
import { freePort } from '../stack/free-port.ts';
import { request } from '../stack/http.ts';
import { passwordOfAll } from './make-plan.ts';
import { newRunFolder } from './run-folder.ts';
import { startServers } from './servers.ts';
import { formOfMock, startIdps, type Target, tenantSettings } from './target.ts';

const organization = 'acme';
/** An organization of our service provider has at most 500. */
const count = 499;
const users = { emails: ['user{n}@acme.example'], count };

export async function startOwnTarget(): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const folder = await newRunFolder();
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const controlToken = randomBytes(24).toString('hex');
  const sp = starting.use(await startServers({ controlToken }));
  const url = sp.urls[0]!;
  const port = await freePort();
  const { side, app } = await withKeptIdp({ folder, port, nextCertificate: true }, async (idp) => {
    await createOrganization(sp.control(url), idp.side);
    const known: ProductApp = { metadata: await (await request(`${url}/saml/${organization}/metadata`)).text() };
    await idp.register(known);
    return { side: idp.side, app: known };
  });
  const origin = new URL(side.ssoUrl).origin;
  const recipe: Recipe = {
    ...ownRecipe,
    people: { shownAs: '{email}', nameId: '{email}' },
    load: load.parse({ users }),
  };
  const started = starting.move();
  return {
    product: { recipe, url, values: { organization }, idp: { origin, tenant, form: formOfMock() }, mayRollKey: true },
    tenantSettings: (people) => tenantSettings(people, { recipe, app }),
    startIdps: (people, faults, { isReplica = false } = {}) =>
      startIdps({
        port: isReplica ? 0 : port,
        kept: join(folder, `idp-${port}.json`),
        publicUrl: origin,
        settings: tenantSettings(people, { recipe, app }),
        faults,
      }),
    // It knows the next certificate already.
    tellNewKey: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function createOrganization(control: Control, { entityId, ssoUrl, certificates }: IdpSide): Promise<void> {
  const people = Array.from({ length: count }, (_, at) => ({
    address: `user${at + 1}@acme.example`,
    name: `User ${at + 1}`,
    password: passwordOfAll,
  }));
  const ada = { address: 'ada@acme.example', name: 'Ada', password: passwordOfAll, administrator: true };
  await control.put(`/organizations/${organization}`, {
    name: 'Acme',
    domains: ['acme.example'],
    users: [ada, ...people],
    profiles: [{ name: 'Acme', idpEntityId: entityId, ssoUrl, certificates }],
  });
  await control.put(`/organizations/${organization}/profiles/Acme/enforce-unproven`, {});
}
