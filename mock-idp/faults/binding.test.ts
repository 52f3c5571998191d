/** Faults of the binding do not depend on chance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { bindingFaults } from './binding.ts';
import { run } from './messages.fixture.ts';

test('a deflated response contains its XML as it is, for receivers that do not inflate it', () => {
  const phrase = 'a deflated response by POST';
  const { honest, faulty } = run(phrase, bindingFaults[phrase]);
  const [, message] = faulty.fields.find(([name]) => name === 'SAMLResponse')!;
  const octets = Buffer.from(message, 'base64');
  assert.equal(inflateRawSync(octets).toString(), honest.xml);
  assert.equal(octets.subarray(5).toString(), honest.xml);
});
