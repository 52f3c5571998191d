/** Faults in encryption: for whom the assertion is encrypted, how, and what the cipher text holds. */
import { createPublicKey } from 'node:crypto';
import { encryptionFor } from '../encryption.ts';
import type { Fault } from '../fault.ts';

export const encryptionFaults = {
  'an assertion encrypted for somebody else': {
    code: 'encrypted-other-key',
    touches: ['EncryptedAssertion'],
    sentence: 'The assertion is encrypted with a key that the SP does not hold.',
    rule: 'SAML core 2.3.4; XML Encryption 1.1',
    verdict: 'reject',
    strikes: { encryption: (_, { stranger }) => encryptionFor(createPublicKey(stranger.privateKey)) },
  },
} satisfies Record<string, Fault>;
