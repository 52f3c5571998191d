/** The command line shown to the user, in a clone and in the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from './command-line.ts';

test('a clone uses npm, the package npx', () => {
  const both = (...[name, options]: Parameters<typeof commandLine>): [string, string] => [
    commandLine(name, { ...options, packed: false }),
    commandLine(name, { ...options, packed: true }),
  ];
  assert.deepEqual(both('cases'), ['npm run cases', 'npx sso-rehearsal cases']);
  assert.deepEqual(both('start', { args: '[options]' }), [
    'npm start [-- options]',
    'npx sso-rehearsal start [options]',
  ]);
  assert.deepEqual(both('case', { args: 'CODE [options]' }), [
    'npm run case -- CODE [options]',
    'npx sso-rehearsal case CODE [options]',
  ]);
  assert.deepEqual(both('diagnose', { args: 'FILE', silent: true }), [
    'npm run -s diagnose -- FILE',
    'npx sso-rehearsal diagnose FILE',
  ]);
});

test('by default it detects a clone', () => {
  assert.equal(commandLine('faults'), 'npm run faults');
});
