/** How products write a response. The addresses that they put into it are in sp/products/addresses.ts. */
import type { AssertionFacts, AttributeFacts, MessageFacts, SignatureFacts } from './message-facts.ts';
import { from, type Trait } from './trait.ts';

type Message = Trait<MessageFacts>;

const signatures = ({ responseSignature, assertionSignature }: MessageFacts): SignatureFacts[] =>
  [responseSignature, assertionSignature].filter((one) => one !== undefined);
const anySignature = (facts: MessageFacts, test: (one: SignatureFacts) => boolean): boolean =>
  signatures(facts).some(test);
const inAssertion = ({ assertion }: MessageFacts, test: (one: AssertionFacts) => boolean): boolean =>
  assertion !== undefined && test(assertion);
const someAttribute = (facts: MessageFacts, test: (one: AttributeFacts) => boolean): boolean =>
  facts.assertion?.attributes.some(test) ?? false;
const hasIds = ({ ids }: MessageFacts, pattern: string | RegExp): boolean => {
  const known = [ids.response, ids.assertion].filter((id) => id !== undefined);
  return known.length > 0 && known.every((id) => (typeof pattern === 'string' ? id === pattern : pattern.test(id)));
};
const prefixes = (protocol: string, assertion: string) => (facts: MessageFacts) =>
  facts.prefixes.protocol === protocol && facts.prefixes.assertion === assertion;
const keyInfo =
  (...names: string[]) =>
  (facts: MessageFacts): boolean =>
    anySignature(facts, (one) => one.keyInfo?.join() === names.join());
const rootOrder =
  (...names: string[]) =>
  ({ rootOrder: order }: MessageFacts): boolean =>
    order.filter((name) => names.includes(name)).join() === names.filter((name) => order.includes(name)).join() &&
    order.filter((name) => names.includes(name)).length >= names.length - 1;
/** A window in seconds around the issue instant, give or take some seconds. */
const window =
  (before: number, after: number, tolerance = 2) =>
  (facts: MessageFacts): boolean =>
    inAssertion(
      facts,
      ({ times: { notBefore, notOnOrAfter } }) =>
        notBefore !== undefined &&
        notOnOrAfter !== undefined &&
        Math.abs(notBefore + before) <= tolerance &&
        Math.abs(notOnOrAfter - after) <= tolerance,
    );
/** Some products count from the sign-in, others from the issue. */
const sessionOf = (facts: MessageFacts, seconds: number): boolean =>
  inAssertion(facts, ({ times: { session, sessionSinceIssue } }) =>
    [session, sessionSinceIssue].some((one) => one !== undefined && Math.abs(one - seconds) <= 5),
  );

const prefixTraits: readonly Message[] = [
  {
    words: 'no prefix inside the assertion',
    weight: 1,
    is: prefixes('samlp', ''),
    sources: { entra: from.wai23, adfs: from.aws },
  },
  {
    words: 'the prefixes saml2p and saml2',
    weight: 1,
    is: prefixes('saml2p', 'saml2'),
    sources: { okta: from.wai22, google: from.wai22, shibboleth: from.cap },
  },
  {
    words: 'the prefix saml2p, and none inside the assertion',
    weight: 4,
    is: prefixes('saml2p', ''),
    sources: { cyberark: from.wire },
  },
  {
    words: 'no prefixes at all',
    weight: 3,
    is: prefixes('', ''),
    sources: { zitadel: from.zitadel },
  },
  {
    words: 'the prefix dsig for the signature',
    weight: 2,
    is: (facts) => anySignature(facts, ({ prefix }) => prefix === 'dsig'),
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'no prefix in the signature',
    weight: 1,
    is: (facts) => anySignature(facts, ({ prefix }) => prefix === ''),
    sources: {
      entra: from.wai23,
      cyberark: from.wire,
      auth0: from.nodeSamlp,
      zitadel: from.zitadel,
      lemonldap: from.lemonldap,
      'saml-idp': from.samlIdp,
    },
  },
  {
    words: 'a signature with the prefix ds whose KeyInfo has none',
    weight: 4,
    is: (facts) => anySignature(facts, (one) => one.prefix === 'ds' && one.keyInfoPrefix === ''),
    sources: { adfs: from.gosaml },
  },
  {
    words: 'a signature without prefix whose X509Data has the prefix ds',
    weight: 4,
    is: (facts) => anySignature(facts, (one) => one.prefix === '' && one.x509Prefix === 'ds'),
    sources: { entra: from.wai23 },
  },
  {
    words: 'a second declaration of the assertion’s namespace that nothing uses',
    weight: 2,
    is: (facts) => inAssertion(facts, ({ hasUnusedDefault }) => hasUnusedDefault),
    sources: { keycloak: from.shield },
  },
];

const idTraits: readonly Message[] = [
  {
    words: 'IDs of the form _GUID',
    weight: 1,
    is: (facts) => hasIds(facts, '_{guid}'),
    sources: { entra: from.wai23, adfs: from.aws, cyberark: from.wire },
  },
  {
    words: 'IDs of “id” and 24 to 26 digits',
    weight: 4,
    is: (facts) => hasIds(facts, /^id\{digits 2[4-6]\}$/),
    sources: { okta: from.wai22 },
  },
  {
    words: 'IDs of the form ID_GUID',
    weight: 2,
    is: (facts) => hasIds(facts, 'ID_{guid}'),
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'IDs of the form id-GUID',
    weight: 3,
    is: (facts) => hasIds(facts, 'id-{guid}'),
    sources: { pingone: from.shield },
  },
  {
    words: 'IDs of “_” and 32 hexadecimal digits',
    weight: 1,
    is: (facts) => hasIds(facts, '_{hex 32}'),
    sources: { google: from.wai22, shibboleth: from.cap },
  },
  {
    words: 'IDs of “_” and 42 hexadecimal digits',
    weight: 3,
    is: (facts) => hasIds(facts, '_{hex 42}'),
    sources: { simplesamlphp: from.ssp },
  },
  {
    words: 'IDs of the form pfxGUID on what is signed',
    weight: 2,
    is: ({ ids }) => [ids.response, ids.assertion].includes('pfx{guid}'),
    sources: { onelogin: from.shield },
  },
  {
    words: 'IDs of 27 random characters',
    weight: 4,
    // A damaged capture may have lost one of the two.
    is: ({ ids }) => [ids.response, ids.assertion].includes('{characters 27}'),
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'a response ID of 20 and an assertion ID of 32 characters',
    // And others that use Auth0's packages.
    weight: 1,
    is: ({ ids }) => ids.response === '_{hex 20}' && /^(_\{hex 32\}|\{characters 33\})$/.test(ids.assertion ?? ''),
    sources: { auth0: from.nodeSamlp, 'saml-idp': from.samlIdp },
  },
  {
    words: 'IDs of “_” and 32 hexadecimal digits in capitals',
    weight: 3,
    is: (facts) => hasIds(facts, '_{HEX 32}'),
    sources: { lemonldap: from.lemonldap },
  },
  {
    words: 'a SessionIndex that is a number',
    weight: 3,
    is: (facts) => inAssertion(facts, ({ sessionIndex }) => sessionIndex.pattern === '{number}'),
    sources: { 'saml-idp': from.samlIdp },
  },
  {
    words: 'a SessionIndex that is the ID of the request',
    weight: 3,
    is: (facts) => inAssertion(facts, ({ sessionIndex }) => sessionIndex.isRequestId),
    sources: { okta: from.shield },
  },
  {
    words: 'a SessionIndex of “id”, milliseconds and a number',
    weight: 4,
    is: (facts) => inAssertion(facts, ({ sessionIndex }) => sessionIndex.pattern === 'id{milliseconds}.{number}'),
    sources: { okta: from.wai23 },
  },
  {
    words: 'a SessionIndex of two GUIDs with “::” between them',
    weight: 4,
    is: (facts) => inAssertion(facts, ({ sessionIndex }) => sessionIndex.pattern === '{guid}::{guid}'),
    sources: { keycloak: from.shield },
  },
];

const signatureTraits: readonly Message[] = [
  {
    words: 'KeyInfo with X509SubjectName',
    weight: 4,
    is: keyInfo('X509SubjectName', 'X509Certificate'),
    sources: { google: from.wai22 },
  },
  {
    words: 'KeyInfo with KeyName, certificate and KeyValue',
    weight: 3,
    is: keyInfo('KeyName', 'X509Certificate', 'KeyValue'),
    sources: { keycloak: from.wai22 },
  },
  {
    words: 'KeyInfo with KeyName and certificate',
    weight: 2,
    is: keyInfo('KeyName', 'X509Certificate'),
    sources: { keycloak: from.keycloakRun },
  },
  {
    words: 'KeyInfo with certificate and KeyValue',
    weight: 2,
    is: keyInfo('X509Certificate', 'KeyValue'),
    sources: { pingone: from.shield },
  },
  {
    words: 'KeyInfo with KeyValue alone',
    weight: 2,
    is: keyInfo('KeyValue'),
    sources: { lemonldap: from.lemonldap },
  },
  {
    words: 'a signature without KeyInfo',
    weight: 1,
    is: (facts) => anySignature(facts, (one) => one.keyInfo === undefined),
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'base64 with carriage returns',
    weight: 2,
    is: (facts) => anySignature(facts, ({ lineBreaks }) => lineBreaks === 'crlf'),
    sources: { keycloak: from.shield },
  },
  {
    words: 'the PrefixList xs',
    weight: 1,
    is: (facts) => anySignature(facts, ({ prefixList }) => prefixList === 'xs'),
    sources: { okta: from.shield },
  },
  {
    words: 'the PrefixList xsd',
    weight: 2,
    is: (facts) => anySignature(facts, ({ prefixList }) => prefixList === 'xsd'),
    sources: { shibboleth: from.cap },
  },
  {
    words: 'a signature as the last element of the response',
    weight: 3,
    is: ({ signatureIsLast }) => signatureIsLast,
    sources: { auth0: from.gosaml },
  },
];

const frameTraits: readonly Message[] = [
  {
    words: 'an XML declaration with standalone="no"',
    weight: 2,
    is: ({ isStandaloneNo }) => isStandaloneNo,
    sources: { google: from.wai22 },
  },
  {
    words: 'an Issuer with the Format entity',
    weight: 2,
    is: ({ issuerFormat }) => issuerFormat === 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
    sources: { okta: from.wai22, zitadel: from.zitadel },
  },
  {
    words: 'the attribute Consent on the response',
    weight: 3,
    is: ({ hasConsent }) => hasConsent,
    sources: { adfs: from.gosaml },
  },
  {
    words: 'Version as the first attribute of the response',
    weight: 2,
    is: ({ rootOrder: [first] }) => first === 'Version',
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'the attributes of the response in alphabetical order',
    weight: 1,
    is: rootOrder('Destination', 'ID', 'InResponseTo', 'IssueInstant', 'Version'),
    sources: {
      okta: from.shield,
      google: from.shield,
      keycloak: from.shield,
      shibboleth: from.cap,
    },
  },
  {
    words: 'Version as the first attribute of the assertion',
    weight: 1,
    is: (facts) => inAssertion(facts, ({ order: [first] }) => first === 'Version'),
    sources: { onelogin: from.shield },
  },
  {
    words: 'InResponseTo as the second attribute of the response',
    weight: 2,
    is: rootOrder('ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'),
    sources: {
      cyberark: from.wire,
      lemonldap: from.lemonldap,
      auth0: from.nodeSamlp,
      'saml-idp': from.samlIdp,
    },
  },
];

const timeTraits: readonly Message[] = [
  {
    words: 'an assertion that is valid from 5 minutes before to 60 minutes after its issue',
    weight: 1,
    is: window(300, 3600),
    sources: { entra: from.wai23 },
  },
  {
    words: 'an assertion that is valid for 60 minutes without allowing for clock skew',
    weight: 1,
    is: window(0, 3600, 1),
    sources: { adfs: from.aws, auth0: from.nodeSamlp, 'saml-idp': from.samlIdp },
  },
  {
    words: 'an assertion that is valid from 5 minutes before to 5 minutes after its issue',
    weight: 1,
    is: window(300, 300),
    sources: {
      okta: from.wai22,
      google: from.wai22,
      pingfederate: from.gosaml,
      authentik: from.authentik,
    },
  },
  {
    words: 'an assertion that is valid from 3 minutes before to 3 minutes after its issue',
    weight: 2,
    is: window(180, 180),
    sources: { onelogin: from.shield },
  },
  {
    words: 'an assertion that is valid from 3 minutes before to 60 minutes after its issue',
    weight: 2,
    is: window(180, 3600),
    sources: { cyberark: from.wire },
  },
  {
    words: 'an assertion that is valid from 1 minute before to 5 minutes after its issue',
    weight: 2,
    is: window(60, 300),
    sources: { pingone: from.shield },
  },
  {
    words: 'an assertion that is valid from 2 seconds before to 58 seconds after its issue',
    weight: 4,
    is: window(2, 58, 0.5),
    sources: { keycloak: from.shield },
  },
  {
    words: 'an assertion that is valid from 30 seconds before to 5 minutes after its issue',
    weight: 2,
    is: window(30, 300, 1),
    sources: { simplesamlphp: from.ssp },
  },
  {
    words: 'an assertion that is valid from 1 minute before to a day and 1 minute after its issue',
    weight: 3,
    is: window(60, 86_460),
    sources: { lemonldap: from.lemonldap },
  },
  {
    words: 'a session of 20 hours',
    weight: 1,
    is: (facts) => sessionOf(facts, 72_000),
    sources: { lemonldap: from.lemonldap },
  },
  {
    words: 'a session of 60 days',
    weight: 3,
    is: (facts) => sessionOf(facts, 60 * 86_400),
    sources: { authentik: from.authentik },
  },
  {
    words: 'a session of 24 hours',
    weight: 1,
    is: (facts) => sessionOf(facts, 86_400),
    sources: { onelogin: from.shield },
  },
  {
    words: 'a session of 10 hours',
    weight: 1,
    is: (facts) => sessionOf(facts, 36_000),
    sources: { keycloak: from.shield },
  },
  {
    words: 'a session of 8 hours',
    weight: 1,
    is: (facts) => sessionOf(facts, 28_800),
    sources: { simplesamlphp: from.ssp },
  },
  {
    words: 'a session of 5 minutes',
    weight: 1,
    is: (facts) => sessionOf(facts, 300),
    sources: { pingone: from.shield },
  },
];

const assertionTraits: readonly Message[] = [
  {
    words: 'the attributes before the AuthnStatement',
    weight: 1,
    is: (facts) => inAssertion(facts, ({ statements: [first] }) => first === 'AttributeStatement'),
    sources: { entra: from.wai23, adfs: from.aws, google: from.shield },
  },
  {
    words: 'SessionIndex before AuthnInstant',
    weight: 2,
    is: (facts) => inAssertion(facts, ({ authnOrder }) => authnOrder[0] === 'SessionIndex'),
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'Recipient as the first attribute of SubjectConfirmationData',
    weight: 1,
    is: (facts) => inAssertion(facts, ({ confirmationOrder }) => confirmationOrder[0] === 'Recipient'),
    sources: { pingfederate: from.gosaml },
  },
  {
    words: 'an AuthnInstant that is the time of NotBefore',
    weight: 2,
    is: (facts) => inAssertion(facts, (one) => one.isAuthnInstantNotBefore && one.times.notBefore !== 0),
    sources: { authentik: from.authentik },
  },
  {
    words: 'AuthenticatingAuthority',
    weight: 2,
    is: (facts) => inAssertion(facts, ({ hasAuthority }) => hasAuthority),
    sources: { pingone: from.shield },
  },
  {
    words: 'a SubjectLocality and the address of the visitor',
    weight: 2,
    is: (facts) => inAssertion(facts, (one) => one.hasSubjectLocality && one.hasConfirmationAddress),
    sources: { shibboleth: from.cap },
  },
  {
    words: 'a NameID with both qualifiers',
    weight: 1,
    is: (facts) => inAssertion(facts, ({ nameIdQualifiers }) => nameIdQualifiers.length === 2),
    sources: { shibboleth: from.cap },
  },
  {
    words: 'a NameID of the form auth0|… or provider|…',
    weight: 3,
    is: (facts) =>
      inAssertion(facts, ({ nameIdValue }) => /^(auth0|google-oauth2|samlp|waad|windowslive)\|/.test(nameIdValue)),
    sources: { auth0: from.gosaml },
  },
];

const attributeTraits: readonly Message[] = [
  {
    words: 'xs:anyType',
    weight: 2,
    is: (facts) => someAttribute(facts, ({ type }) => /:anyType$/.test(type ?? '')),
    sources: { google: from.shield, auth0: from.gosaml },
  },
  {
    words: 'attributes without a value',
    weight: 2,
    is: (facts) => someAttribute(facts, ({ values }) => values === 0),
    sources: { google: from.shield },
  },
  {
    words: 'the attributes tenantid and objectidentifier of Microsoft’s identity platform',
    weight: 5,
    is: (facts) =>
      ['tenantid', 'objectidentifier'].every((name) =>
        someAttribute(facts, (one) => one.name === `http://schemas.microsoft.com/identity/claims/${name}`),
      ),
    sources: { entra: from.wai23 },
  },
  {
    words: 'a link in place of the groups',
    weight: 5,
    is: (facts) => someAttribute(facts, ({ name }) => name === 'http://schemas.microsoft.com/claims/groups.link'),
    sources: { entra: from.groupsLink },
  },
  {
    words: 'attributes named http://schemas.auth0.com/…',
    weight: 5,
    is: (facts) => someAttribute(facts, ({ name }) => name.startsWith('http://schemas.auth0.com/')),
    sources: { auth0: from.gosaml },
  },
  {
    words: 'the attribute saml_subject',
    weight: 3,
    is: (facts) => someAttribute(facts, ({ name }) => name === 'saml_subject'),
    sources: { pingone: from.shield },
  },
  {
    words: 'each role in an attribute of its own, all named Role',
    weight: 3,
    is: ({ assertion }) => (assertion?.attributes ?? []).filter(({ name }) => name === 'Role').length > 1,
    sources: { keycloak: from.shield },
  },
  {
    words: 'attributes named urn:oid:… with friendly names',
    weight: 1,
    is: (facts) => someAttribute(facts, (one) => one.name.startsWith('urn:oid:') && one.friendlyName !== undefined),
    sources: { shibboleth: from.cap },
  },
  {
    words: 'the attributes FullName, SurName, UserName and UserID',
    weight: 5,
    is: (facts) =>
      ['FullName', 'SurName', 'UserName', 'UserID'].every((name) => someAttribute(facts, (one) => one.name === name)),
    sources: { zitadel: from.zitadel },
  },
];

const encryptionTraits: readonly Message[] = [
  {
    words: 'the encrypted key beside the encrypted data',
    weight: 2,
    is: ({ encryption }) => encryption?.keyPlace === 'beside',
    sources: { okta: from.wai22 },
  },
  {
    words: 'the prefix e for the encrypted key',
    weight: 4,
    is: ({ encryption }) => encryption?.keyPrefix === 'e',
    sources: { adfs: from.gosaml },
  },
  {
    words: 'the recipient’s key named by X509IssuerSerial',
    weight: 2,
    is: ({ encryption }) => encryption?.recipient === 'X509IssuerSerial',
    sources: { adfs: from.gosaml },
  },
];

/** How products write a response that reports a failure. */
const failureTraits: readonly Message[] = [
  {
    words: 'a StatusMessage with an AADSTS code',
    weight: 6,
    is: ({ status }) => /\bAADSTS\d{4,7}\b/.test(status.message ?? ''),
    sources: { entra: from.entraDocs },
  },
  {
    words: 'the status Responder alone, without a message',
    weight: 1,
    is: ({ status: { codes, message } }) => codes.join() === 'Responder' && message === undefined,
    sources: { adfs: from.adfsIssues },
  },
  {
    words: 'the text of the status as an attribute of StatusMessage',
    weight: 3,
    is: ({ status }) => status.messageAsAttribute,
    sources: { auth0: from.nodeSamlp },
  },
  {
    words: 'a StatusMessage that begins with the class of a PHP exception',
    weight: 4,
    is: ({ status }) => /^(?:SimpleSAML|\\?SimpleSAML\\|SAML2\\)[\w\\]+: /.test(status.message ?? ''),
    sources: { simplesamlphp: from.ssp },
  },
  {
    words: 'a failure without InResponseTo',
    weight: 1,
    is: ({ status, hasInResponseTo, prefixes: { protocol } }) =>
      !hasInResponseTo && protocol === 'samlp' && ['RequestDenied', 'NoPassive'].includes(status.codes[1] ?? ''),
    sources: { keycloak: from.keycloak },
  },
  {
    words: 'a second-level status in the first place',
    weight: 3,
    is: ({ status: { codes } }) => ['RequestDenied', 'UnsupportedBinding'].includes(codes[0] ?? ''),
    sources: { zitadel: from.zitadel },
  },
  {
    words: 'a failure without Destination',
    weight: 1,
    is: ({ status, hasDestination }) => !hasDestination && status.codes[0] === 'Requester',
    sources: { entra: from.entraDocs },
  },
];

export const handwriting: readonly Message[] = [
  ...attributeTraits,
  ...signatureTraits,
  ...prefixTraits,
  ...idTraits,
  ...failureTraits,
  ...encryptionTraits,
  ...assertionTraits,
  ...timeTraits,
  ...frameTraits,
];
