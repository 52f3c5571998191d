/** Checks that reject in the same words as others, so that nothing changes when only one of them is removed. */

/** By check: the code of a fault that shows its removal once its twins are removed as well, and the twins. */
export const twins: Readonly<Record<string, readonly [fault: string, ...checks: string[]]>> = {
  'decode: length of the field': [
    'huge-response',
    'decode: number of bytes',
    'read: number of characters',
    'acs: length of the body',
  ],
  'decode: number of bytes': [
    'huge-response',
    'decode: length of the field',
    'read: number of characters',
    'acs: length of the body',
  ],
  'read: number of characters': [
    'huge-response',
    'decode: length of the field',
    'decode: number of bytes',
    'acs: length of the body',
  ],
  'acs: length of the body': [
    'huge-response',
    'decode: length of the field',
    'decode: number of bytes',
    'read: number of characters',
  ],
  'read: number of elements': ['many-elements', 'read: elements of one name'],
  'read: elements of one name': ['many-elements', 'read: number of elements'],
  'read: total number of attributes': ['many-attributes-in-all', 'read: elements of one name'],
  'read: the tree parser is also strict': ['xml-mismatched-tag', 'read: well-formed'],

  'verify: an invalid signature overrides a valid one': ['digest-mismatch-status', 'judge: findings of the signatures'],
  'verify: a signed root is a response or assertion': ['root-saml11', 'judge: the root is a response'],
  'verify: a signed assertion below a response': ['namespace-spoof-response', 'judge: the root is a response'],
  'verify: the signed element contains the signature': ['reference-wrong-element', 'shape: reference to the parent'],
  'verify: the signed element has the right name': [
    'reference-wrong-element',
    'shape: reference to the parent',
    'verify: the signed element has the right ID',
  ],
  'verify: the signed element has the right ID': [
    'reference-wrong-element',
    'shape: reference to the parent',
    'verify: the signed element has the right name',
  ],
  'verify: one reference was digested': ['reference-two', 'shape: one of each part', 'shape: children of SignedInfo'],
  'verify: missing content is a finding': ['reference-wrong-element', 'shape: reference to the parent'],
  'verify: only the attribute ID': ['attribute-id-lowercase', 'read: IDs in any case'],
  'shape: children of SignedInfo': ['reference-two', 'shape: presence of every part'],
  'shape: one of each part': ['reference-two', 'shape: children of SignedInfo', 'verify: one reference was digested'],
  'shape: both algorithms were found': ['alg-rsa-md5', 'shape: signature algorithm is known'],
  'shape: presence of every part': ['reference-two', 'shape: children of SignedInfo'],
  'algorithms: key of the right family': ['signature-other-key-ecdsa', 'algorithms: verification, EC'],
  'algorithms: verification, EC': ['signature-other-key-ecdsa', 'algorithms: key of the right family'],

  'decrypt: OAEP digest, own properties only': ['enc-oaep-inherited', 'decrypt: both OAEP hashes are the same'],

  'judge: nothing is decrypted without a success status': ['status-error-with-assertion', 'status is success'],
  'judge: the identity is signed': ['unsigned-all', 'judge: required signatures'],
  'judge: the identity comes from an assertion': ['status-success-no-assertion', 'judge: presence of an assertion'],
  'judge: the response is read from its signed bytes': [
    'reference-wrong-element',
    'shape: reference to the parent',
    'verify: the signed element contains the signature',
  ],
  'judge: the assertion is read from its signed bytes': [
    'xsw5',
    'shape: reference to the parent',
    'verify: the signed element contains the signature',
    'assertion multiple',
  ],

  'judge: a plain assertion is verified by its own signature': ['unsigned-all', 'judge: required signatures'],
  'judge: a decrypted assertion is verified by its own signature': ['encrypted-unsigned', 'judge: required signatures'],
  'judge: missing settings are not verified': [
    'unsolicited-with-in-response-to',
    'acs: findings about request and test count',
  ],
  'judge: an unverified check leaves the verdict open': [
    'unsolicited-with-in-response-to',
    'acs: findings about request and test count',
  ],
  'judge: missing request': ['unsolicited-with-in-response-to', 'acs: findings about request and test count'],
  'judge: the order of stages decides': ['response-id-missing', 'acs: the order of stages decides'],
  'session not over': ['session-notonorafter-past', 'acs: the session ends at SessionNotOnOrAfter'],

  'acs: the order of stages decides': ['response-id-missing', 'judge: the order of stages decides'],
  'acs: findings about request and test count': ['unsolicited-with-in-response-to', 'judge: missing request'],
  'acs: request-answered': ['in-response-to-reused', 'acs: the request is this browser’s'],
  'acs: a request is used only once': [
    'in-response-to-reused',
    'acs: the request is this browser’s',
    'acs: request-answered',
  ],
  'acs: also judged against another browser’s request': ['relaystate-of-another', 'acs: request-id-lost'],
  'session: the user is active': ['nameid-plus-alias', 'acs: the user is active'],
  'acs: the session ends at SessionNotOnOrAfter': ['session-notonorafter-past', 'session not over'],
  'acs: the user is of this organization': [
    'email-domain-confusion',
    'acs: foreign domain',
    'acs: the email that was entered',
  ],
};
