/** How bad it is when a service provider takes a message that it should refuse, and which of our own refusals are stricter than the standard. It looks at no answer. */
import { type RejectionCode, rejections, type Stage } from '../../sp/rejection.ts';
import type { Optional } from './config.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** By the stage that should have noticed. Whoever gets in as somebody else is critical in any case. */
const byStage: Record<Stage, Severity> = {
  transport: 'low',
  xml: 'medium',
  envelope: 'low',
  status: 'high',
  decryption: 'medium',
  signature: 'high',
  issuer: 'high',
  destination: 'high',
  conditions: 'high',
  'subject-confirmation': 'high',
  'authn-statement': 'low',
  attributes: 'low',
  account: 'medium',
  replay: 'high',
  story: 'high',
};

const byRejection: Partial<Record<RejectionCode, Severity>> = {
  'nothing-signed': 'critical',
  'signing-cert-mismatch': 'critical',
  'signature-invalid': 'critical',
  'altered-in-transit': 'critical',
  'signature-transform-refused': 'medium',
  'signature-misplaced': 'medium',
  'issuer-missing': 'medium',
  'issuer-format-wrong': 'low',
  'conditions-missing': 'medium',
  'conditions-time-invalid': 'medium',
  'condition-unknown': 'medium',
  'session-over': 'medium',
  'confirmation-time-invalid': 'medium',
  'response-before-request': 'low',
  'subject-confirmation-error': 'medium',
  'root-not-response': 'medium',
  'assertion-multiple': 'medium',
  'assertion-missing': 'critical',
};

/** Faults, by code, that are less (or more) than what our own refusal of them stands for. */
const byCode: ReadonlyMap<RegExp, Severity> = new Map<RegExp, Severity>([
  // The very same address or issuer, otherwise written or not at all, where other checks hold: nothing meant for somebody else gets in by it.
  [
    /^(destination-(missing-signed|empty|path-case|port|trailing-slash)|recipient-(missing|empty|trailing-slash)|subjectconfirmationdata-empty)$/,
    'medium',
  ],
  [/^(issuer-whitespace|audience-whitespace|(encrypted-)?response-issuer-missing)$/, 'low'],
  // Written oddly by the identity provider itself, which encrypted it for this service provider.
  [/^(enc-oaep-inherited|decrypted-not-utf8)$/, 'low'],
  // A duty of the sender; whoever is named has been told the truth about.
  [/^(scd-notbefore-present|conditions-window-(inverted|empty))$/, 'low'],
  // Signed anew by the identity provider, for a request of its own: nobody else can make it.
  [/^replay-new-response-same-assertion$/, 'medium'],
  // Destination and Recipient still say for whom the message is.
  [/^(conditions-empty|audiencerestriction-(missing|two-conflicting))$/, 'medium'],
]);

export const severityOf = (rejection: RejectionCode, code: string): Severity =>
  [...byCode].find(([pattern]) => pattern.test(code))?.[1] ??
  byRejection[rejection] ??
  byStage[rejections[rejection].stage];

/** Faults, by code, in the signature of the response alone: that of the assertion is good. */
const inResponseSignature =
  /^(transform-(xslt|xpath|unknown|none|enveloped-missing)|reference-(uri-\w+(-\w+)?|two|wrong-element(-subject)?)|signature-(position-\w+|two-on-element)|error-as-success(-key-type)?|digest-mismatch-status)$/;
export const leavesAssertionSigned = (code: string): boolean => inResponseSignature.test(code);

/** Of a good message that was refused because one of the clocks goes ahead. */
export const choiceOfSkew = 'how far clocks may differ is the service provider’s own choice';

/** Faults, by code, whose verdict is a choice: what a service provider does with them is told and not judged. */
const choices: ReadonlyMap<RegExp, string> = new Map<RegExp, string>([
  [/^(conditions-notonorafter-equals-now|conditions-notbefore-within-skew)$/, choiceOfSkew],
  [
    /^(response|assertion)-issueinstant-(before-request|future)$|^authninstant-future$/,
    'no rule says how far issue instants may lie from the request; only the windows of validity are binding',
  ],
  [
    /^issueinstant-timezone-offset$/,
    'a sender must write UTC (SAML core 1.3.3); that a receiver must refuse an offset is not written',
  ],
  [/^(response-issueinstant-format|response-version-newer)$/, 'without consequence for who is signed in'],
  [/^authnstatement-second-(over|future)$/, 'which statement counts is not written where an assertion holds several'],
  [
    /^(enc-rsa-1_5|enc-aes-cbc|enc-aes-128-cbc|enc-3des)$/,
    'old algorithms, which XML Encryption 1.0 required; refusing them is a matter of policy',
  ],
  [/^(encrypted-nameid|encrypted-attribute)$/, 'support for them is optional'],
  [
    /^(rsa-pss|alg-rsa-sha384|alg-sha512|encryptedkey-(retrievalmethod|sibling|two-siblings)|keyinfo-keyvalue-only|keyinfo-retrievalmethod)$/,
    'support for it is optional',
  ],
  [
    /^(xml-encoding-(utf16|iso-8859-1|bom)|decrypted-bom|xml-declaration|pi-before-root|whitespace-around-root|many-groups)$/,
    'well-formed XML, which a receiver may take or not',
  ],
  [
    /^(xsw3|xsw7|xsw-encrypted|multiple-assertions|signed-message-first-element-good|assertion-read-from-unsigned|signature-ds-object|encrypted-in-extensions|extension-response)$/,
    'the signed assertion was used, and what was forged beside it was not believed',
  ],
  [
    /^multiple-assertions-signed$/,
    'a response may hold several assertions (SAML profiles 4.1.4.2); which one counts is the service provider’s own choice',
  ],
  [
    /^(namespace-(parser-differential|quotes|prefix-proto)|attribute-(pollution|like-namespace|assertion|id-lowercase|id-beside)|xml-version-1-1|pi-in-nameid|extension-(ids-two|id-twice|id-qualified|namespace-relative)|around-(namespace-quotes|prefix-proto|like-namespace|id-lowercase))$/,
    'well-formed XML, which was read as it stands; refusing it protects from readers that do otherwise',
  ],
  [/^attribute-duplicate-name$/, 'the standard does not forbid it; what is made of it is the application’s choice'],
  [
    /^((digestmethod|digestvalue|signaturevalue|signaturemethod|signedinfo|reference|c14n|transform)-content|signature-object|(keyinfo|signaturevalue)-(first|two)|digestvalue-remark|transform-prefixes-two|signaturevalue-comment|c14n-prefixes-two|transforms-two-lists|transform-(order|misnamed|prefixes-misplaced))$/,
    'oddly written, and signed as it stands; refusing it protects from readers that look for the parts of a signature anywhere',
  ],
  [/^rsa-pss-salt$/, 'some verifiers take a salt of any length'],
  [/^(c14n-inclusive|c14n-with-comments)$/, 'SAML core 5.4.3 says SHOULD'],
  [
    /^(base64-(url-safe|no-padding|junk|plus-as-space|wrapped)|samlresponse-urlencoded-twice|samlresponse-double-base64|samlresponse-deflated-post|content-type-(wrong|multipart)|samlresponse-duplicate-param|relaystate-duplicate|samlresponse-by-get|samlresponse-in-form-and-query)$/,
    'a matter of transport, without consequence for what was signed',
  ],
  [
    /^(huge-response|many-attributes(-in-all)?|many-elements|many-comments|many-cdata-sections|deep-nesting|nameid-4096|transform-too-many|attribute-oversize-256)$/,
    'limits are the service provider’s own choice',
  ],
  [
    /^relaystate-(empty|changed|over-80-bytes|missing)$/,
    'RelayState is not signed and means what the service provider makes of it',
  ],
  [/^(rsa-1024|ecdsa-192)-pinned$/, 'the smallest key that is trusted is a matter of policy'],
  [
    /^(session-notonorafter-short|authninstant-stale-forceauthn|authncontext-(weaker|unknown|unspecified))$/,
    'what a service provider demands of the authentication is its own choice',
  ],
  [/^nameid-case-variant$/, 'whether the case of an address matters is the service provider’s own choice'],
  [/^(status-success-with-second-level|scd-address-mismatch)$/, 'a receiver MAY refuse it'],
  [
    /^(proxyrestriction|onetimeuse-once)$/,
    'a receiver that cannot hold itself to a condition has to refuse the assertion (SAML core 2.5.1)',
  ],
]);

/** Why the verdict is a choice; undefined where the standard decides. */
export const choiceBehind = (code: string): string | undefined =>
  [...choices].find(([pattern]) => pattern.test(code))?.[1];

/** What a fault needs that a service provider may have declined. */
const needed: ReadonlyMap<RegExp, Optional> = new Map<RegExp, Optional>([
  [/^(unsolicited)/, 'idp-initiated'],
  [/^(enc|decrypted|xsw-encrypted|plain-when)/, 'encryption'],
  [/^(alg-rsa-sha1|digest-sha1)$/, 'sha-1'],
  [/^(signed-message-only)$/, 'message-signature-only'],
  [/^(signed-assertion-only)$/, 'assertion-signature-only'],
  [/^nameid-format-(missing|wrong)$/, 'other-nameid-formats'],
]);

export const needs = (code: string): Optional | undefined => [...needed].find(([pattern]) => pattern.test(code))?.[1];
