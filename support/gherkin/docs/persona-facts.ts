/** Names, order and words of the facts of a persona, for readers. */
import type { Facts } from '../../../mock-idp/personas/persona.ts';

export type FactKey = keyof Facts;

/** Every fact is in one chapter; the compiler and a test see to it. */
export const chapters: Readonly<Record<string, readonly FactKey[]>> = {
  'To connect it': ['entityId', 'ssoAddress', 'sloAddress', 'metadata', 'request', 'switchesCertificate', 'login'],
  'What it signs and encrypts': [
    'signed',
    'signatureAlgorithm',
    'keyInfo',
    'keyInfoPrefixes',
    'prefixList',
    'signaturePlace',
    'signatureLayout',
    'lines',
    'encryption',
  ],
  'Names and attributes': [
    'nameId',
    'attributeNames',
    'friendlyNames',
    'ownAttributes',
    'attributeFormat',
    'attributeType',
    'typesDeclared',
    'attributeSorting',
    'repeatedAttributes',
    'emptyAttributes',
    'groups',
  ],
  'Times and IDs': [
    'conditions',
    'confirmation',
    'confirmationNotBefore',
    'session',
    'authnInstant',
    'decimals',
    'delays',
    'ids',
    'sessionIndex',
  ],
  'The rest of a response': [
    'audience',
    'destination',
    'authnContext',
    'authenticatingAuthority',
    'subjectAddress',
    'statements',
    'issuerFormat',
    'consent',
    'errorResponse',
    'rejections',
  ],
  'How it writes XML': [
    'declaration',
    'prefixes',
    'declares',
    'signedElements',
    'declarations',
    'attributeOrder',
    'emptyTag',
  ],
};

export const labels: Readonly<Record<FactKey, string>> = {
  entityId: 'entity ID',
  ssoAddress: 'sign-on URL',
  sloAddress: 'logout URL',
  metadata: 'metadata',
  request: 'AuthnRequest',
  switchesCertificate: 'new certificate used by itself',
  login: 'login form',
  signed: 'signed',
  signatureAlgorithm: 'algorithm',
  keyInfo: 'KeyInfo',
  keyInfoPrefixes: 'prefixes in KeyInfo',
  prefixList: 'PrefixList',
  signaturePlace: 'place of the signature',
  signatureLayout: 'layout of the signature',
  lines: 'lines of base64',
  encryption: 'encryption',
  nameId: 'NameID',
  attributeNames: 'attribute names',
  friendlyNames: 'FriendlyName',
  ownAttributes: 'attributes it adds',
  attributeFormat: 'NameFormat',
  attributeType: 'type of values',
  typesDeclared: 'declarations of the types',
  attributeSorting: 'order of attributes',
  repeatedAttributes: 'an element for each value',
  emptyAttributes: 'attributes without a value',
  groups: 'limit of groups',
  conditions: 'Conditions',
  confirmation: 'SubjectConfirmationData',
  confirmationNotBefore: 'its NotBefore',
  session: 'SessionNotOnOrAfter',
  authnInstant: 'AuthnInstant',
  decimals: 'decimals of seconds',
  delays: 'later than the response, in ms',
  ids: 'IDs',
  sessionIndex: 'SessionIndex',
  audience: 'Audience',
  destination: 'Destination',
  authnContext: 'AuthnContextClassRef',
  authenticatingAuthority: 'AuthenticatingAuthority',
  subjectAddress: 'Address of the user',
  statements: 'order of statements',
  issuerFormat: 'Format of Issuer',
  consent: 'Consent',
  errorResponse: 'response without an assertion',
  rejections: 'rejections',
  declaration: 'XML declaration',
  prefixes: 'prefixes',
  declares: 'repeated declarations',
  signedElements: 'declarations of signed elements',
  declarations: 'namespace declarations',
  attributeOrder: 'order of XML attributes',
  emptyTag: 'empty elements end with',
};

const special: { readonly [Key in FactKey]?: (value: NonNullable<Facts[Key]>['value']) => string } = {
  metadata: ({ signed, wantAuthnRequestsSigned, signOn, logout, validUntil = 'absent' }) =>
    [
      ...(signed === undefined ? [] : [signed ? 'signed' : 'not signed']),
      ...(signOn === undefined ? [] : [`sign-on by ${signOn.join(' and ')}`]),
      ...(logout === undefined ? [] : [logout.length === 0 ? 'no logout URL' : `logout by ${logout.join(' and ')}`]),
      ...(wantAuthnRequestsSigned === undefined ? [] : [`WantAuthnRequestsSigned ${wantAuthnRequestsSigned}`]),
      ...(validUntil === 'absent' ? [] : [`validUntil the ${validUntil}`]),
    ].join(', '),
  conditions: ([before, after]) => `from ${time(before)} before to ${time(after)} after`,
  confirmation: (seconds) => `until ${time(seconds)} after`,
  session: (seconds) => (seconds === 'never' ? 'none' : `${time(seconds)} after`),
  nameId({ format, value, qualifiers }) {
    if (value === 'none') return 'none';
    const type = ['', 'none'].includes(format) ? 'no Format' : short(format);
    return `${type}, ${value}${qualifiers ? ', with qualifiers' : ''}`;
  },
  attributeNames: (names) => [...new Set(Object.values(names))].map(code).join(', ') || 'as configured',
  ownAttributes: (own) => own.map(({ name }) => code(name)).join(', ') || 'none',
  groups: (groups) =>
    groups === 'all' ? 'none: all groups are sent' : `${groups.limit}; beyond it ${code(groups.instead.name)} instead`,
};

/** The value in a few words. Seconds are counted from the time of issue. */
export function wordsOf<Key extends FactKey>(key: Key, value: NonNullable<Facts[Key]>['value']): string {
  const own = special[key] as ((value: unknown) => string) | undefined;
  return own === undefined ? generalWords(value) : own(value);
}

function generalWords(value: unknown): string {
  if (value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return /[^\w ,-]/.test(value) ? code(value) : value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(generalWords).join(', ');
  const parts = Object.entries(value as object).filter(([, one]) => one !== undefined);
  return parts.length === 0 ? 'none' : parts.map(([name, one]) => `${spaced(name)}: ${generalWords(one)}`).join('; ');
}

const code = (text: string): string => `\`${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')}\``;

/** `wantAuthnRequestsSigned` becomes “want authn requests signed”; names of XML stay. */
const spaced = (name: string): string =>
  /^[a-z]+[A-Z][A-Za-z]*$/.test(name) ? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name;

const short = (uri: string): string =>
  `\`${uri.replace(/^urn:oasis:names:tc:SAML:(?:1\.1|2\.0):nameid-format:/, '')}\``;

function time(seconds: number): string {
  const unit = [[86_400, 'd'] as const, [3600, 'h'] as const, [60, 'min'] as const].find(
    ([size]) => seconds >= size && seconds % size === 0,
  );
  return unit === undefined ? `${seconds} s` : `${seconds / unit[0]} ${unit[1]}`;
}
