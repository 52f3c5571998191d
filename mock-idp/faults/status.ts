/** Faults in the Status, and error responses with every status code that SAML defines. */

import type { Fault } from '../fault.ts';
import {
  at,
  claimsFault,
  documentFault,
  emptyAt,
  removeAt,
  setAttributesAt,
  setChildrenAt,
} from '../fault-builders.ts';
import type { Claims } from '../response/claims.ts';
import { statusCode } from '../response/saml-values.ts';
import { cdata, element, withChildren } from '../response/xml.ts';

const touches = ['Response/Status'];
const errorTouches = ['Response/Status', 'Response/Assertion', 'Response/EncryptedAssertion'];
const rule = 'SAML core 3.2.2.2';

const withErrorStatus = (claims: Claims, code: string, second?: string, message?: string): Claims => ({
  ...claims,
  status: { code: statusCode(code), second: second === undefined ? undefined : statusCode(second), message },
});

/** An error response with a second-level status code. */
const secondLevelStatusFault = <const Code extends string>(
  code: Code,
  sentence: string,
  second: string,
  top = 'Responder',
): Fault<Code> =>
  claimsFault({ code, sentence, rule, touches: errorTouches }, (claims) => withErrorStatus(claims, top, second));

/** An error response whose StatusMessage names the cause, as in SPID, the Italian public identity system. */
const userAnomalyFault = <const Nr extends number>(number: Nr, sentence: string): Fault<`user-anomaly-${Nr}`> =>
  claimsFault(
    {
      code: `user-anomaly-${number}`,
      sentence,
      rule: `${rule}; SPID error table, ErrorCode nr${number}`,
      touches: errorTouches,
    },
    (claims) => withErrorStatus(claims, 'Responder', 'AuthnFailed', `ErrorCode nr${number}`),
  );

export const statusFaults = {
  'a response without Status': documentFault(
    {
      code: 'status-missing',
      sentence: 'The Response has no Status, but a valid Assertion.',
      rule: 'SAML core 3.2.2',
      touches,
    },
    removeAt('samlp:Status'),
  ),
  'a response with an empty Status': documentFault(
    { code: 'status-empty', sentence: 'The Status of the Response is empty.', rule: 'SAML core 3.2.2.1', touches },
    emptyAt('samlp:Status'),
  ),
  'text between the Status elements': documentFault(
    {
      code: 'status-text',
      sentence: 'The Status starts with text in a CDATA section.',
      rule: 'SAML core 3.2.2.1 (schema: elements only)',
      touches,
    },
    at('samlp:Status', (status) => withChildren(status, cdata('All is well'), ...status.children)),
  ),
  'a Status without StatusCode': documentFault(
    {
      code: 'statuscode-missing',
      sentence: 'The Status has a StatusMessage but no StatusCode.',
      rule: 'SAML core 3.2.2.1',
      touches,
    },
    setChildrenAt('samlp:Status', element('samlp:StatusMessage', {}, 'All is well')),
  ),
  'a StatusCode without Value': documentFault(
    { code: 'statuscode-value-missing', sentence: 'The StatusCode has no Value.', rule, touches },
    setAttributesAt('samlp:Status/samlp:StatusCode', { Value: undefined }),
  ),
  'a StatusCode with an empty Value': documentFault(
    { code: 'statuscode-empty', sentence: 'The Value of the StatusCode is empty.', rule, touches },
    setAttributesAt('samlp:Status/samlp:StatusCode', { Value: '' }),
  ),
  'a Requester status': claimsFault(
    {
      code: 'status-requester',
      sentence: 'The top-level status is Requester: the request failed because of an error on the SP’s side.',
      rule,
      touches: errorTouches,
    },
    (claims) => withErrorStatus(claims, 'Requester'),
  ),
  'a Responder status': claimsFault(
    {
      code: 'status-responder',
      sentence: 'The top-level status is Responder: the request failed because of an error on the IdP’s side.',
      rule,
      touches: errorTouches,
    },
    (claims) => withErrorStatus(claims, 'Responder'),
  ),
  'a VersionMismatch status': claimsFault(
    {
      code: 'status-versionmismatch',
      sentence: 'The top-level status is VersionMismatch: the IdP does not support the SAML version of the request.',
      rule,
      touches: errorTouches,
    },
    (claims) => withErrorStatus(claims, 'VersionMismatch'),
  ),
  'an AuthnFailed status': secondLevelStatusFault(
    'status-authnfailed',
    'The IdP could not authenticate the user, and sends no Assertion.',
    'AuthnFailed',
  ),
  'a NoPassive status': secondLevelStatusFault(
    'status-nopassive',
    'The IdP cannot authenticate the user without a login page.',
    'NoPassive',
  ),
  'a RequestDenied status': secondLevelStatusFault(
    'status-requestdenied',
    'The IdP declines to process the request.',
    'RequestDenied',
  ),
  'a NoAuthnContext status': secondLevelStatusFault(
    'status-noauthncontext',
    'The IdP cannot meet the requested authentication context.',
    'NoAuthnContext',
    'Requester',
  ),
  'an InvalidNameIDPolicy status': secondLevelStatusFault(
    'status-invalidnameidpolicy',
    'The IdP does not support the requested NameID format.',
    'InvalidNameIDPolicy',
    'Requester',
  ),
  'an UnknownPrincipal status': secondLevelStatusFault(
    'status-unknownprincipal',
    'The IdP does not know the user.',
    'UnknownPrincipal',
  ),
  'an UnsupportedBinding status': secondLevelStatusFault(
    'status-unsupportedbinding',
    'The IdP does not support the requested binding.',
    'UnsupportedBinding',
    'Requester',
  ),
  'a NoAvailableIDP status': secondLevelStatusFault(
    'status-noavailableidp',
    'A proxying IdP could not reach any IdP.',
    'NoAvailableIDP',
  ),
  'a PartialLogout status': secondLevelStatusFault(
    'status-partiallogout',
    'The status is one of logout, not of sign-in.',
    'PartialLogout',
  ),
  'an unknown status code': claimsFault(
    {
      code: 'status-unknown-top-level',
      sentence: 'The top-level status is a URI that SAML does not define.',
      rule,
      touches: errorTouches,
    },
    (claims) => ({ ...claims, status: { code: 'urn:elsewhere:status:Perhaps' } }),
  ),
  'a second-level status code at the top level': claimsFault(
    {
      code: 'status-second-level-as-top',
      sentence: 'The top-level status is one that SAML defines for the second level.',
      rule,
      touches: errorTouches,
    },
    (claims) => withErrorStatus(claims, 'AuthnFailed'),
  ),
  'a StatusMessage with HTML': claimsFault(
    {
      code: 'status-message-html',
      sentence: 'The StatusMessage is HTML with a script.',
      rule: 'SAML core 3.2.2.3 (StatusMessage is plain text)',
      touches: errorTouches,
    },
    (claims) =>
      withErrorStatus(claims, 'Responder', undefined, '<script>document.title = "owned"</script><b>Sorry</b>'),
  ),
  'a failure status with a valid assertion': documentFault(
    {
      code: 'status-error-with-assertion',
      sentence: 'The status is a failure, but the response contains a valid Assertion.',
      rule: 'SAML core 3.3.3 and 3.2.2.2',
      touches,
    },
    setAttributesAt('samlp:Status/samlp:StatusCode', { Value: statusCode('Responder') }),
  ),
  'a success status followed by a failure status': documentFault(
    {
      code: 'status-two-codes',
      sentence: 'The Status has two top-level StatusCodes: Success, then a failure.',
      rule: 'SAML core 3.2.2.1 (schema)',
      touches,
    },
    setChildrenAt(
      'samlp:Status',
      element('samlp:StatusCode', { Value: statusCode('Success') }),
      element('samlp:StatusCode', { Value: statusCode('Responder') }),
    ),
  ),
  'a success status without an assertion': documentFault(
    {
      code: 'status-success-no-assertion',
      sentence: 'The status is Success, but the response contains no Assertion.',
      rule: 'SAML profiles 4.1.4.2',
      touches: errorTouches,
    },
    removeAt('saml:Assertion'),
  ),
  'a success status with a second-level status': documentFault(
    {
      code: 'status-success-with-second-level',
      sentence: 'The status is Success, with a second-level status that SAML does not define.',
      rule: 'SAML core 3.2.2.2 (second-level codes may be custom)',
      verdict: 'accept',
      touches,
    },
    setChildrenAt(
      'samlp:Status/samlp:StatusCode',
      element('samlp:StatusCode', { Value: 'urn:elsewhere:status:Gladly' }),
    ),
  ),
  'a too-many-failed-logins status': userAnomalyFault(19, 'The user entered wrong credentials too often.'),
  'an insufficient-credentials status': userAnomalyFault(20, 'The user has no credentials of the requested level.'),
  'a login-timeout status': userAnomalyFault(21, 'The user took too long to sign in.'),
  'a consent-denied status': userAnomalyFault(22, 'The user did not consent to releasing the attributes.'),
  'a suspended-user status': userAnomalyFault(23, 'The user is suspended or the credentials are revoked.'),
  'a user-cancelled status': userAnomalyFault(25, 'The user cancelled the sign-in.'),
} satisfies Record<string, Fault>;
