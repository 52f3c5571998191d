/** Habits of a product that service providers are known to trip over, read from the facts of its persona. */
import type { Facts, KeyInfoPart } from '../../../mock-idp/personas/persona.ts';

interface Trap {
  says: string;
  /** True if these facts are known, and set the trap. */
  isSet(facts: Facts): boolean;
}

const some = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;

const traps: readonly Trap[] = [
  {
    says: 'The elements of an assertion have no prefix: a search for the text `saml:Assertion` finds nothing.',
    isSet: ({ prefixes }) => prefixes?.value.saml === '',
  },
  {
    says: 'Its prefixes are its own: a search for the text `saml:Assertion` finds nothing.',
    isSet: ({ prefixes }) => prefixes !== undefined && !['', 'saml'].includes(prefixes.value.saml ?? 'saml'),
  },
  {
    says: 'An attribute with several values comes as several Attribute elements of one name.',
    isSet: ({ repeatedAttributes }) => repeatedAttributes?.value === 'all' || some(repeatedAttributes?.value as []),
  },
  {
    says: 'An attribute of which a user has no value is sent empty.',
    isSet: ({ emptyAttributes }) => emptyAttributes?.value === 'sent empty',
  },
  {
    says: 'Attribute names are URIs: `email` is not found.',
    isSet: ({ attributeNames }) => /^(https?|urn):/.test(attributeNames?.value.email ?? ''),
  },
  {
    says: 'The NameID has no Format.',
    isSet: ({ nameId }) => nameId !== undefined && nameId.value.value !== 'none' && nameId.value.format === 'none',
  },
  {
    says: 'The NameID is an identifier, neither the email nor the user name: find the user by an attribute.',
    isSet: ({ nameId }) => nameId?.value.value === 'identifier',
  },
  {
    says: 'The NameID has an unspecified format by default: a service provider that wants an email rejects it.',
    isSet: ({ nameId }) => /unspecified$/.test(nameId?.value.format ?? ''),
  },
  {
    says: 'The NameID has qualifiers; both are part of the name.',
    isSet: ({ nameId }) => nameId?.value.qualifiers === true,
  },
  {
    says: 'The NameID has the format of an email address, and is a user name.',
    isSet: ({ nameId }) => /emailAddress$/.test(nameId?.value.format ?? '') && nameId?.value.value === 'username',
  },
  {
    says: 'A response may come without NameID, unless a rule is added.',
    isSet: ({ nameId }) => nameId?.value.value === 'none' || nameId?.value.value === 'email, or none',
  },
  {
    says: 'NotBefore is the time of issue: a service provider whose clock is behind needs to allow for it.',
    isSet: ({ conditions, delays }) => conditions?.value[0] === 0 && (delays?.value.conditions ?? 0) > -1_000,
  },
  {
    says: 'An assertion is valid for a minute at most.',
    isSet: ({ conditions }) => (conditions?.value[1] ?? Infinity) <= 60,
  },
  {
    says: 'An assertion is valid for an hour or more: a service provider with a limit of its own rejects it.',
    isSet: ({ conditions }) => (conditions?.value[1] ?? 0) >= 3600,
  },
  {
    says: 'It ends the session early by SessionNotOnOrAfter.',
    isSet: ({ session }) => typeof session?.value === 'number' && session.value <= 3600,
  },
  {
    says: 'There is a NotBefore in SubjectConfirmationData, which SAML does not allow in a bearer confirmation.',
    isSet: ({ confirmationNotBefore }) => confirmationNotBefore?.value === true,
  },
  {
    says: 'The confirmation of an assertion ends before or after the assertion itself.',
    isSet: ({ conditions, confirmation }) =>
      conditions !== undefined && confirmation !== undefined && conditions.value[1] !== confirmation.value,
  },
  {
    says: 'A session may last for more than a day.',
    isSet: ({ session }) => typeof session?.value === 'number' && session.value > 86_400,
  },
  {
    says: 'SessionIndex is the ID of the request: it is not a replay.',
    isSet: ({ sessionIndex }) => sessionIndex?.value.asked === '{request}',
  },
  {
    says: 'Times have up to six decimals.',
    isSet: ({ decimals }) => decimals?.value.usual === 6,
  },
  {
    says: 'A response may have no Destination.',
    isSet: ({ destination }) => destination !== undefined && destination.value !== 'always',
  },
  {
    says: 'There is no certificate in KeyInfo: it must be known from the metadata.',
    isSet: ({ keyInfo }) => keyInfo !== undefined && !keyInfo.value.includes('X509Certificate'),
  },
  {
    says: 'KeyInfo has more than the certificate, which comes second.',
    isSet: ({ keyInfo }) => (keyInfo?.value.indexOf('X509Certificate') ?? 0) > 0,
  },
  {
    says: 'KeyInfo has the public key, too: compare the certificate alone with the metadata.',
    isSet: ({ keyInfo }) =>
      ['X509Certificate', 'KeyValue'].every((part) => keyInfo?.value.includes(part as KeyInfoPart)),
  },
  {
    says: 'The content of KeyInfo has another prefix than the rest of the signature.',
    isSet: ({ keyInfoPrefixes }) => keyInfoPrefixes !== undefined,
  },
  {
    says: 'The base64 text of signatures or certificates has line breaks.',
    isSet: ({ lines }) => some(Object.keys(lines?.value ?? {})),
  },
  {
    says: 'Line breaks in base64 are written as `&#13;` and a line feed.',
    isSet: ({ lines }) => Object.values(lines?.value ?? {}).some((one) => one?.end === '\r\n'),
  },
  {
    says: 'The authentication context is not PasswordProtectedTransport, which many service providers request.',
    isSet: ({ authnContext }) => !/^$|:PasswordProtectedTransport$/.test(authnContext?.value ?? ''),
  },
  {
    says: 'Signatures have a PrefixList: canonicalization has to take it into account.',
    isSet: ({ prefixList }) => (prefixList?.value ?? '') !== '',
  },
  {
    says: 'The metadata has two certificates for signing: accept a signature by either of them.',
    isSet: ({ metadata }) => (metadata?.value.otherCertificate ?? 'absent') !== 'absent',
  },
  {
    says: 'Only the assertion is signed by default.',
    isSet: ({ signed }) => signed?.value === 'assertion',
  },
  {
    says: 'Only the response is signed by default.',
    isSet: ({ signed }) => signed?.value === 'response',
  },
  {
    says: 'The encrypted key is next to the encrypted data, not in it.',
    isSet: ({ encryption }) => encryption?.value.key === 'beside the data',
  },
  {
    says: 'The assertion is encrypted with CBC, which some service providers do not decrypt.',
    isSet: ({ encryption }) => encryption?.value.content?.endsWith('-cbc') === true,
  },
  {
    says: 'The attributes come before the authentication statement.',
    isSet: ({ statements }) => statements?.value === 'attributes first',
  },
  {
    says: 'Times have no decimals in one place and three in another.',
    isSet: ({ decimals }) => new Set(Object.values(decimals?.value ?? {})).size > 1,
  },
  {
    says: 'An entity ID without a scheme comes back as an Audience with the prefix `spn:`.',
    isSet: ({ audience }) => audience?.value === 'spn for names',
  },
  {
    says: 'Above a limit, the groups are left out, and a link is in their place.',
    isSet: ({ groups }) => groups !== undefined && groups.value !== 'all',
  },
  {
    says: 'For some rejections no response comes back: the user stays on a page of the identity provider.',
    isSet: ({ rejections }) => Object.values(rejections?.value ?? {}).some((one) => one !== undefined && 'page' in one),
  },
  {
    says: 'A status without an assertion does not say which request it is for.',
    isSet: ({ errorResponse }) => errorResponse?.value.inResponseTo === false,
  },
  {
    says: 'The text of a StatusMessage is in an attribute, so readers take the message for an empty one.',
    isSet: ({ errorResponse }) => errorResponse?.value.messageInAttribute === true,
  },
  {
    says: 'Its entity ID is an http URL, or ends with a slash: compare it as text.',
    isSet: ({ entityId }) => /^http:|\/$/.test(entityId?.value ?? ''),
  },
];

export const trapSentences = traps.map(({ says }) => says);

export const trapsOf = (facts: Facts): string[] => traps.filter(({ isSet }) => isSet(facts)).map(({ says }) => says);
