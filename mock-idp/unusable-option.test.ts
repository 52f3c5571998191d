/** Errors of start options, in the words of the caller. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnusableOption } from './unusable-option.ts';

test('an option is called by the name under which the caller knows it', () => {
  const error = new UnusableOption('port', (option) => `${option} must be a number`);
  assert.equal(error.message, 'Mock IdP: port must be a number');
  assert.equal(error.named({ port: '--port' }), 'Mock IdP: --port must be a number');
  assert.equal(error.named({ host: 'HOST' }), 'Mock IdP: port must be a number');
  assert.deepEqual([error.option, error.name, 'cause' in error], ['port', 'UnusableOption', false]);
});

test('a cause is kept', () => {
  const cause = new Error('in use');
  assert.equal(new UnusableOption('port', (option) => option, cause).cause, cause);
});
