/** Verifies the signatures with xmlsec1, which shares no code with any JavaScript library. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Fault } from '../fault.ts';
import { keys, messages, run } from '../faults/messages.fixture.ts';
import { faults } from '../faults.ts';
import { verifiedByXmlsec1 } from './verify-signatures.fixture.ts';

const installed = spawnSync('xmlsec1', ['--version']).status === 0;

describe('xmlsec1', { skip: !installed && 'xmlsec1 is not installed' }, () => {
  // Debian's xmlsec1 does not know RSA-PSS; xmldsigjs does, and verifies it in npm test.
  const known = messages.filter((phrase) => phrase !== 'RSA-PSS signatures');
  for (const phrase of known.filter((one) => (faults[one] as Fault).signedProperly))
    test(`${phrase}: signed properly`, () => {
      const { faulty } = run(phrase, faults[phrase]);
      assert.equal(verifiedByXmlsec1(faulty.xml, keys.certificate), true);
    });

  test('a signature that is not good is not verified', () => {
    const altered = run('a NameID altered after signing', faults['a NameID altered after signing']);
    assert.equal(verifiedByXmlsec1(altered.honest.xml, keys.certificate), true);
    assert.equal(verifiedByXmlsec1(altered.faulty.xml, keys.certificate), false);
    for (const phrase of ['signatures by an unknown key', 'signatures by a 1024-bit RSA key'] as const)
      assert.equal(verifiedByXmlsec1(run(phrase, faults[phrase]).faulty.xml, keys.certificate), false);
  });
});
