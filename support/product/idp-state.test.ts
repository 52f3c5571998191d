/** The mock IdP beside a product keeps its key, and starts each scenario from the same state. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from '../stack/free-port.fixture.ts';
import {
  type IdpState,
  type IdpStateOptions,
  openIdpState,
  type ProductApp,
  tenant,
  withKeptIdp,
} from './idp-state.ts';

const parent = mkdtempSync(join(tmpdir(), 'idp-state-'));
after(() => rmSync(parent, { recursive: true }));

const port = await freePort();

const app = { entityId: 'https://board.example/metadata', acs: ['https://board.example/acs'] as [string] };
const open = (changes: Partial<IdpStateOptions> = {}): Promise<IdpState> =>
  openIdpState({
    folder: join(parent, 'kept'),
    port,
    nextCertificate: false,
    introduce: () => Promise.resolve(app),
    ...changes,
  });

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('the key is the same when the state is opened again', async () => {
  const first = await open();
  const second = await open();
  assert.equal(first.side.certificates.length, 1);
  assert.deepEqual(second.side, first.side);
  assert.equal(second.side.metadataUrl, `${first.side.entityId.replace(/\/[^/]*$/, '')}/metadata`);
  const metadata = readFileSync(second.metadataFile, 'utf8');
  assert.ok(
    metadata.replaceAll(/\s/g, '').includes(first.side.certificates[0]!.replaceAll(/-----[A-Z ]+-----|\s/g, '')),
  );
  assert.deepEqual([second.app.entityId, second.app.acs[0]!.url], [app.entityId, app.acs[0]]);
});

test('each start begins with the same state, also after a rollover, a fault and a new user', async () => {
  const { side, start } = await open({ nextCertificate: true });
  assert.equal(side.certificates.length, 2);
  const starts = [];
  for (let times = 0; times < 2; times++) {
    await using idp = await start();
    const path = `/tenants/${tenant}`;
    starts.push(await idp.control.get(path));
    await idp.control.patch(path, { rollKey: true });
    await idp.control.put(`${path}/users/sam@acme.example`, { password: 'secret', email: 'sam@acme.example' });
    await idp.control.put(`${path}/faults`, [{ phrase: 'an unsigned response with an unsigned assertion' }]);
    const { certificates } = await idp.control.get<{ certificates: string[] }>(path);
    assert.deepEqual(certificates, side.certificates.slice(1), 'the next key is the one that was published');
  }
  assert.deepEqual(starts[1], starts[0]);
});

test('the folder is for its owner alone, and not for git', async () => {
  const folder = join(parent, 'new');
  const { metadataFile, start } = await open({ folder });
  await (await start())[Symbol.asyncDispose]();
  assert.equal(metadataFile, join(folder, 'idp-metadata.xml'));
  assert.equal(modeOf(folder), 0o700);
  assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), '*\n');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
    assert.equal(modeOf(join(folder, file)), 0o600, file);
});

test('a folder that others may read is closed', async () => {
  const folder = join(parent, 'open');
  mkdirSync(folder, { mode: 0o755 });
  await open({ folder });
  assert.equal(modeOf(folder), 0o700);
});

test('a folder that cannot be used is named', async () => {
  const folder = '/proc/nowhere/.sso-rehearsal';
  await assert.rejects(open({ folder }), {
    message: /^cannot keep the key of the mock IdP in \/proc\/nowhere\/.sso-reh/,
  });
});

test('a folder that is a symbolic link is not followed', async () => {
  const [elsewhere, folder] = [join(parent, 'elsewhere'), join(parent, 'link')];
  mkdirSync(elsewhere, { mode: 0o755 });
  symlinkSync(elsewhere, folder);
  await assert.rejects(open({ folder }), {
    message: `${folder} is a symbolic link: the key of the mock IdP must stay beside the recipe. Remove the link`,
  });
  assert.deepEqual([modeOf(elsewhere), readdirSync(elsewhere)], [0o755, []]);
});

test('a port that is taken is named, with the field of the recipe', async () => {
  const taken = createServer().listen(port, '127.0.0.1');
  await once(taken, 'listening');
  try {
    await assert.rejects(open(), {
      message:
        `port ${port} is in use, but the mock IdP listens there during a run. ` +
        'End the other run or program, or choose another port: idp.port in the recipe.',
    });
  } finally {
    await new Promise((closed) => taken.close(closed));
  }
});

test('metadata that the IdP cannot use is an error that says why', () =>
  assert.rejects(open({ introduce: () => Promise.resolve({ metadata: '<html>Log in</html>' }) }), {
    message: 'the metadata of the product cannot be used: the metadata must be one md:EntityDescriptor',
  }));

test('an error of the introduction ends the IdP', async () => {
  await assert.rejects(open({ introduce: () => Promise.reject(new Error('no product')) }), { message: 'no product' });
  await open();
});

const registered = join(parent, 'registered', '.sso-rehearsal');

const known = (app: ProductApp): Promise<{ apps: string[]; certificate: string }> =>
  withKeptIdp({ folder: registered, port, nextCertificate: false }, async ({ register, certificateFile }) => {
    await register(app);
    const kept = JSON.parse(readFileSync(join(registered, `idp-${port}.json`), 'utf8')) as object;
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
  assert.equal(modeOf(registered), 0o700);
  assert.equal(readFileSync(join(registered, '.gitignore'), 'utf8'), '*\n');
});
