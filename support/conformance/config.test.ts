/** What may be said of a service provider, and which hosts may be attacked. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigRefused, readConfig } from './config.ts';
import { addressesOf, HostRefused, refuseStrangers } from './hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'stand-config-'));
after(() => rmSync(folder, { recursive: true }));

const good = {
  name: 'SP',
  metadata: 'sp.xml',
  signIn: 'http://127.0.0.1:1/login',
  signedIn: { text: 'Hello {user}' },
  user: { nameId: 'a@b.example' },
};
const file = (text: string, name = 'sp.json'): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const read = (said: object): Promise<unknown> => readConfig(file(JSON.stringify(said)));

describe('a configuration', () => {
  test('may be JSON or a module; metadata lies beside it', async () => {
    assert.equal((await readConfig(file(JSON.stringify(good)))).metadata, join(folder, 'sp.xml'));
    assert.equal((await readConfig(file(`export default ${JSON.stringify(good)} as const;`, 'sp.ts'))).name, 'SP');
  });

  for (const [what, said, complaint] of [
    ['an unknown setting', { ...good, metadta: 'x' }, /metadta/],
    [
      'metadata and entity ID',
      { ...good, entityId: 'x', acs: 'http://127.0.0.1:1/acs' },
      /either metadata, or entityId and acs/,
    ],
    ['neither', { ...good, metadata: undefined }, /either metadata, or entityId and acs/],
    [
      'two ways to tell who is signed in',
      { ...good, signedIn: { text: '{user}', cookie: 'session' } },
      /exactly one of text, json, cookie and address/,
    ],
    ['a text that names nobody', { ...good, signedIn: { text: 'Welcome' } }, /must hold \{user\} once/],
    ['an address that is none', { ...good, signIn: 'javascript:alert(1)' }, /signIn/],
    ['an unknown demand', { ...good, demands: ['signatures'] }, /fresh-sign-in/],
    [
      'sign-ins from the portal that are unwanted',
      { ...good, signIn: 'portal', unwanted: ['idp-initiated'] },
      /portal/,
    ],
    ['an unknown wish', { ...good, unwanted: ['signatures'] }, /idp-initiated/],
  ] as const)
    test(`is refused with ${what}`, async () =>
      assert.rejects(read(said), (error) => error instanceof ConfigRefused && complaint.test(error.message)));

  test('that is no JSON, does not exist or does not load is refused in words', async () => {
    await assert.rejects(readConfig(file('{')), ConfigRefused);
    await assert.rejects(readConfig(join(folder, 'nowhere.json')), ConfigRefused);
    await assert.rejects(readConfig(file('export default', 'broken.ts')), ConfigRefused);
  });

  test('every example is one', async () => {
    const examples = fileURLToPath(new URL('../../docs/conformance', import.meta.url));
    const names = readdirSync(examples).filter((name) => name.endsWith('.json'));
    assert.ok(names.length >= 2);
    for (const name of names) assert.ok((await readConfig(join(examples, name))).name, name);
  });
});

describe('hosts', () => {
  const refused = (address: string, allowed: string[] = []): boolean => {
    try {
      refuseStrangers([address], allowed);
      return false;
    } catch (error) {
      assert.ok(error instanceof HostRefused);
      return true;
    }
  };

  test('of this machine may be attacked', () => {
    for (const address of [
      'http://localhost:1/',
      'http://sp.localhost/',
      'http://127.0.0.1/',
      'http://127.9.9.9/',
      'http://[::1]/',
      'http://2130706433/',
    ])
      assert.equal(refused(address), false, address);
  });
  test('elsewhere may not, whatever they are called', () => {
    for (const address of [
      'https://example.org/',
      'http://10.0.0.1/',
      'http://localhost.example.org/',
      'http://127.0.0.1.example.org/',
      'http://notlocalhost/',
      'http://0.0.0.0/',
      'http://localhost@example.org/',
    ])
      assert.equal(refused(address), true, address);
  });
  test('that were named may, and only those', () => {
    assert.equal(refused('https://sp.example.org/acs', ['sp.example.org']), false);
    assert.equal(refused('https://example.org/acs', ['sp.example.org']), true);
  });
  test('are looked at in every address that a configuration names', async () => {
    const config = await readConfig(
      file(
        JSON.stringify({
          ...good,
          metadata: undefined,
          entityId: 'x',
          acs: 'http://127.0.0.1:1/acs',
          signedIn: { page: 'https://elsewhere.example/', text: '{user}' },
        }),
      ),
    );
    assert.throws(
      () => refuseStrangers(addressesOf(config), []),
      /elsewhere\.example\/ is not on this machine.*--allow-host elsewhere\.example/s,
    );
  });
});
