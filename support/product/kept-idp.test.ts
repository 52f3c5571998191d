/** The mock IdP that is kept beside a product. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ProductApp, withKeptIdp } from './idp-state.ts';

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
