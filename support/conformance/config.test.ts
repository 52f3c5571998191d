/** The configuration of a service provider, and the hosts that may be attacked. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvalidConfig, readConfig } from './config.ts';
import { checkHosts, HostNotAllowed, urlsOf } from './hosts.ts';

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
const read = (config: object): Promise<unknown> => readConfig(file(JSON.stringify(config)));

describe('a configuration', () => {
  test('is JSON or a module, with metadata relative to it', async () => {
    assert.equal((await readConfig(file(JSON.stringify(good)))).metadata, join(folder, 'sp.xml'));
    assert.equal((await readConfig(file(`export default ${JSON.stringify(good)} as const;`, 'sp.ts'))).name, 'SP');
  });

  for (const [problem, config, complaint] of [
    ['an unknown setting', { ...good, metadta: 'x' }, /metadta/],
    [
      'metadata and entity ID',
      { ...good, entityId: 'x', acs: 'http://127.0.0.1:1/acs' },
      /either metadata, or entityId and acs/,
    ],
    ['neither', { ...good, metadata: undefined }, /either metadata, or entityId and acs/],
    [
      'two ways to detect the signed-in user',
      { ...good, signedIn: { text: '{user}', cookie: 'session' } },
      /exactly one of text, json, cookie and address/,
    ],
    ['a text without {user}', { ...good, signedIn: { text: 'Welcome' } }, /must contain \{user\} once/],
    ['an invalid sign-in URL', { ...good, signIn: 'javascript:alert(1)' }, /signIn/],
    ['an unknown demand', { ...good, demands: ['signatures'] }, /fresh-sign-in/],
    ['a portal sign-in that is unwanted', { ...good, signIn: 'portal', unwanted: ['idp-initiated'] }, /portal/],
    ['an unknown feature in unwanted', { ...good, unwanted: ['signatures'] }, /idp-initiated/],
  ] as const)
    test(`is rejected with ${problem}`, async () =>
      assert.rejects(read(config), (error) => error instanceof InvalidConfig && complaint.test(error.message)));

  test('that is malformed, missing or fails to load is rejected with a sentence', async () => {
    await assert.rejects(readConfig(file('{')), InvalidConfig);
    await assert.rejects(readConfig(join(folder, 'nowhere.json')), InvalidConfig);
    await assert.rejects(readConfig(file('export default', 'broken.ts')), InvalidConfig);
  });

  test('is valid in every example', async () => {
    const examples = fileURLToPath(new URL('../../docs/conformance', import.meta.url));
    const names = readdirSync(examples).filter((name) => name.endsWith('.json'));
    assert.ok(names.length >= 2);
    for (const name of names) assert.ok((await readConfig(join(examples, name))).name, name);
  });
});

describe('hosts', () => {
  const isRejected = (address: string, allowed: string[] = []): boolean => {
    try {
      checkHosts([address], allowed);
      return false;
    } catch (error) {
      assert.ok(error instanceof HostNotAllowed);
      return true;
    }
  };

  test('on this machine may be attacked', () => {
    for (const address of [
      'http://localhost:1/',
      'http://sp.localhost/',
      'http://127.0.0.1/',
      'http://127.9.9.9/',
      'http://[::1]/',
      'http://2130706433/',
    ])
      assert.equal(isRejected(address), false, address);
  });
  test('elsewhere may not, even with a similar name', () => {
    for (const address of [
      'https://example.org/',
      'http://10.0.0.1/',
      'http://localhost.example.org/',
      'http://127.0.0.1.example.org/',
      'http://notlocalhost/',
      'http://0.0.0.0/',
      'http://localhost@example.org/',
    ])
      assert.equal(isRejected(address), true, address);
  });
  test('that are allowed by option may, and no others', () => {
    assert.equal(isRejected('https://sp.example.org/acs', ['sp.example.org']), false);
    assert.equal(isRejected('https://example.org/acs', ['sp.example.org']), true);
  });
  test('are checked in every URL of the configuration', async () => {
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
      () => checkHosts(urlsOf(config), []),
      /elsewhere\.example\/ is not on this machine.*--allow-host elsewhere\.example/s,
    );
  });
});
