/** Faults in the Subject: NameID and SubjectConfirmation. */

import type { Fault, Strike } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptyAt, type Facts, removeAt } from '../fault-builders.ts';
import { forgedNameId } from '../forged-names.ts';
import type { Claims } from '../response/claims.ts';
import { instant, later, nameIdFormats, randomId } from '../response/saml-values.ts';
import { element, withAttributes, withChildren } from '../response/xml.ts';

const subject = 'saml:Assertion/saml:Subject';
const confirmation = `${subject}/saml:SubjectConfirmation`;
const data = `${confirmation}/saml:SubjectConfirmationData`;
const scd = (attribute: string) => [`SubjectConfirmationData/@${attribute}`];

const nameIdFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (nameId: NonNullable<Claims['nameId']>, strike: Strike) => Claims['nameId'],
): Fault<Code> =>
  assertionClaimsFault(facts, (claims, strike) =>
    claims.nameId ? { ...claims, nameId: change(claims.nameId, strike) } : claims,
  );

const confirmationFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (confirmation: Claims['confirmation'], strike: Strike) => Claims['confirmation'],
): Fault<Code> =>
  assertionClaimsFault(facts, (claims, strike) => {
    const changed = change(claims.confirmation, strike);
    return changed === claims.confirmation ? claims : { ...claims, confirmation: changed };
  });

const formatOpen =
  'SAML leaves the NameID format to the two parties. ' +
  'An SP that signs users in by email may require the email format.';

export const subjectFaults = {
  'an assertion without Subject': documentFault(
    {
      code: 'subject-missing',
      sentence: 'The Assertion has no Subject.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Subject'],
    },
    removeAt(subject),
  ),
  'an assertion with an empty Subject': documentFault(
    {
      code: 'subject-empty',
      sentence: 'The Subject is empty.',
      rule: 'SAML profiles 4.1.4.2; SAML core 2.4.1',
      touches: ['Subject'],
    },
    emptyAt(subject),
  ),
  'an assertion with two Subjects': documentFault(
    {
      code: 'subject-two',
      sentence: 'The Assertion has two Subjects; the second is another user.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: ['Subject'],
    },
    at(subject, (found, strike) => [
      found,
      withChildren(found, element('saml:NameID', {}, forgedNameId(strike)), ...found.children.slice(1)),
    ]),
  ),
  'text between the Subject elements': documentFault(
    {
      code: 'subject-text',
      sentence: 'The Subject starts with text.',
      rule: 'SAML core 2.4.1 (schema: elements only)',
      touches: ['Subject'],
    },
    at(subject, (found) => withChildren(found, 'This is about ', ...found.children)),
  ),
  // Rejected: this kind of SP identifies users by NameID only.
  'a Subject without NameID': nameIdFault(
    {
      code: 'nameid-missing',
      sentence: 'The Subject has no NameID.',
      rule: 'SAML core 2.4.1; SAML deployment profile SDP-SP13',
      touches: ['NameID'],
    },
    () => undefined,
  ),
  'an empty NameID': nameIdFault(
    { code: 'nameid-empty', sentence: 'The NameID is empty.', rule: 'SAML core 2.2.3 and 1.3.1', touches: ['NameID'] },
    (nameId) => ({ ...nameId, value: '' }),
  ),
  'a NameID of only whitespace': nameIdFault(
    {
      code: 'nameid-whitespace-only',
      sentence: 'The NameID consists of spaces.',
      rule: 'SAML core 1.3.1',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: '   ' }),
  ),
  'two NameIDs': documentFault(
    {
      code: 'nameid-two',
      sentence: 'The Subject has two NameIDs; the second is another user.',
      rule: 'SAML core 2.4.1 (schema)',
      touches: ['NameID'],
    },
    at(`${subject}/saml:NameID`, (found, strike) => [found, withChildren(found, forgedNameId(strike))]),
  ),
  'a NameID without Format': nameIdFault(
    {
      code: 'nameid-format-missing',
      sentence: 'The NameID has no Format.',
      rule: 'SAML core 2.2.2 and 8.3.1',
      verdict: { policy: 'nameIdFormat', acceptWhen: 'any', because: formatOpen },
      touches: ['NameID/@Format'],
    },
    (nameId) => ({ ...nameId, format: undefined }),
  ),
  'a NameID in unspecified format': nameIdFault(
    {
      code: 'nameid-format-wrong',
      sentence: 'The Format of the NameID is unspecified.',
      rule: 'SAML core 8.3.1',
      verdict: { policy: 'nameIdFormat', acceptWhen: 'any', because: formatOpen },
      touches: ['NameID/@Format'],
    },
    (nameId) => ({ ...nameId, format: nameIdFormats.unspecified }),
  ),
  'a transient NameID': nameIdFault(
    {
      code: 'nameid-transient',
      sentence: 'The NameID is random and its Format is transient.',
      rule: 'SAML core 8.3.8',
      touches: ['NameID'],
    },
    (nameId, { id = randomId }) => ({ ...nameId, format: nameIdFormats.transient, value: id() }),
  ),
  // Accepted: the qualifier has no meaning for an email.
  'a NameID with NameQualifier': nameIdFault(
    {
      code: 'nameid-namequalifier',
      sentence: 'The NameQualifier of the NameID is the IdP’s entity ID.',
      rule: 'SAML core 2.2.2',
      verdict: 'accept',
      touches: ['NameID/@NameQualifier'],
    },
    (nameId, { issuer }) => ({ ...nameId, nameQualifier: issuer }),
  ),
  'a NameID with the SPNameQualifier of another SP': nameIdFault(
    {
      code: 'nameid-spnamequalifier-wrong',
      sentence: 'The SPNameQualifier of the NameID is the entity ID of another SP.',
      rule: 'SAML core 2.2.2',
      touches: ['NameID/@SPNameQualifier'],
    },
    (nameId) => ({ ...nameId, spNameQualifier: 'https://elsewhere.example/saml/metadata' }),
  ),
  'a NameID with the right SPNameQualifier': nameIdFault(
    {
      code: 'nameid-spnamequalifier-right',
      sentence: 'The SPNameQualifier of the NameID is the SP’s entity ID.',
      rule: 'SAML core 2.2.2',
      verdict: 'accept',
      touches: ['NameID/@SPNameQualifier'],
    },
    (nameId, { app }) => ({ ...nameId, spNameQualifier: app.entityId }),
  ),
  'a NameID that is not an email': nameIdFault(
    {
      code: 'nameid-is-not-email',
      sentence: 'The Format of the NameID is emailAddress, but the value has no @.',
      rule: 'SAML core 8.3.2',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: nameId.value.split('@')[0] || 'user' }),
  ),
  'a NameID of another user': nameIdFault(
    {
      code: 'nameid-of-another',
      sentence: 'The NameID is not the user who signed in.',
      rule: 'SAML core 2.2.3',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: nameId.value.replace(/^[^@]*/, 'someone.else') }),
  ),

  'a Subject without SubjectConfirmation': documentFault(
    {
      code: 'subjectconfirmation-missing',
      sentence: 'The Subject has no SubjectConfirmation.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmation'],
    },
    removeAt(confirmation),
  ),
  'an empty SubjectConfirmation': documentFault(
    {
      code: 'subjectconfirmation-empty',
      sentence: 'The SubjectConfirmation has neither Method nor data.',
      rule: 'SAML profiles 4.1.4.2; SAML core 2.4.1.1',
      touches: ['SubjectConfirmation'],
    },
    emptyAt(confirmation),
  ),
  'a SubjectConfirmation without Method': confirmationFault(
    {
      code: 'subjectconfirmation-method-missing',
      sentence: 'The SubjectConfirmation has no Method.',
      rule: 'SAML core 2.4.1.1',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: undefined }),
  ),
  'a SubjectConfirmation with an empty Method': confirmationFault(
    {
      code: 'subjectconfirmation-method-empty',
      sentence: 'The Method of the SubjectConfirmation is empty.',
      rule: 'SAML core 2.4.1.1 and 1.3.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: '' }),
  ),
  'a SubjectConfirmation with an unknown Method': confirmationFault(
    {
      code: 'subjectconfirmation-method-wrong',
      sentence: 'The Method of the SubjectConfirmation is a URI that SAML does not define.',
      rule: 'SAML core 2.4.1.1',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:courier' }),
  ),
  'a holder-of-key SubjectConfirmation': confirmationFault(
    {
      code: 'subjectconfirmation-holder-of-key',
      sentence: 'Only the holder of a certain key may use the Assertion.',
      rule: 'SAML profiles 3.1 and 4.1.4.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }),
  ),
  'a sender-vouches SubjectConfirmation': confirmationFault(
    {
      code: 'subjectconfirmation-sender-vouches',
      sentence: 'Only a sender that vouches for the subject may use the Assertion.',
      rule: 'SAML profiles 3.2 and 4.1.4.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }),
  ),
  'an expired SubjectConfirmation before a valid one': documentFault(
    {
      code: 'subjectconfirmation-second-valid',
      sentence: 'The Assertion has two bearer SubjectConfirmations: the first has expired, the second is valid.',
      rule: 'SAML profiles 4.1.4.3; SAML core 2.4.1 (one valid confirmation is enough)',
      verdict: 'accept',
      touches: ['SubjectConfirmation'],
    },
    at(confirmation, (found, { now }) => [
      withChildren(
        found,
        ...found.children.map((node) =>
          typeof node === 'object' && 'name' in node
            ? withAttributes(node, { NotOnOrAfter: instant(later(now, { minutes: -60 })) })
            : node,
        ),
      ),
      found,
    ]),
  ),
  'an unknown SubjectConfirmation before a bearer one': documentFault(
    {
      code: 'subjectconfirmation-other-method-beside',
      sentence:
        'The Assertion has two SubjectConfirmations: the first has an unknown Method, the second is ' +
        'a valid bearer.',
      rule: 'SAML core 2.4.1 (one valid confirmation is enough)',
      verdict: 'accept',
      touches: ['SubjectConfirmation'],
    },
    at(confirmation, (found) => [withAttributes(found, { Method: 'urn:oasis:names:tc:SAML:2.0:cm:courier' }), found]),
  ),
  'a SubjectConfirmation without SubjectConfirmationData': documentFault(
    {
      code: 'subjectconfirmationdata-missing',
      sentence: 'The SubjectConfirmation has no SubjectConfirmationData.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmationData'],
    },
    removeAt(data),
  ),
  'an empty SubjectConfirmationData': documentFault(
    {
      code: 'subjectconfirmationdata-empty',
      sentence: 'The SubjectConfirmationData has no attributes.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmationData'],
    },
    emptyAt(data),
  ),
  'a SubjectConfirmationData without Recipient': confirmationFault(
    {
      code: 'recipient-missing',
      sentence: 'The SubjectConfirmationData has no Recipient.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: undefined }),
  ),
  'a SubjectConfirmationData with an empty Recipient': confirmationFault(
    {
      code: 'recipient-empty',
      sentence: 'The Recipient is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: '' }),
  ),
  'a SubjectConfirmationData with a different Recipient': confirmationFault(
    {
      code: 'recipient-wrong',
      sentence: 'The Recipient is the ACS URL of another SP.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: 'https://elsewhere.example/saml/acs' }),
  ),
  'a Recipient with a trailing slash': confirmationFault(
    {
      code: 'recipient-trailing-slash',
      sentence: 'The Recipient ends in a slash that the ACS URL does not have.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: `${honest.recipient}/` }),
  ),
  'a SubjectConfirmationData without InResponseTo': confirmationFault(
    {
      code: 'scd-in-response-to-missing',
      sentence: 'The SubjectConfirmationData has no InResponseTo; the Response has one.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('InResponseTo'),
    },
    (honest) => (honest.inResponseTo === undefined ? honest : { ...honest, inResponseTo: undefined }),
  ),
  'a SubjectConfirmationData with an empty InResponseTo': confirmationFault(
    {
      code: 'scd-in-response-to-empty',
      sentence: 'The InResponseTo of the SubjectConfirmationData is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('InResponseTo'),
    },
    (honest) => (honest.inResponseTo === undefined ? honest : { ...honest, inResponseTo: '' }),
  ),
  'a SubjectConfirmationData with an unknown InResponseTo': confirmationFault(
    {
      code: 'scd-in-response-to-wrong',
      sentence: 'The InResponseTo of the SubjectConfirmationData is the ID of a request that the SP never sent.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('InResponseTo'),
    },
    (honest) => ({ ...honest, inResponseTo: '_invented' }),
  ),
  'a SubjectConfirmationData with the InResponseTo of another browser': confirmationFault(
    {
      code: 'in-response-to-unpaired',
      sentence:
        'The InResponseTo of the Response is right; that of the SubjectConfirmationData is a ' +
        'request pending in another browser.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('InResponseTo'),
    },
    (honest, { elsewhere }) =>
      elsewhere?.requestId === undefined ? honest : { ...honest, inResponseTo: elsewhere.requestId },
  ),
  'a SubjectConfirmationData without NotOnOrAfter': confirmationFault(
    {
      code: 'scd-notonorafter-missing',
      sentence: 'The SubjectConfirmationData has no NotOnOrAfter.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: undefined }),
  ),
  'a SubjectConfirmationData with an empty NotOnOrAfter': confirmationFault(
    {
      code: 'scd-notonorafter-empty',
      sentence: 'The NotOnOrAfter of the SubjectConfirmationData is empty.',
      rule: 'SAML profiles 4.1.4.2; SAML core 1.3.3',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: '' }),
  ),
  'a SubjectConfirmationData with a malformed NotOnOrAfter': confirmationFault(
    {
      code: 'scd-notonorafter-format',
      sentence: 'The NotOnOrAfter of the SubjectConfirmationData is “tomorrow”.',
      rule: 'SAML core 1.3.3',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: 'tomorrow' }),
  ),
  'a SubjectConfirmationData that expired {minutes} minutes ago': confirmationFault(
    {
      code: 'scd-notonorafter-past',
      sentence: 'The NotOnOrAfter of the SubjectConfirmationData has passed; that of the Conditions has not.',
      rule: 'SAML profiles 4.1.4.3',
      amount: { unit: 'minutes', accept: [2], reject: [3, 10] },
      touches: scd('NotOnOrAfter'),
    },
    (honest, { now, amount }) => ({ ...honest, notOnOrAfter: instant(later(now, { minutes: -amount })) }),
  ),
  'a bearer SubjectConfirmationData with NotBefore': confirmationFault(
    {
      code: 'scd-notbefore-present',
      sentence: 'The bearer SubjectConfirmationData has a NotBefore, which SAML forbids.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('NotBefore'),
    },
    (honest, { now }) => ({ ...honest, notBefore: instant(later(now, { minutes: -1 })) }),
  ),
  // Accepted: an SP may check the address, but behind proxies it means little.
  'a SubjectConfirmationData with a different Address': confirmationFault(
    {
      code: 'scd-address-mismatch',
      sentence: 'The Address of the SubjectConfirmationData is the IP address of another host.',
      rule: 'SAML profiles 4.1.4.3 (MAY check)',
      verdict: 'accept',
      touches: scd('Address'),
    },
    (honest) => ({ ...honest, address: '192.0.2.77' }),
  ),
} satisfies Record<string, Fault>;
