/** The one sentence by which a command is called, in a clone and from the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called } from './command-line.ts';

test('a clone calls by npm, the package by npx', () => {
  const both = (...[name, options]: Parameters<typeof called>): [string, string] => [
    called(name, options, false),
    called(name, options, true),
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
  assert.deepEqual(both('diagnose', { args: 'FILE', alone: true }), [
    'npm run -s diagnose -- FILE',
    'npx sso-rehearsal diagnose FILE',
  ]);
});

test('here it is a clone', () => {
  assert.equal(called('faults'), 'npm run faults');
});
