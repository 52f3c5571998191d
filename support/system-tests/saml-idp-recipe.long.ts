/** The recipe in docs/any-idp.md for saml-idp, which must know the SP before it starts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSigningKey } from '../idp/certificates.ts';
import { findPackage } from '../idp/saml-idp.ts';
import { startServerProcess } from '../idp/server-process.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { playWithIdp } from './play-with-idp.ts';

const folder = mkdtempSync(join(tmpdir(), 'saml-idp-recipe-'));
after(() => rmSync(folder, { recursive: true }));

const [spPort, idpPort] = [await freePort(), await freePort()];
const onOtherPorts = (text: string): string =>
  text.replaceAll('8480', String(spPort)).replaceAll('7000', String(idpPort));
const [, section = ''] = readFileSync(new URL('../../docs/any-idp.md', import.meta.url), 'utf8').split(
  '### For instance: saml-idp',
);
const block = (language: string): string => onOtherPorts(section.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!);
const file = join(folder, 'saml-idp.json');
writeFileSync(file, JSON.stringify({ ...JSON.parse(block('json')), serviceProvider: { port: spPort } }));

const bdd = fileURLToPath(new URL('../commands/bdd.ts', import.meta.url));
const announce = (idp: string) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', bdd, '--announce'], {
    env: { ...process.env, IDP: idp },
    encoding: 'utf8',
  });

/** The command in the page, with this test's own key. */
async function startAsPrinted(): Promise<AsyncDisposable> {
  const { privateKey, certificate } = await createSigningKey('saml-idp');
  writeFileSync(join(folder, 'key.pem'), privateKey);
  writeFileSync(join(folder, 'certificate.pem'), certificate);
  const printed = block('sh').split('npx saml-idp')[1]!.split('IDP=')[0]!.replaceAll('\\\n', ' ');
  const options = printed.trim().split(/\s+/);
  const { end } = await startServerProcess(
    [process.execPath, findPackage().main, ...options.map((one) => (one.endsWith('.pem') ? join(folder, one) : one))],
    { env: { FORCE_COLOR: '0' }, ready: /(IdP server ready at)/ },
  );
  return { [Symbol.asyncDispose]: end };
}

test('--announce prints what to configure while it is not running, and then the recipe is played', async () => {
  const { stdout, stderr, status } = announce(`recipe:${file}`);
  assert.deepEqual([status, stderr], [0, '']);
  const sp = `http://sp.localhost:${spPort}/saml/acme`;
  assert.ok(stdout.includes(`${sp}/metadata`) && stdout.includes(`${sp}/acs`), stdout);
  assert.match(readFileSync(join(folder, 'saml-idp.sp-metadata.xml'), 'utf8'), /SPSSODescriptor/);
  await using _idp = await startAsPrinted();
  const { tally, output } = await playWithIdp(`recipe:${file}`, {
    tags: '@any-idp and (@case:replay-detected or @case:cookie-samesite-blocked or @case:mailbox-switched)',
  });
  assert.deepEqual(tally, { passed: 2, skipped: 1, failed: 0 }, output);
});

test('--announce is only for recipes, and an unreadable recipe gives one sentence', () => {
  for (const [idp, sentence] of [
    ['saml-idp', /^--announce is for recipes: IDP=recipe:FILE\. IDP=saml-idp is set up by the run\.\n$/],
    [`recipe:${join(folder, 'none.json')}`, /^Cannot use the recipe \S+: cannot read \S+\n$/],
  ] as const) {
    const { stdout, stderr, status } = announce(idp);
    assert.match(stderr, sentence);
    assert.deepEqual([status, stdout], [2, '']);
  }
});
