/** Names, order and words of the facts of a persona, for readers. */
import type { Decimals, Facts, Plan, Rejection } from '../../mock-idp/personas/persona.ts';

export type FactKey = keyof Facts;
/** Each of them is a row of a table; rejections are a list. */
export type RowKey = Exclude<FactKey, 'rejections'>;

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
    'logout',
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
  lines: 'base64',
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
  confirmationNotBefore: 'NotBefore of SubjectConfirmationData',
  session: 'SessionNotOnOrAfter',
  authnInstant: 'AuthnInstant',
  decimals: 'decimals of seconds',
  delays: 'beside the IssueInstant of the response',
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
  logout: 'logout messages',
  rejections: 'rejections',
  declaration: 'XML declaration',
  prefixes: 'prefixes',
  declares: 'repeated declarations',
  signedElements: 'declarations of signed elements',
  declarations: 'namespace declarations',
  attributeOrder: 'order of XML attributes',
  emptyTag: 'end of empty elements',
};

type Words = { readonly [Key in RowKey]: (value: NonNullable<Facts[Key]>['value']) => string };

const words: Words = {
  entityId: (template) => code(template),
  ssoAddress: (template) => code(template),
  sloAddress: (template) => code(template),
  metadata: ({ signed, wantAuthnRequestsSigned, signOn, logout, validUntil = 'absent', otherCertificate = 'absent' }) =>
    [
      ...(signed === undefined ? [] : [signed ? 'signed' : 'not signed']),
      ...(signOn === undefined ? [] : [`sign-on by ${bindings(signOn)}`]),
      ...(logout === undefined ? [] : [logout.length === 0 ? 'no logout URL' : `logout by ${bindings(logout)}`]),
      ...(wantAuthnRequestsSigned === undefined ? [] : [wants(wantAuthnRequestsSigned)]),
      ...(validUntil === 'absent' ? [] : [`validUntil is the ${validUntil}`]),
      ...(otherCertificate === 'absent' ? [] : ['two certificates for signing, of which the first is in use']),
    ].join(', '),
  request: ({ ignores, demands }) =>
    [
      ...(ignores.length === 0 ? [] : [`it ignores ${listed(ignores)}`]),
      ...(demands.length === 0 ? [] : ['its ID may not start with a digit']),
    ].join('; ') || 'nothing is ignored',
  switchesCertificate: (does) => (does ? 'yes' : 'no'),
  login: ({ username, password, hidden = {} }) =>
    [`the fields ${code(username)} and ${code(password)}`]
      .concat(Object.keys(hidden).length === 0 ? [] : [`hidden: ${listed(Object.keys(hidden).map(code))}`])
      .join('; '),
  signed: (which) =>
    ({ assertion: 'the assertion', response: 'the response', both: 'response and assertion', neither: 'nothing' })[
      which
    ],
  signatureAlgorithm: (name) => name,
  keyInfo: (parts) => (parts.length === 0 ? 'there is none' : listed(parts)),
  keyInfoPrefixes: ({ own, below, of }) =>
    own === below
      ? 'as in the rest of the signature'
      : `${prefixed(own)} on KeyInfo, ${prefixed(below)} on what is in it, in ${of}`,
  prefixList: (list) => (list === '' ? 'there is none' : code(list)),
  signaturePlace: (place) => place,
  signatureLayout: (layout) => (layout === 'one line' ? 'in one line' : layout),
  lines: (lines) => {
    const parts = { signatureValue: 'SignatureValue', certificate: 'X509Certificate', modulus: 'Modulus' } as const;
    const wrapped = (Object.keys(parts) as (keyof typeof parts)[]).flatMap((part) => {
      const found = lines[part];
      return found === undefined ? [] : [`${parts[part]} in lines of ${found.width} characters`];
    });
    return wrapped.length === 0 ? 'one line each' : listed(wrapped);
  },
  encryption: ({ content, digestMethod, key, recipient }) =>
    [
      ...(content === undefined ? [] : [`the assertion by ${content}`]),
      `the key by RSA-OAEP ${digestMethod ? 'with' : 'without'} a named digest, ${key}`,
      recipient === 'unnamed' ? 'the recipient is not named' : `the recipient is named by ${recipient}`,
    ].join('; '),
  nameId({ format, value, qualifiers, spQualifier }) {
    if (value === 'none') return nameIds.none;
    const type = format === 'none' ? 'no Format' : format === '' ? 'the requested Format' : short(format);
    const qualified = qualifiers ? ', with qualifiers' : spQualifier ? ', with SPNameQualifier' : '';
    return `${type}, ${nameIds[value]}${qualified}`;
  },
  attributeNames: (names) => [...new Set(Object.values(names))].map(code).join(', ') || 'as configured',
  friendlyNames: (names) => (typeof names === 'string' ? names : listed(Object.values(names).map(code))),
  ownAttributes: (own) => own.map(({ name }) => code(name)).join(', ') || 'none',
  attributeFormat: ({ usual, of = {} }) =>
    [usual, ...Object.entries(of).map(([name, format]) => `${format} for ${code(name)}`)]
      .map((one) =>
        one.replace(/^none\b/, 'no NameFormat').replace('by name', 'uri for names that are URIs, else basic'),
      )
      .join(', '),
  attributeType: (type) => (type === 'none' ? 'no xsi:type' : code(type)),
  typesDeclared: (place) => place,
  attributeSorting: (sorting) => sorting,
  repeatedAttributes: (names) =>
    names === 'all' ? 'yes' : names.length === 0 ? 'no, all values are in one' : `only of ${listed(names.map(code))}`,
  emptyAttributes: (what) => what,
  groups: (groups) =>
    groups === 'all' ? 'none, all groups are sent' : `${groups.limit}; beyond it ${code(groups.instead.name)} instead`,
  conditions: ([before, after]) =>
    before === 0
      ? `from the issue to ${time(after)} after it`
      : `from ${time(before)} before to ${time(after)} after the issue`,
  confirmation: (seconds) => `until ${time(seconds)} after the issue`,
  confirmationNotBefore: (has) => (has ? 'the time of issue' : 'there is none'),
  session: (seconds) => (seconds === 'never' ? 'none' : `${time(seconds)} after the issue`),
  authnInstant: (which) =>
    ({ 'of the session': 'the time of the sign-in', NotBefore: 'the time of NotBefore', issue: 'the time of issue' })[
      which
    ],
  decimals: ({ usual, response, authnInstant }) =>
    [
      secondsOf(usual),
      ...(response === undefined ? [] : [`${secondsOf(response)} in the response`]),
      ...(authnInstant === undefined
        ? []
        : [`${authnInstant === 'zeros' ? 'three zeros' : secondsOf(authnInstant)} in AuthnInstant`]),
    ].join(', '),
  delays: ({ assertion, conditions, confirmation }) =>
    [
      ['IssueInstant of the assertion', assertion] as const,
      ['Conditions', conditions] as const,
      ['SubjectConfirmationData', confirmation] as const,
    ]
      .flatMap(([name, by]) => (by ? [`${name} ${Math.abs(by)} ms ${by < 0 ? 'earlier' : 'later'}`] : []))
      .join(', ') || 'none',
  ids: ({ response, assertion }) =>
    response === assertion ? code(response) : `${code(response)} of the response, ${code(assertion)} of the assertion`,
  sessionIndex: ({ asked, unasked }) =>
    indexOf(asked) + (unasked === undefined ? '' : `; without a request ${indexOf(unasked)}`),
  audience: (audience) =>
    ({
      'as registered': 'the entity ID of the app',
      'spn for names': 'the entity ID of the app, after `spn:` if it has no scheme',
      absent: 'there is none',
    })[audience],
  destination: (when) => (when === 'in a signed response' ? 'only in a signed response' : when),
  authnContext: (uri) => (uri === '' ? 'as requested' : code(uri)),
  authenticatingAuthority: (has) => (has ? 'its entity ID' : 'there is none'),
  subjectAddress: (has) => (has ? 'in SubjectConfirmationData and SubjectLocality' : 'there is none'),
  statements: (order) => (order === 'authn first' ? 'AuthnStatement first' : 'AttributeStatement first'),
  issuerFormat: (format) => (format === '' ? 'there is none' : short(format)),
  consent: (consent) => (consent === '' ? 'there is none' : code(consent)),
  errorResponse: ({ destination, inResponseTo, emptyAssertion, messageInAttribute }) =>
    `${destination ? 'with' : 'without'} Destination, ${inResponseTo ? 'with' : 'without'} InResponseTo` +
    (emptyAssertion ? ', with an empty Assertion' : '') +
    (messageInAttribute ? ', the message in an attribute' : ''),
  logout: (plan) =>
    plan === 'unknown'
      ? 'unknown'
      : [
          plan.signed ? 'signed' : 'not signed by default',
          plan.notOnOrAfter === 'absent'
            ? 'no NotOnOrAfter'
            : `NotOnOrAfter ${time(plan.notOnOrAfter)} after the issue`,
          plan.order.length === 0
            ? 'attributes in alphabetical order'
            : `attributes in the order ${plan.order.join(', ')}`,
        ].join('; '),
  declaration: (text) => (text === '' ? 'there is none' : code(text)),
  prefixes: (prefixes) =>
    listed(Object.entries(prefixes).map(([name, prefix]) => `${prefixed(prefix)} for ${vocabularies[name] ?? name}`)),
  declares: (elements) => {
    const by = Object.entries(elements).map(([name, list]) => [
      local(name),
      listed(list.map(([one]) => prefixed(one))),
    ]);
    const same = new Set(by.map(([, list]) => list));
    if (by.length > 3 && same.size === 1) return `${by[0]![1]} on ${listed(by.map(([name]) => name!))}`;
    return by.map(([name, list]) => `${list} on ${name}`).join('; ');
  },
  signedElements: ({ declareTypes, declareAgain }) =>
    [
      ...(declareTypes ? ['xs where there are attributes'] : []),
      ...(declareAgain ? ['their children declare their own prefix again'] : []),
    ].join('; ') || 'nothing more',
  declarations: ({ first, otherwise = [] }) =>
    `${first ? 'before' : 'after'} the attributes` +
    (otherwise.length === 0 ? '' : `, on ${listed(otherwise.map(local))} the other way round`),
  attributeOrder: (orders) =>
    Object.entries(orders)
      .map(([name, order]) => `${local(name)}: ${order.join(', ')}`)
      .join('; ') || 'alphabetical',
  emptyTag: (tag) => (tag === '><' ? 'an end tag' : code(tag)),
};

const nameIds: Readonly<Record<Plan['nameId']['value'], string>> = {
  'as configured': 'the name as configured',
  username: 'the user name',
  'principal name': 'the user principal name',
  identifier: 'an identifier of the product',
  'email, or none': 'an email; no NameID for other names',
  none: 'there is none',
};

/** The page or the response after a rejected sign-in. */
export function rejectionWords(rejection: Rejection): string {
  if ('page' in rejection) {
    const { code: error, heading } = rejection.page;
    const named = error === undefined ? '' : `, with ${code(error)}`;
    return `a page of its own, “${heading}”${named}; the app gets no response`;
  }
  const { code: first, second, message } = rejection.status;
  const codes = [first, ...(second === undefined ? [] : [second])].map(code).join(' / ');
  return `a response with status ${codes}${message ? `, “${message.split('\n')[0]}”` : ''}`;
}

/** The value in a few words. Seconds are counted from the time of issue. */
export const wordsOf = <Key extends keyof Words>(key: Key, value: NonNullable<Facts[Key]>['value']): string =>
  (words[key] as (value: unknown) => string)(value);

const vocabularies: Readonly<Record<string, string>> = {
  samlp: 'the protocol',
  saml: 'the assertion',
  ds: 'the signature',
  xenc: 'what is encrypted',
  xs: 'types',
};

const code = (text: string): string => `\`${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')}\``;
const prefixed = (prefix: string): string => (prefix === '' ? 'no prefix' : code(prefix));
const local = (name: string): string => name.slice(name.indexOf(':') + 1);
const secondsOf = (decimals: Decimals): string =>
  ({ 0: 'whole seconds', 3: 'milliseconds', 6: 'up to six decimals' })[decimals];
const wants = (signed: boolean | 'absent'): string =>
  signed === 'absent' ? 'no WantAuthnRequestsSigned' : `WantAuthnRequestsSigned is ${signed}`;
const bindings = (all: readonly string[]): string =>
  listed(all.map((one) => (one === 'post' ? 'HTTP-POST' : 'HTTP-Redirect')));
const meanings: Readonly<Record<string, string>> = {
  '{assertion}': 'the ID of the assertion',
  '{request}': 'the ID of the request',
};
const indexOf = (template: string): string => meanings[template] ?? code(template);

/** Such as: a, b and c. */
const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

const short = (uri: string): string =>
  `\`${uri.replace(/^urn:oasis:names:tc:SAML:(?:1\.1|2\.0):nameid-format:/, '')}\``;

function time(seconds: number): string {
  const unit = [[86_400, 'd'] as const, [3600, 'h'] as const, [60, 'min'] as const].find(
    ([size]) => seconds >= size && seconds % size === 0,
  );
  return unit === undefined ? `${seconds} s` : `${seconds / unit[0]} ${unit[1]}`;
}
