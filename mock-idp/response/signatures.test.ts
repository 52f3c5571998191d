/** Signatures marked as valid are valid for npm libraries that share no code with the identity provider. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import { keys, messages, run } from '../faults/messages.fixture.ts';
import { type FaultPhrase, faults } from '../faults.ts';
import { verifiedByXmlCrypto, verifiedByXmldsigjs } from './verify-signatures.fixture.ts';

/** Valid signatures that xmldsigjs cannot verify, and why; xml-crypto can. */
const beyondXmldsigjs: Readonly<Partial<Record<FaultPhrase, string>>> = {
  'a response signature over the assertion only': 'it takes the assertion’s own signature away, too, before it digests',
  'a lower-case id attribute': 'it counts ID and id of one element as two IDs',
};

for (const phrase of messages.filter((one) => (faults[one] as Fault).signedProperly))
  test(`${phrase}: valid signatures`, async () => {
    const { faulty } = run(phrase, faults[phrase]);
    const reason = beyondXmldsigjs[phrase];
    assert.equal(await verifiedByXmldsigjs(faulty.xml, keys.certificate), reason === undefined, reason);
    if (reason !== undefined) assert.equal(verifiedByXmlCrypto(faulty.xml, keys.certificate), true);
  });

test('an invalid signature is not verified', async () => {
  const altered = run('a NameID altered after signing', faults['a NameID altered after signing']);
  const strangers = ['signatures by an unknown key', 'signatures by a 1024-bit RSA key'] as const;
  const bad = [altered.faulty.xml, ...strangers.map((phrase) => run(phrase, faults[phrase]).faulty.xml)];
  for (const verified of [verifiedByXmldsigjs, verifiedByXmlCrypto]) {
    assert.equal(await verified(altered.honest.xml, keys.certificate), true, verified.name);
    for (const xml of bad) assert.equal(await verified(xml, keys.certificate), false, verified.name);
  }
});
