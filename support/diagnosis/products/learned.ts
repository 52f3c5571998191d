/** Settings of a persona that a response may show, by the names of the mock. */
export const learnable = [
  'declaration',
  'prefixes',
  'attributeOrder',
  'emptyTag',
  'declarations',
  'declares',
  'signedElements',
  'signed',
  'signatureAlgorithm',
  'prefixList',
  'keyInfo',
  'keyInfoPrefixes',
  'lines',
  'signatureLayout',
  'signaturePlace',
  'encryption',
  'ids',
  'sessionIndex',
  'decimals',
  'delays',
  'conditions',
  'confirmation',
  'session',
  'destination',
  'consent',
  'errorResponse',
  'issuerFormat',
  'nameId',
  'confirmationNotBefore',
  'subjectAddress',
  'statements',
  'authnContext',
  'authenticatingAuthority',
  'attributeNames',
  'friendlyNames',
  'attributeFormat',
  'attributeType',
  'typesDeclared',
  'repeatedAttributes',
  'emptyAttributes',
] as const;

type Setting = (typeof learnable)[number];

/** Undefined where the message shows nothing. */
export type Learned = Readonly<Partial<Record<Setting, unknown>>>;

/** A setting with parts. */
export type LearnedParts = Readonly<Record<string, unknown>>;
