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

/** A setting that the message shows, but does not tell reliably, or that the mock cannot write. */
interface NotLearned {
  notLearned: string;
}

/** The reason is for people. */
export const notLearned = (because: string): NotLearned => ({ notLearned: because });

export const notWritten = notLearned('the mock cannot write it this way');

export const isNotLearned = (value: unknown): value is NotLearned =>
  typeof value === 'object' && value !== null && 'notLearned' in value;

/** A setting with parts. */
export type LearnedParts = Readonly<Record<string, unknown>>;
