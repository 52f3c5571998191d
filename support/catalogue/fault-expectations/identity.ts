/** The rows of the faults in mock-idp/faults/identity.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const identityRows = {
  'nameid-case-variant': { rejection: null, choice: 'address-case' },
  'nameid-trailing-space': { rejection: 'nameid-not-email', invisible: true },
  'nameid-line-breaks': { rejection: 'nameid-not-email', invisible: true },
  'nameid-nbsp': { rejection: 'nameid-not-email', invisible: true },
  'nameid-unicode-homoglyph': { rejection: 'nameid-user-mismatch' },
  'nameid-nfkc': { rejection: 'nameid-user-mismatch' },
  'nameid-zero-width': { rejection: 'nameid-not-email', invisible: true },
  'nameid-bidi': { rejection: 'nameid-not-email', invisible: true },
  'nameid-idn-domain': { rejection: 'email-domain-refused' },
  'nameid-domain-nfkc': { rejection: 'nameid-user-mismatch' },
  'nameid-plus-alias': { rejection: 'nameid-user-mismatch' },
  'nameid-quoted-local': { rejection: 'nameid-not-email', spelling: true },
  'nameid-two-at': { rejection: 'nameid-not-email' },
  'nameid-mail-comment': { rejection: 'nameid-not-email', spelling: true },
  'nameid-display-name': { rejection: 'nameid-not-email', spelling: true },
  'nameid-mailto': { rejection: 'nameid-not-email', spelling: true },
  'nameid-two-addresses': { rejection: 'nameid-not-email', namesTwo: true },
  'email-domain-confusion': { rejection: 'email-domain-refused' },
  'nameid-subdomain': { rejection: 'email-domain-refused' },
  'nameid-sql': { rejection: 'nameid-not-email' },
  'nameid-html': { rejection: 'nameid-not-email' },
  'nameid-4096': { rejection: 'nameid-too-long', choice: 'limits' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
