/** Faults in about whom the assertion speaks, and in who may bring it where and until when. */

import type { Fault, Strike } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptied, type Facts, without } from '../fault-builders.ts';
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
  'SAML leaves the NameID format to the parties; ' +
  'an SP that signs users in by mail address may insist on the format for it.';

export const subjectFaults = {
  'an assertion without a subject': documentFault(
    {
      code: 'subject-missing',
      sentence: 'The assertion speaks of nobody.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Subject'],
    },
    without(subject),
  ),
  'an assertion with an empty subject': documentFault(
    {
      code: 'subject-empty',
      sentence: 'The Subject is empty.',
      rule: 'SAML profiles 4.1.4.2; SAML core 2.4.1',
      touches: ['Subject'],
    },
    emptied(subject),
  ),
  'an assertion with two subjects': documentFault(
    {
      code: 'subject-two',
      sentence: 'The assertion has two subjects, the second being somebody else.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: ['Subject'],
    },
    at(subject, (found) => [
      found,
      withChildren(found, element('saml:NameID', {}, 'mallory@elsewhere.example'), ...found.children.slice(1)),
    ]),
  ),
  'words between the elements of the subject': documentFault(
    {
      code: 'subject-text',
      sentence: 'The Subject begins with words.',
      rule: 'SAML core 2.4.1 (schema: elements only)',
      touches: ['Subject'],
    },
    at(subject, (found) => withChildren(found, 'This is about ', ...found.children)),
  ),
  // Left to policy by the catalogue: refused, because this kind of SP identifies users by NameID and by nothing else.
  'a subject without a NameID': nameIdFault(
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
  'a NameID of white space': nameIdFault(
    {
      code: 'nameid-whitespace-only',
      sentence: 'The NameID is nothing but spaces.',
      rule: 'SAML core 1.3.1',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: '   ' }),
  ),
  'two NameIDs': documentFault(
    {
      code: 'nameid-two',
      sentence: 'The Subject has two NameIDs, the second being somebody else.',
      rule: 'SAML core 2.4.1 (schema)',
      touches: ['NameID'],
    },
    at(`${subject}/saml:NameID`, (found) => [found, withChildren(found, 'mallory@elsewhere.example')]),
  ),
  'a NameID without a format': nameIdFault(
    {
      code: 'nameid-format-missing',
      sentence: 'The NameID does not say its format.',
      rule: 'SAML core 2.2.2 and 8.3.1',
      verdict: { policy: 'nameIdFormat', acceptWhen: 'any', because: formatOpen },
      touches: ['NameID/@Format'],
    },
    (nameId) => ({ ...nameId, format: undefined }),
  ),
  'a NameID of unspecified format': nameIdFault(
    {
      code: 'nameid-format-wrong',
      sentence: 'The NameID has the format unspecified.',
      rule: 'SAML core 8.3.1',
      verdict: { policy: 'nameIdFormat', acceptWhen: 'any', because: formatOpen },
      touches: ['NameID/@Format'],
    },
    (nameId) => ({ ...nameId, format: nameIdFormats.unspecified }),
  ),
  'a transient NameID': nameIdFault(
    {
      code: 'nameid-transient',
      sentence: 'The NameID is random and of format transient.',
      rule: 'SAML core 8.3.8',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, format: nameIdFormats.transient, value: randomId() }),
  ),
  // Left to policy by the catalogue, and there is none: the qualifier says nothing about a mail address.
  'a NameID with a name qualifier': nameIdFault(
    {
      code: 'nameid-namequalifier',
      sentence: 'The NameID says in whose namespace it stands: that of the identity provider.',
      rule: 'SAML core 2.2.2',
      verdict: 'accept',
      touches: ['NameID/@NameQualifier'],
    },
    (nameId, { issuer }) => ({ ...nameId, nameQualifier: issuer }),
  ),
  'a NameID qualified for another SP': nameIdFault(
    {
      code: 'nameid-spnamequalifier-wrong',
      sentence: 'The NameID belongs to the namespace of another SP.',
      rule: 'SAML core 2.2.2',
      touches: ['NameID/@SPNameQualifier'],
    },
    (nameId) => ({ ...nameId, spNameQualifier: 'https://elsewhere.example/saml/metadata' }),
  ),
  'a NameID qualified for the right SP': nameIdFault(
    {
      code: 'nameid-spnamequalifier-right',
      sentence: 'The NameID belongs to the namespace of the SP itself.',
      rule: 'SAML core 2.2.2',
      verdict: 'accept',
      touches: ['NameID/@SPNameQualifier'],
    },
    (nameId, { app }) => ({ ...nameId, spNameQualifier: app.entityId }),
  ),
  'a NameID that is no mail address': nameIdFault(
    {
      code: 'nameid-is-not-email',
      sentence: 'The NameID has the format of mail addresses and no @.',
      rule: 'SAML core 8.3.2',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: nameId.value.split('@')[0] || 'somebody' }),
  ),
  'the NameID of another person': nameIdFault(
    {
      code: 'nameid-of-another',
      sentence: 'The assertion speaks of somebody other than the user who signed in.',
      rule: 'SAML core 2.2.3',
      touches: ['NameID'],
    },
    (nameId) => ({ ...nameId, value: nameId.value.replace(/^[^@]*/, 'someone.else') }),
  ),

  'a subject without a confirmation': documentFault(
    {
      code: 'subjectconfirmation-missing',
      sentence: 'The Subject has no SubjectConfirmation.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmation'],
    },
    without(confirmation),
  ),
  'an empty subject confirmation': documentFault(
    {
      code: 'subjectconfirmation-empty',
      sentence: 'The SubjectConfirmation has neither method nor data.',
      rule: 'SAML profiles 4.1.4.2; SAML core 2.4.1.1',
      touches: ['SubjectConfirmation'],
    },
    emptied(confirmation),
  ),
  'a subject confirmation without a method': confirmationFault(
    {
      code: 'subjectconfirmation-method-missing',
      sentence: 'The SubjectConfirmation has no Method.',
      rule: 'SAML core 2.4.1.1',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: undefined }),
  ),
  'a subject confirmation with an empty method': confirmationFault(
    {
      code: 'subjectconfirmation-method-empty',
      sentence: 'The Method of the SubjectConfirmation is empty.',
      rule: 'SAML core 2.4.1.1 and 1.3.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: '' }),
  ),
  'a subject confirmation by an unknown method': confirmationFault(
    {
      code: 'subjectconfirmation-method-wrong',
      sentence: 'The Method of the SubjectConfirmation is one that SAML does not know.',
      rule: 'SAML core 2.4.1.1',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:courier' }),
  ),
  'a subject confirmation for the holder of a key': confirmationFault(
    {
      code: 'subjectconfirmation-holder-of-key',
      sentence: 'Only whoever holds a certain key may use the assertion.',
      rule: 'SAML profiles 3.1 and 4.1.4.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }),
  ),
  'a subject confirmation by a sender who vouches': confirmationFault(
    {
      code: 'subjectconfirmation-sender-vouches',
      sentence: 'Only whoever vouches for the subject may use the assertion.',
      rule: 'SAML profiles 3.2 and 4.1.4.2',
      touches: ['SubjectConfirmation/@Method'],
    },
    (honest) => ({ ...honest, method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }),
  ),
  'an expired subject confirmation before a valid one': documentFault(
    {
      code: 'subjectconfirmation-second-valid',
      sentence: 'Of two bearer confirmations the first is over and the second good.',
      rule: 'SAML profiles 4.1.4.3; SAML core 2.4.1 (any may confirm)',
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
  'a confirmation by unknown method before a bearer': documentFault(
    {
      code: 'subjectconfirmation-other-method-beside',
      sentence: 'Of two confirmations the first has an unknown method and the second is a good bearer.',
      rule: 'SAML core 2.4.1 (any may confirm)',
      verdict: 'accept',
      touches: ['SubjectConfirmation'],
    },
    at(confirmation, (found) => [withAttributes(found, { Method: 'urn:oasis:names:tc:SAML:2.0:cm:courier' }), found]),
  ),
  'a subject confirmation without data': documentFault(
    {
      code: 'subjectconfirmationdata-missing',
      sentence: 'The SubjectConfirmation says neither where nor until when it may be used.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmationData'],
    },
    without(data),
  ),
  'a subject confirmation with empty data': documentFault(
    {
      code: 'subjectconfirmationdata-empty',
      sentence: 'The SubjectConfirmationData has no attributes.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['SubjectConfirmationData'],
    },
    emptied(data),
  ),
  'a subject confirmation without a recipient': confirmationFault(
    {
      code: 'recipient-missing',
      sentence: 'The SubjectConfirmationData has no Recipient.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: undefined }),
  ),
  'a subject confirmation with an empty recipient': confirmationFault(
    {
      code: 'recipient-empty',
      sentence: 'The Recipient is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: '' }),
  ),
  'a subject confirmation for another recipient': confirmationFault(
    {
      code: 'recipient-wrong',
      sentence: 'The Recipient is the address of another SP.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: 'https://elsewhere.example/saml/acs' }),
  ),
  'a recipient with a slash at the end': confirmationFault(
    {
      code: 'recipient-trailing-slash',
      sentence: 'The Recipient ends in a slash that the ACS does not have.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('Recipient'),
    },
    (honest) => ({ ...honest, recipient: `${honest.recipient}/` }),
  ),
  'a subject confirmation that names no request': confirmationFault(
    {
      code: 'scd-in-response-to-missing',
      sentence: 'The SubjectConfirmationData has no InResponseTo; the response has one.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('InResponseTo'),
    },
    (honest) => (honest.inResponseTo === undefined ? honest : { ...honest, inResponseTo: undefined }),
  ),
  'a subject confirmation that names the request by an empty ID': confirmationFault(
    {
      code: 'scd-in-response-to-empty',
      sentence: 'The InResponseTo of the SubjectConfirmationData is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('InResponseTo'),
    },
    (honest) => (honest.inResponseTo === undefined ? honest : { ...honest, inResponseTo: '' }),
  ),
  'a subject confirmation for an invented request': confirmationFault(
    {
      code: 'scd-in-response-to-wrong',
      sentence: 'The InResponseTo of the SubjectConfirmationData is a request that nobody made.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('InResponseTo'),
    },
    (honest) => ({ ...honest, inResponseTo: '_invented' }),
  ),
  'a subject confirmation for the request of another browser': confirmationFault(
    {
      code: 'in-response-to-unpaired',
      sentence: 'The response answers the right request, the subject confirmation one that waits in another browser.',
      rule: 'SAML profiles 4.1.4.3',
      touches: scd('InResponseTo'),
    },
    (honest, { elsewhere }) =>
      elsewhere?.requestId === undefined ? honest : { ...honest, inResponseTo: elsewhere.requestId },
  ),
  'a subject confirmation without an end': confirmationFault(
    {
      code: 'scd-notonorafter-missing',
      sentence: 'The SubjectConfirmationData has no NotOnOrAfter.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: undefined }),
  ),
  'a subject confirmation with an empty end': confirmationFault(
    {
      code: 'scd-notonorafter-empty',
      sentence: 'The NotOnOrAfter of the SubjectConfirmationData is empty.',
      rule: 'SAML profiles 4.1.4.2; SAML core 1.3.3',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: '' }),
  ),
  'a subject confirmation whose end is no time': confirmationFault(
    {
      code: 'scd-notonorafter-format',
      sentence: 'The NotOnOrAfter of the SubjectConfirmationData is “tomorrow”.',
      rule: 'SAML core 1.3.3',
      touches: scd('NotOnOrAfter'),
    },
    (honest) => ({ ...honest, notOnOrAfter: 'tomorrow' }),
  ),
  'a subject confirmation that ended {minutes} minutes ago': confirmationFault(
    {
      code: 'scd-notonorafter-past',
      sentence: 'The subject confirmation ended before it arrived; the conditions did not.',
      rule: 'SAML profiles 4.1.4.3',
      amount: { unit: 'minutes', accept: [2], reject: [3, 10] },
      touches: scd('NotOnOrAfter'),
    },
    (honest, { now, amount }) => ({ ...honest, notOnOrAfter: instant(later(now, { minutes: -amount })) }),
  ),
  'a bearer confirmation with a beginning': confirmationFault(
    {
      code: 'scd-notbefore-present',
      sentence: 'The bearer confirmation has a NotBefore, which it must not.',
      rule: 'SAML profiles 4.1.4.2',
      touches: scd('NotBefore'),
    },
    (honest, { now }) => ({ ...honest, notBefore: instant(later(now, { minutes: -1 })) }),
  ),
  // An SP may check it, and there is no policy for it: behind proxies an address proves nothing.
  'a subject confirmation for another network address': confirmationFault(
    {
      code: 'scd-address-mismatch',
      sentence: 'The SubjectConfirmationData names the network address of another host.',
      rule: 'SAML profiles 4.1.4.3 (MAY check)',
      verdict: 'accept',
      touches: scd('Address'),
    },
    (honest) => ({ ...honest, address: '192.0.2.77' }),
  ),
} satisfies Record<string, Fault>;
