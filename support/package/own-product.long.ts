/** The package in the repository of a team with a product: init, a red scenario, a green one. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGullible } from '../conformance/gullible-sp.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type Ran, unpack } from './unpacked.fixture.ts';

const ownFeature = `Feature: Our board
  @TMS-7
  Scenario: Sam sees the board
    Given Acme uses SSO
    When Sam tries to sign in through the IdP
    Then Sam is signed in through the IdP
    And our board is teal
`;

const ownStep = `import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
Then('our board is {word}', (colour: string) => assert.equal(colour, 'teal'));
`;

const output = ({ stdout, stderr }: Ran): string => stdout + stderr;

test('init describes a product: its feature is red for an accepted fault, and the team’s own is green', async () => {
  using there = await unpack();
  const [sp, port] = [await startGullible({ ssoUrl: '' }), await freePort()];
  await using _sp = sp;
  sp.redirectTo(`http://idp.localhost:${port}/acme/sso`);
  const { entityId, acs, signIn, signedIn } = sp.config;
  const team = there.project('.board', { 'features/own.feature': ownFeature, 'features/own.mts': ownStep });
  const { page, text } = signedIn as { page: string; text: string };
  const began = await team.command(
    'init',
    ...['--name', 'Board', '--sign-in', signIn, '--entity-id', entityId, '--acs', acs, '--user', 'sam@acme.example'],
    ...['--signed-in', page, '--text', text, '--idp-port', String(port), '--no-install'],
  );
  assert.match(began.stdout, /✔ It leads at once to the mock IdP\./);
  assert.deepEqual([began.status, began.stderr], [0, ''], output(began));
  const { $schema } = JSON.parse(team.read('sso-rehearsal.json')) as { $schema: string };
  assert.ok(existsSync(join(team.folder, $schema)), $schema);

  const again = await team.command('init');
  assert.match(again.stderr, /^sso-rehearsal\.json exists\. Edit it, or replace it .*init --force\n$/);
  assert.equal(again.status, 2);

  const red = await team.command('bdd', '--no-evidence', '--name', 'board', '--name', 'unknown key');
  assert.equal(red.status, 1, output(red));
  for (const words of [
    /^Product: Board \(sso-rehearsal\.json\)\n/,
    /✘ The response is signed with an unknown key {2}features\/sign-in\.feature:\d+\n/,
    /\n2 scenarios in .*: 1 passed 1 failed\n/,
  ])
    assert.match(red.stdout, words);

  const green = await team.command('bdd', '--expect-skipped', '0', 'features/own.feature');
  assert.match(green.stdout, /\n1 scenario in .*: 1 passed\n/);
  assert.equal(green.status, 0, output(green));
  assert.match(team.read('reports/junit.xml'), /<property name="tag" value="@TMS-7"/);
});
