/** Faults in how the message is signed: with what key and algorithm, over which element, and whether at all. */
import type { Fault } from '../fault.ts';
import { x509Data } from '../signing.ts';
import { replace, withChildren } from '../xml.ts';

export const signatureFaults = {
  'an unsigned message around a signed assertion': {
    code: 'signed-assertion-only',
    touches: ['Response/Signature'],
    sentence: 'The assertion is signed and the response around it is not.',
    rule: 'SAML profiles 4.1.4.5',
    verdict: { policy: 'requireSignedMessage', acceptWhen: false, because: 'SAML lets the assertion alone be signed; an SP may want the whole message signed.' },
    strikes: { signing: (signing) => ({ ...signing, response: undefined }) },
    signedProperly: true,
  },
  "signatures made with a stranger's key": {
    code: 'signature-other-key',
    touches: ['X509Certificate'],
    sentence: 'Both signatures are made with a key that the SP was never given, and carry its certificate.',
    rule: 'SAML core 5.4.5; SAML profiles 4.1.4.3',
    verdict: 'reject',
    strikes: {
      signing: ({ assertion, response }, { stranger }) => {
        const forged = { key: stranger.privateKey, certificate: stranger.certificate, keyInfo: [x509Data(stranger.certificate)] };
        return { assertion: assertion && { ...assertion, ...forged }, response: response && { ...response, ...forged } };
      },
    },
  },
  'a NameID altered after signing': {
    code: 'digest-mismatch',
    touches: ['NameID'],
    sentence: 'Somebody changed the NameID of the signed message on its way.',
    rule: 'XML Signature 3.2.1 (core validation)',
    verdict: 'reject',
    strikes: { transit: (response) => replace(response, 'saml:NameID', (nameId) => withChildren(nameId, 'mallory@elsewhere.example')) },
  },
} satisfies Record<string, Fault>;
