/** The story of a failed scenario. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { replayCommand, story } from './story.ts';

const names = [
  'Sam is let in',
  'The price (in $) is "right"? [yes|no] *',
  'A back\\slash and a `tick` and $HOME',
  'Grace’s email – 100 %',
  'It costs $5.',
];

for (const name of names) {
  test(`the command to run “${name}” again selects only that scenario`, () => {
    const pattern = execFileSync('sh', ['-c', replayCommand(name).replace('npm run bdd -- --name', 'printf %s')], {
      encoding: 'utf8',
    });
    assert.ok(new RegExp(pattern).test(name), pattern);
    assert.ok(!new RegExp(pattern).test(`${name}!`) && !new RegExp(pattern).test(`x${name}`));
  });
}

test('the story says who must fix what', () => {
  const text = story({
    scenario: 'Sam',
    rows: [{ at: 0, from: 'tester', to: 'sp', label: 'Sam: SAML response · 303' }],
    response: {
      verdict: 'audience-mismatch',
      findings: [{ code: 'audience-mismatch', expected: 'here', received: 'there' }],
    },
  });
  assert.match(text, /rejected as audience-mismatch: /);
  assert.match(text, /Who must fix it: the administrator of the identity provider \(.*\)\.\nFix: /);
  assert.match(text, /expected here\n {2}received there/);
  assert.match(text, /The administrator sees/);
  assert.match(text, /the administrator of the identity provider/);
  assert.match(text, /npm run bdd -- --name "\^Sam\$"/);
});

test('for a fault accepted below its margin, the story names the margin', () => {
  const faults = ['an assertion that expired 1 minutes ago', 'an assertion that expired 10 minutes ago'];
  const text = story({ scenario: 'Sam', rows: [], response: { verdict: 'success', findings: [] }, faults });
  assert.match(text, /“an assertion that expired 1 minutes ago” .* rejected from about \d+ minutes on\./);
  assert.doesNotMatch(text, /expired 10 minutes/);
});

test('the fix of a product is in the words of its menus', () => {
  const entra = { code: 'entra', words: 'Entra ID', product: 'entra' } as const;
  const unsigned = { verdict: 'message-not-signed' as const, findings: [] };
  const rejected = story({ scenario: 'Sam', rows: [], response: unsigned, product: entra });
  assert.match(rejected, /\nFix: .*\nFix in Entra ID: .*Signing Option: choose/);
  const stuck = story({ scenario: 'Sam', rows: [], response: undefined, stuckAt: 'app-not-assigned', product: entra });
  assert.match(stuck, /\nFix: .*\nFix in Entra ID: .*Users and groups/);
  const zitadel = { code: 'zitadel', words: 'Zitadel', product: 'zitadel' } as const;
  assert.doesNotMatch(story({ scenario: 'Sam', rows: [], response: unsigned, product: zitadel }), /Fix in/);
});

test('a sign-in that ended at the IdP is explained by its case, regardless of earlier responses', () => {
  const text = story({
    scenario: 'Sam',
    rows: [],
    response: { verdict: 'success', findings: [] },
    stuckAt: 'app-not-assigned',
    warnings: ['Sam sees: “not assigned”'],
  });
  const lines = [
    /Sam sees: “not assigned”\nThe sign-in ended at the identity provider .*\(app-not-assigned\)\.\n/,
    /Who must fix it: .*\nFix: .*assign/,
  ];
  assert.match(text, new RegExp(lines.map(({ source }) => source).join('')));
  assert.doesNotMatch(text, /accepted/);
});

test('the command includes the IdP, the product and any file that a run would not find by itself', () => {
  const command = (uri: string, environment: Record<string, string>, packed = false): string =>
    replayCommand('Sam', uri, { environment, packed });
  assert.equal(command('features/a.feature', { IDP: 'keycloak' }), 'IDP=keycloak npm run bdd -- --name "^Sam$"');
  assert.equal(command('../my drafts/a.feature', {}), `npm run bdd -- --name "^Sam$" '../my drafts/a.feature'`);
  assert.equal(command('', { PRODUCT: 'my app.json' }), `PRODUCT='my app.json' npm run bdd -- --name "^Sam$"`);
  // The package finds this recipe by itself.
  assert.equal(command('', { PRODUCT: 'sso-rehearsal.json' }, true), 'npx sso-rehearsal bdd --name "^Sam$"');
});

test('the command includes the mailbox, the hosts and the stack that runs elsewhere, but no secret', () => {
  const command = (environment: Record<string, string>): string => replayCommand('Sam', '', { environment });
  const plain = 'npm run bdd -- --name "^Sam$"';
  const images = { MAILBOX: 'mailhog', MAILHOG_IMAGE: 'mailhog:local' };
  assert.equal(command(images), `MAILBOX=mailhog MAILHOG_IMAGE=mailhog:local ${plain}`);
  const hosts = { HOSTS: 'a.test=10.0.0.7, b.test=10.0.0.8' };
  assert.equal(command(hosts), `HOSTS='a.test=10.0.0.7, b.test=10.0.0.8' ${plain}`);
  const stack = {
    SP_URL: 'http://sp.localhost:8080',
    IDP_URL: 'http://idp.localhost:8081',
    MAILHOG_URL: 'http://qa:secret@127.0.0.1:8025',
    CONTROL_TOKEN: 'secret',
  };
  assert.equal(
    command(stack),
    'SP_URL=http://sp.localhost:8080 IDP_URL=http://idp.localhost:8081 MAILHOG_URL=http://127.0.0.1:8025 ' +
      `CONTROL_TOKEN="$CONTROL_TOKEN" ${plain}`,
  );
  // A mailbox alone, or a token alone, names no stack.
  assert.equal(command({ MAILHOG_URL: 'http://127.0.0.1:8025', CONTROL_TOKEN: 'secret' }), plain);
});
