/** The policies of a diagnosis: their strict defaults, and their allowed values. */
import {
  hardenedPolicies as hardenedInProfile,
  type Leniency,
  nameIdFormats,
  type Policies,
  strict,
} from '../../sp/saml/judgement.ts';

/** Those of an SSO profile, and those that only a diagnosis has. */
export type DiagnosisPolicies = Policies & Partial<Leniency>;
export const hardenedPolicies: Policies & Leniency = { ...hardenedInProfile, ...strict };

/** Policy name → allowed values. */
export const policyValues: Readonly<Record<keyof DiagnosisPolicies, string>> = {
  requireSignedMessage: 'true|false',
  requireSignedAssertion: 'true|false',
  allowSha1: 'true|false',
  allowIdpInitiated: 'true|false',
  requireRelayState: 'true|false',
  requireEncryption: 'true|false',
  nameIdFormat: nameIdFormats.join('|'),
  requiredAttributes: 'NAME,NAME…',
  allowMd5: 'true|false',
  allowShortKeys: 'true|false',
  allowCbc: 'true|false',
  allowTripleDes: 'true|false',
  allowRsa15: 'true|false',
  allowDeflate: 'true|false',
  allowOtherEncodings: 'true|false',
  allowRepeatedAttributes: 'true|false',
  allowOtherCanonicalization: 'true|false',
  allowWholeDocumentReference: 'true|false',
};
