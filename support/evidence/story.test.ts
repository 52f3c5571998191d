/** The story of a scenario that failed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { replay, story } from './story.ts';

const names = ['Sam is let in', 'The price (in $) is "right"? [yes|no] *', 'A back\\slash and a `tick` and $HOME', 'Grace’s e-mail – 100 %', 'It costs $5.'];

for (const name of names) {
  test(`the command to play “${name}” again selects it and nothing else`, () => {
    const pattern = execFileSync('sh', ['-c', replay(name).replace('npm run bdd -- --name', 'printf %s')], { encoding: 'utf8' });
    assert.ok(new RegExp(pattern).test(name), pattern);
    assert.ok(!new RegExp(pattern).test(`${name}!`) && !new RegExp(pattern).test(`x${name}`));
  });
}

test('the story says who must fix what', () => {
  const told = story({ scenario: 'Sam', moves: [{ at: 0, from: 'tester', to: 'sp', label: 'Sam: SAML response · 303' }], answer: { verdict: 'audience-mismatch', findings: [{ code: 'audience-mismatch', expected: 'here', received: 'there' }] } });
  assert.match(told, /refused as audience-mismatch: /);
  assert.match(told, /expected here\n {2}received there/);
  assert.match(told, /What the administrator is told/);
  assert.match(told, /Administrator of the identity provider/);
  assert.match(told, /npm run bdd -- --name "\^Sam\$"/);
});
