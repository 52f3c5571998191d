/**
 * Things that a product writes in every message, with any settings. A message without them was probably written by
 * another program. Times, claims, certificates, addresses and the parts that are signed can be set, so they are not
 * here.
 */
import type { ProductId, Source } from '../../../sp/products/product.ts';
import type { MessageFacts, SignatureFacts } from './message-facts.ts';
import { from } from './trait.ts';

export interface Habit {
  /** Continues the sentence: But Okta would write … */
  words: string;
  /** Undefined if the message does not show it. */
  keeps: (facts: MessageFacts) => boolean | undefined;
  sources: Partial<Record<ProductId, Source>>;
}

const prefixes =
  (protocol: string, assertion: string): Habit['keeps'] =>
  ({ prefixes: found }) =>
    (found.protocol ?? protocol) === protocol && (found.assertion ?? assertion) === assertion;

/** Placeholders, which people put into captures, say nothing. */
const isPlaceholder = (pattern: string): boolean => pattern === '{text}' || /^\{characters 1?\d\}$/.test(pattern);

/** One of two is enough: people edit captures. */
const ids =
  (pattern: RegExp, of: (facts: MessageFacts) => readonly (string | undefined)[]): Habit['keeps'] =>
  (facts) => {
    const known = of(facts).filter((one) => one !== undefined && !isPlaceholder(one));
    return known.length === 0 ? undefined : known.some((one) => pattern.test(one!));
  };
const bothIds = ({ ids: { response, assertion } }: MessageFacts) => [response, assertion];
const signedIds = ({ ids: { response, assertion }, responseSignature, assertionSignature }: MessageFacts) => [
  ...(responseSignature === undefined ? [] : [response]),
  ...(assertionSignature === undefined ? [] : [assertion]),
];

/** Undefined without a signature. */
const eachSignature =
  (test: (one: SignatureFacts) => boolean | undefined): Habit['keeps'] =>
  ({ responseSignature, assertionSignature }) => {
    const results = [responseSignature, assertionSignature].flatMap((one) => (one && test(one)) ?? []);
    return results.length === 0 ? undefined : results.every(Boolean);
  };

const isAlphabetical = ({ rootOrder }: MessageFacts): boolean | undefined =>
  rootOrder.length < 3 ? undefined : rootOrder.join() === rootOrder.toSorted().join();

const sessionIndex =
  (test: (one: { pattern: string; isAssertionId: boolean; isRequestId: boolean }) => boolean): Habit['keeps'] =>
  ({ assertion }) => {
    const { pattern, ...rest } = assertion?.sessionIndex ?? {};
    return pattern === undefined ? undefined : test({ isAssertionId: false, isRequestId: false, ...rest, pattern });
  };

const prefixHabits: readonly Habit[] = [
  {
    words: 'the prefix samlp for the protocol only',
    keeps: prefixes('samlp', ''),
    sources: { entra: from.wai23, adfs: from.aws },
  },
  {
    words: 'the prefixes saml2p and saml2',
    keeps: prefixes('saml2p', 'saml2'),
    sources: { okta: from.wai22, google: from.wai22, shibboleth: from.cap },
  },
  {
    words: 'the prefixes samlp and saml',
    keeps: prefixes('samlp', 'saml'),
    sources: {
      onelogin: from.shield,
      pingfederate: from.gosaml,
      pingone: from.shield,
      keycloak: from.wai22,
      simplesamlphp: from.ssp,
      lemonldap: from.lemonldap,
      auth0: from.nodeSamlp,
      'saml-idp': from.samlIdp,
      authentik: from.authentik,
    },
  },
  { words: 'no prefixes at all', keeps: prefixes('', ''), sources: { zitadel: from.zitadel } },
  {
    words: 'the prefix saml2p for the protocol only',
    keeps: prefixes('saml2p', ''),
    sources: { cyberark: from.wire },
  },
];

const idHabits: readonly Habit[] = [
  {
    words: 'IDs of the form _GUID',
    keeps: ids(/^_\{guid\}$/, bothIds),
    sources: { entra: from.wai23, adfs: from.aws, cyberark: from.wire },
  },
  {
    words: 'IDs of “id” and 24 to 26 digits',
    keeps: ids(/^id\{digits 2[4-6]\}$/, bothIds),
    sources: { okta: from.wai22 },
  },
  { words: 'IDs of the form ID_GUID', keeps: ids(/^ID_\{guid\}$/, bothIds), sources: { keycloak: from.wai22 } },
  { words: 'IDs of the form id-GUID', keeps: ids(/^id-\{guid\}$/, bothIds), sources: { pingone: from.shield } },
  {
    words: 'IDs of “_” and 32 hexadecimal digits',
    keeps: ids(/^_\{hex 32\}$/, bothIds),
    sources: { google: from.wai22, shibboleth: from.cap },
  },
  {
    words: 'IDs of “_” and 42 hexadecimal digits',
    keeps: ids(/^_\{hex 42\}$/, bothIds),
    sources: { simplesamlphp: from.ssp },
  },
  {
    words: 'IDs of the form pfxGUID on what is signed',
    keeps: ids(/^pfx\{guid\}$/, signedIds),
    sources: { onelogin: from.shield },
  },
  {
    words: 'IDs of 27 random characters',
    keeps: ids(/^\{characters 27\}$/, bothIds),
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'IDs of “_” and 32 hexadecimal digits in capitals',
    keeps: ids(/^_\{HEX 32\}$/, bothIds),
    sources: { lemonldap: from.lemonldap },
  },
];

const signatureHabits: readonly Habit[] = [
  {
    words: 'the prefix dsig for the signature',
    keeps: eachSignature(({ prefix }) => prefix === 'dsig'),
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'a signature with the prefix ds whose KeyInfo has none',
    keeps: eachSignature(({ prefix, keyInfo, keyInfoPrefix }) =>
      keyInfo === undefined ? undefined : prefix === 'ds' && keyInfoPrefix === '',
    ),
    sources: { adfs: from.gosaml },
  },
  {
    words: 'no prefix in the signature',
    keeps: eachSignature(({ prefix }) => prefix === ''),
    sources: { entra: from.wai23 },
  },
  {
    words: 'KeyInfo with X509SubjectName',
    keeps: eachSignature(({ keyInfo }) => keyInfo?.includes('X509SubjectName') ?? false),
    sources: { google: from.wai22 },
  },
];

const contentHabits: readonly Habit[] = [
  {
    words: 'the attributes of the response in alphabetical order',
    keeps: isAlphabetical,
    sources: { okta: from.shield, google: from.shield, keycloak: from.shield, shibboleth: from.cap },
  },
  {
    words: 'an Issuer with the Format entity',
    keeps: ({ issuer, issuerFormat }) => (issuer === undefined ? undefined : /:entity$/.test(issuerFormat ?? '')),
    sources: { okta: from.wai22 },
  },
  {
    words: 'the attribute Consent on the response',
    keeps: ({ hasConsent }) => hasConsent,
    sources: { adfs: from.gosaml },
  },
  {
    words: 'times with three decimals',
    keeps: ({ decimals }) => (decimals === undefined ? undefined : decimals === 3),
    sources: { adfs: from.gosaml },
  },
  {
    words: 'the attributes before the AuthnStatement',
    keeps: ({ assertion }) =>
      assertion && assertion.statements.length > 1 ? assertion.statements[0] === 'AttributeStatement' : undefined,
    sources: { adfs: from.gosaml },
  },
  {
    words: 'a SessionIndex that is the ID of the request or begins with “id”',
    keeps: sessionIndex(({ pattern, isRequestId }) => isRequestId || pattern.startsWith('id{')),
    sources: { okta: from.wai23 },
  },
  {
    words: 'a SessionIndex with “::” between the session and the client',
    keeps: sessionIndex(({ pattern }) => pattern.includes('::')),
    sources: { keycloak: from.shield },
  },
  {
    words: 'a SessionIndex that is the ID of the assertion',
    keeps: sessionIndex(({ isAssertionId }) => isAssertionId),
    sources: { entra: from.wai23, adfs: from.aws, google: from.shield, pingfederate: from.gosaml },
  },
];

const habits: readonly Habit[] = [...prefixHabits, ...idHabits, ...signatureHabits, ...contentHabits];

/** Words for what this product would have written otherwise. */
export const brokenHabits = (product: ProductId, facts: MessageFacts): string[] =>
  habits.filter(({ sources, keeps }) => product in sources && keeps(facts) === false).map(({ words }) => words);
