/** The mock IdP that is kept beside a product. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NotReady } from '../idp/identity-provider.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type ProductApp, withKeptIdp } from './idp-state.ts';
import { announceToProduct, nameOfProduct } from './under-test.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'sso-rehearsal-kept-')), '.sso-rehearsal');
after(() => rmSync(join(folder, '..'), { recursive: true }));
const place = { folder, port: 0, nextCertificate: false };

const known = (app: ProductApp): Promise<{ apps: string[]; certificate: string }> =>
  withKeptIdp(place, async ({ register, certificateFile }) => {
    await register(app);
    const kept = JSON.parse(readFileSync(join(folder, 'idp-0.json'), 'utf8')) as object;
    return {
      apps: [...JSON.stringify(kept).matchAll(/"entityId":"([^"]+)"/g)].map(([, entityId]) => entityId!),
      certificate: readFileSync(certificateFile, 'utf8'),
    };
  });

test('only the product of the present recipe is known, and the key is kept', async () => {
  const first = await known({ entityId: 'http://board.example', acs: ['http://board.example/acs'] });
  assert.deepEqual(first.apps, ['http://board.example']);
  const second = await known({ entityId: 'http://desk.example', acs: ['http://desk.example/acs'] });
  assert.deepEqual(second, { apps: ['http://desk.example'], certificate: first.certificate });
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), '*\n');
});

test('the instructions for a product need no running product', async () => {
  const file = join(folder, '..', 'board.json');
  const port = await freePort();
  const recipe = {
    name: 'Board',
    metadata: 'http://127.0.0.1:9/metadata',
    signIn: { page: '/login' },
    signedIn: { page: '/', text: 'Signed in as {user}' },
  };
  const announce = (idp: object): Promise<string> => {
    writeFileSync(file, JSON.stringify({ ...recipe, idp: { port, ...idp } }));
    return announceToProduct(file);
  };
  const byHand = await announce({ by: 'hand' });
  for (const line of [
    /^Board must know this identity provider before the first run:\n/,
    new RegExp(`\n  Sign-on URL {6}http://idp\\.localhost:${port}/acme/sso\n`),
    /\n {2}Certificate {6}\S+idp-certificate\.pem\n/,
  ])
    assert.match(byHand, line);
  assert.match(await announce({ by: 'command', command: ['true'] }), /^Each run tells Board of the identity provider/);
  assert.equal(await nameOfProduct(file), 'Board');
  await assert.rejects(announce({ by: 'telepathy' }), (error: Error) => {
    assert.ok(error instanceof NotReady);
    assert.match(error.message, /^PRODUCT=.*board\.json: .*→ at idp\.by\n/s);
    return true;
  });
});
