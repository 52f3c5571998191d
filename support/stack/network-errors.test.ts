/** The same failures of Node and of browsers, in the same words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainBrowserError, explainNetworkError } from './network-errors.ts';

const advice = 'install it';
const same: readonly [byNode: string, ...byBrowsers: string[]][] = [
  ['ECONNREFUSED', 'net::ERR_CONNECTION_REFUSED', 'NS_ERROR_CONNECTION_REFUSED'],
  ['ECONNRESET', 'net::ERR_CONNECTION_RESET', 'net::ERR_CONNECTION_CLOSED', 'net::ERR_EMPTY_RESPONSE'],
  ['ENOTFOUND', 'net::ERR_NAME_NOT_RESOLVED', 'NS_ERROR_UNKNOWN_HOST'],
  ['ETIMEDOUT', 'net::ERR_CONNECTION_TIMED_OUT'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'net::ERR_SSL_PROTOCOL_ERROR'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'net::ERR_CERT_COMMON_NAME_INVALID', 'SSL_ERROR_BAD_CERT_DOMAIN'],
  ['CERT_HAS_EXPIRED', 'SEC_ERROR_EXPIRED_CERTIFICATE'],
  ['CERT_SIGNATURE_FAILURE', 'net::ERR_CERT_WEAK_KEY'],
];
test('Node and browsers fail in the same words', () => {
  for (const [byNode, ...byBrowsers] of same)
    for (const one of byBrowsers) assert.equal(explainBrowserError(one, advice), explainNetworkError(byNode), one);
});

test('an unknown authority comes with advice', () => {
  const sentence = 'has a TLS certificate that the browser does not trust: install it';
  for (const one of ['net::ERR_CERT_AUTHORITY_INVALID', 'SEC_ERROR_UNKNOWN_ISSUER'])
    assert.equal(explainBrowserError(one, advice), sentence);
  for (const one of ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
    assert.match(explainNetworkError(one)!, /^has a TLS certificate that is not trusted here: name its authority as /);
  assert.match(explainNetworkError('DEPTH_ZERO_SELF_SIGNED_CERT')!, /^has a self-signed .* in NODE_EXTRA_CA_CERTS$/);
});

test('a network that changes is not blamed on the server', () => {
  assert.match(explainBrowserError('net::ERR_NETWORK_CHANGED', advice), /^did not load, since the network of the brow/);
});

test('an unknown error is named by its code', () => {
  assert.equal(explainNetworkError('EWEIRD'), undefined);
  assert.equal(explainBrowserError('net::ERR_WEIRD', advice), 'could not be reached (ERR_WEIRD)');
  assert.equal(explainBrowserError('Something else', advice), 'could not be reached');
});
