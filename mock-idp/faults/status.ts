/** Faults in the status of the response, and refusals with every status that SAML knows. */

import type { Fault } from '../fault.ts';
import { at, attributed, claimsFault, documentFault, emptied, filled, without } from '../fault-builders.ts';
import type { Claims } from '../response/claims.ts';
import { statusCode } from '../response/saml-values.ts';
import { cdata, element, withChildren } from '../response/xml.ts';

const touches = ['Response/Status'];
const refusal = ['Response/Status', 'Response/Assertion', 'Response/EncryptedAssertion'];
const rule = 'SAML core 3.2.2.2';

const withErrorStatus = (claims: Claims, code: string, second?: string, message?: string): Claims => ({
  ...claims,
  status: { code: statusCode(code), second: second === undefined ? undefined : statusCode(second), message },
});

/** A refusal with a second-level code. */
const secondLevelStatusFault = <const Code extends string>(
  code: Code,
  sentence: string,
  second: string,
  top = 'Responder',
): Fault<Code> =>
  claimsFault({ code, sentence, rule, touches: refusal }, (claims) => withErrorStatus(claims, top, second));

/** A refusal that tells in its message what the user did: the convention of the Italian public identity system. */
const userAnomalyFault = <const Nr extends number>(number: Nr, sentence: string): Fault<`user-anomaly-${Nr}`> =>
  claimsFault(
    {
      code: `user-anomaly-${number}`,
      sentence,
      rule: `${rule}; SPID table of anomalies, ErrorCode nr${number}`,
      touches: refusal,
    },
    (claims) => withErrorStatus(claims, 'Responder', 'AuthnFailed', `ErrorCode nr${number}`),
  );

export const statusFaults = {
  'a response without a status': documentFault(
    {
      code: 'status-missing',
      sentence: 'The response has no Status, but a good assertion.',
      rule: 'SAML core 3.2.2',
      touches,
    },
    without('samlp:Status'),
  ),
  'a response with an empty status': documentFault(
    { code: 'status-empty', sentence: 'The Status of the response is empty.', rule: 'SAML core 3.2.2.1', touches },
    emptied('samlp:Status'),
  ),
  'words between the elements of the status': documentFault(
    {
      code: 'status-text',
      sentence: 'The Status begins with words in a CDATA section.',
      rule: 'SAML core 3.2.2.1 (schema: elements only)',
      touches,
    },
    at('samlp:Status', (status) => withChildren(status, cdata('All is well'), ...status.children)),
  ),
  'a status without a code': documentFault(
    {
      code: 'statuscode-missing',
      sentence: 'The Status holds a message and no code.',
      rule: 'SAML core 3.2.2.1',
      touches,
    },
    filled('samlp:Status', element('samlp:StatusMessage', {}, 'All is well')),
  ),
  'a status code without a value': documentFault(
    { code: 'statuscode-value-missing', sentence: 'The StatusCode has no Value.', rule, touches },
    attributed('samlp:Status/samlp:StatusCode', { Value: undefined }),
  ),
  'a status code with an empty value': documentFault(
    { code: 'statuscode-empty', sentence: 'The Value of the StatusCode is empty.', rule, touches },
    attributed('samlp:Status/samlp:StatusCode', { Value: '' }),
  ),
  'a status that blames the requester': claimsFault(
    {
      code: 'status-requester',
      sentence: 'The request could not be performed due to an error of the SP.',
      rule,
      touches: refusal,
    },
    (claims) => withErrorStatus(claims, 'Requester'),
  ),
  'a status that blames the identity provider': claimsFault(
    {
      code: 'status-responder',
      sentence: 'The request could not be performed due to an error of the identity provider.',
      rule,
      touches: refusal,
    },
    (claims) => withErrorStatus(claims, 'Responder'),
  ),
  'a status of mismatched versions': claimsFault(
    {
      code: 'status-versionmismatch',
      sentence: 'The identity provider does not speak the version of the request.',
      rule,
      touches: refusal,
    },
    (claims) => withErrorStatus(claims, 'VersionMismatch'),
  ),
  'a status of failed authentication': secondLevelStatusFault(
    'status-authnfailed',
    'The identity provider reports that it could not authenticate the user, and sends no assertion.',
    'AuthnFailed',
  ),
  'a status of no passive sign-in': secondLevelStatusFault(
    'status-nopassive',
    'The user cannot be authenticated without being asked.',
    'NoPassive',
  ),
  'a status of a denied request': secondLevelStatusFault(
    'status-requestdenied',
    'The identity provider does not want to answer.',
    'RequestDenied',
  ),
  'a status of no fitting authentication context': secondLevelStatusFault(
    'status-noauthncontext',
    'The requested authentication context cannot be met.',
    'NoAuthnContext',
    'Requester',
  ),
  'a status of an invalid NameID policy': secondLevelStatusFault(
    'status-invalidnameidpolicy',
    'The requested NameID format is not on offer.',
    'InvalidNameIDPolicy',
    'Requester',
  ),
  'a status of an unknown principal': secondLevelStatusFault(
    'status-unknownprincipal',
    'The identity provider does not know the user.',
    'UnknownPrincipal',
  ),
  'a status of an unsupported binding': secondLevelStatusFault(
    'status-unsupportedbinding',
    'The requested binding is not on offer.',
    'UnsupportedBinding',
    'Requester',
  ),
  'a status of no available identity provider': secondLevelStatusFault(
    'status-noavailableidp',
    'A proxy found no identity provider that answers.',
    'NoAvailableIDP',
  ),
  'a status of a partial logout': secondLevelStatusFault(
    'status-partiallogout',
    'The status belongs to logout, not to sign-in.',
    'PartialLogout',
  ),
  'a status of an unheard-of kind': claimsFault(
    {
      code: 'status-unknown-top-level',
      sentence: 'The top-level status is a URI that SAML does not know.',
      rule,
      touches: refusal,
    },
    (claims) => ({ ...claims, status: { code: 'urn:elsewhere:status:Perhaps' } }),
  ),
  'a second-level status at the top': claimsFault(
    {
      code: 'status-second-level-as-top',
      sentence: 'The top-level status is one of those for the second level.',
      rule,
      touches: refusal,
    },
    (claims) => withErrorStatus(claims, 'AuthnFailed'),
  ),
  'a status message with HTML': claimsFault(
    {
      code: 'status-message-html',
      sentence: 'The message of the status is HTML with a script.',
      rule: 'SAML core 3.2.2.3 (the message is text for people)',
      touches: refusal,
    },
    (claims) =>
      withErrorStatus(claims, 'Responder', undefined, '<script>document.title = "owned"</script><b>Sorry</b>'),
  ),
  'a status of failure beside a good assertion': documentFault(
    {
      code: 'status-error-with-assertion',
      sentence: 'The status says failure, and the assertion is there all the same.',
      rule: 'SAML core 3.3.3 and 3.2.2.2',
      touches,
    },
    attributed('samlp:Status/samlp:StatusCode', { Value: statusCode('Responder') }),
  ),
  'a status of success beside one of failure': documentFault(
    {
      code: 'status-two-codes',
      sentence: 'The Status holds two top-level codes, failure being the second.',
      rule: 'SAML core 3.2.2.1 (schema)',
      touches,
    },
    filled(
      'samlp:Status',
      element('samlp:StatusCode', { Value: statusCode('Success') }),
      element('samlp:StatusCode', { Value: statusCode('Responder') }),
    ),
  ),
  'a status of success without an assertion': documentFault(
    {
      code: 'status-success-no-assertion',
      sentence: 'The status says success, and nothing follows.',
      rule: 'SAML profiles 4.1.4.2',
      touches: refusal,
    },
    without('saml:Assertion'),
  ),
  'a status of success with a second level': documentFault(
    {
      code: 'status-success-with-second-level',
      sentence: 'The status says success and adds a word of its own on the second level.',
      rule: 'SAML core 3.2.2.2 (second-level codes are free)',
      verdict: 'accept',
      touches,
    },
    filled('samlp:Status/samlp:StatusCode', element('samlp:StatusCode', { Value: 'urn:elsewhere:status:Gladly' })),
  ),
  'word of repeated wrong credentials': userAnomalyFault(19, 'The user gave wrong credentials too often.'),
  'word of credentials below the asked level': userAnomalyFault(
    20,
    'The user has no credentials of the level that was asked for.',
  ),
  'word of a login that took too long': userAnomalyFault(21, 'The user took too long to sign in.'),
  'word of a refused consent': userAnomalyFault(22, 'The user did not consent to sending the attributes.'),
  'word of a suspended user': userAnomalyFault(23, 'The user is suspended or the credentials are revoked.'),
  'word of a user who cancelled': userAnomalyFault(25, 'The user cancelled the sign-in.'),
} satisfies Record<string, Fault>;
