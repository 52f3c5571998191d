/** Deliveries: sign-ins with something arranged around the response, not in it. Judged like faults. */
import type { Fault } from '../../mock-idp/fault.ts';
import { faults } from '../../mock-idp/faults.ts';
import { personaOf } from '../../mock-idp/personas/catalogue.ts';
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import type { Attempt, Guest } from './guest.ts';
import type { App, PlayedPersona } from './stand.ts';

export interface Delivery {
  phrase: string;
  /** The fault in the report; it changes nothing in the response. */
  fault: Omit<Fault, 'strikes'>;
  row: FaultRow;
  /** The attempt is judged by who is signed in at its end. The caller clears arranged faults. */
  play(at: { app: App; open: () => Guest }): Promise<Attempt>;
}

/** A service provider that publishes an encryption certificate should accept what is encrypted for it. */
const encrypted: Delivery = {
  phrase: 'an encrypted assertion',
  fault: {
    code: 'encrypted-ok',
    sentence: 'A valid assertion, encrypted for the certificate in the metadata (AES-256-GCM, RSA-OAEP).',
    rule: 'SAML deployment profile SDP-SP10',
    verdict: 'accept',
  },
  row: { rejection: null, feature: 'encryption' },
  async play({ app, open }) {
    await app.encrypt(true);
    return open().signIn();
  },
};

/** A service provider may reject CBC, as many products encrypt. */
const encryptedWithCbc: Delivery = {
  ...encrypted,
  fault: {
    ...encrypted.fault,
    sentence: 'A valid assertion, encrypted for the certificate in the metadata in CBC mode, as the product does.',
    rule: faults['an assertion encrypted with AES-256-CBC'].rule,
    verdict: faults['an assertion encrypted with AES-256-CBC'].verdict,
  },
  row: { rejection: 'encryption-algorithm-refused', feature: 'encryption', choice: 'old-encryption' },
};

export function encryptedBy({ name, set }: PlayedPersona = { set: {} }): Delivery {
  const ofProduct = name === undefined ? undefined : personaOf(name).facts.encryption?.value;
  const { content } = { ...ofProduct, ...set.encryption };
  return content?.endsWith('-cbc') ? encryptedWithCbc : encrypted;
}

export const fromPortal: Delivery = {
  phrase: 'a sign-in from the IdP’s app portal',
  fault: {
    code: 'unsolicited-from-portal',
    sentence: 'A valid sign-in that starts at the IdP, so that the response belongs to no request.',
    rule: 'SAML profiles 4.1.5',
    verdict: faults['an unsolicited response'].verdict,
  },
  row: { rejection: null, feature: 'idp-initiated' },
  play: ({ app, open }) => open().signIn({ startAt: app.portal }),
};

/** RelayState decides where such a sign-in ends, and only its sender has seen it before. */
export const fromPortalElsewhere: readonly Delivery[] = (
  ['a RelayState with a URL', 'a RelayState with a scheme-relative URL', 'a RelayState with a backslash URL'] as const
).map((phrase) => {
  const { code, sentence, rule } = faults[phrase];
  return {
    phrase: `a sign-in from the app portal with ${phrase}`,
    fault: { code: `portal-${code}`, sentence: `An unsolicited response. ${sentence}`, rule, verdict: 'reject' },
    row: { rejection: 'relay-state-mismatch' },
    async play({ app, open }) {
      await app.arrange(phrase);
      return open().signIn({ startAt: app.portal });
    },
  } satisfies Delivery;
});
