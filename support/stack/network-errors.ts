/** Errors of the network and of certificates, in words that follow a URL. */

/** Prefix of the code → what goes after the URL. */
const networkErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: no server is listening',
  ECONNRESET: 'cut the connection before its reply was complete',
  EPIPE: 'cut the connection before its reply was complete',
  UND_ERR_SOCKET: 'cut the connection before its reply was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent more or fewer bytes than its Content-Length',
  UND_ERR_HEADERS_OVERFLOW: 'sent headers of more than 16 kB',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached: the connection timed out',
  UND_ERR_INVALID_ARG: 'cannot be requested: the request is malformed',
  ETIMEDOUT: 'cannot be reached: the connection timed out',
  MALFORMED_HOSTS: 'cannot be reached: HOSTS must be like staging.acme.test=127.0.0.1, without ports',
  NOT_ALLOWED: 'may not be reached in this run',
  ENOTFOUND: 'has an unknown host name',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
  EHOSTUNREACH: 'is on an unreachable host',
  ENETUNREACH: 'is on an unreachable host',
  HPE_: 'sent something that is not HTTP',
  HTTPParserError: 'sent something that is not HTTP',
};

const wrongName = 'has a TLS certificate for another host';
const expired = 'has a TLS certificate that has expired';
const unknownIssuer =
  'has a TLS certificate that is not trusted here: name its authority as certificateAuthority in the recipe, ' +
  'or in NODE_EXTRA_CA_CERTS';

const certificateErrors: Readonly<Record<string, string>> = {
  ERR_SSL: 'does not use TLS, or not in a supported version',
  ERR_TLS_CERT_ALTNAME_INVALID: wrongName,
  HOSTNAME_MISMATCH: wrongName,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: 'has a TLS certificate that is not valid yet',
  CERT_: 'has an invalid TLS certificate',
  INVALID_: 'has an invalid TLS certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed TLS certificate: name its file in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_: unknownIssuer,
};

/** Undefined for an unknown code. */
export const explainNetworkError = (code: string): string | undefined =>
  Object.entries({ ...networkErrors, ...certificateErrors }).find(([begins]) => code.startsWith(begins))?.[1];

const untrusted = 'has a TLS certificate that the browser does not trust';

/** Codes of Chromium (net::ERR_…) and Firefox (NS_ERROR_…) for these errors. */
const browserErrors: Readonly<Record<string, string>> = {
  ERR_CONNECTION_REFUSED: networkErrors.ECONNREFUSED!,
  NS_ERROR_CONNECTION_REFUSED: networkErrors.ECONNREFUSED!,
  ERR_CONNECTION_TIMED_OUT: networkErrors.ETIMEDOUT!,
  ERR_NAME_NOT_RESOLVED: networkErrors.ENOTFOUND!,
  NS_ERROR_UNKNOWN_HOST: networkErrors.ENOTFOUND!,
  ERR_NETWORK_CHANGED: 'did not load, since the network of the browser’s machine changed meanwhile: try again',
  ERR_ADDRESS_UNREACHABLE: networkErrors.EHOSTUNREACH!,
  ERR_CONNECTION_: networkErrors.ECONNRESET!,
  ERR_EMPTY_RESPONSE: networkErrors.ECONNRESET!,
  ERR_CONTENT_LENGTH_MISMATCH: networkErrors.UND_ERR_RES_CONTENT_LENGTH_MISMATCH!,
  ERR_INVALID_HTTP_RESPONSE: networkErrors.HPE_!,
  ERR_TOO_MANY_REDIRECTS: 'led to too many redirects',
  ERR_SSL_: certificateErrors.ERR_SSL!,
  ERR_CERT_COMMON_NAME_INVALID: wrongName,
  SSL_ERROR_BAD_CERT_DOMAIN: wrongName,
  // By the clock of this machine.
  ERR_CERT_DATE_INVALID: 'has a TLS certificate that has expired or is not valid yet',
  SEC_ERROR_EXPIRED_CERTIFICATE: expired,
  ERR_CERT_AUTHORITY_INVALID: untrusted,
  SEC_ERROR_UNKNOWN_ISSUER: untrusted,
  ERR_CERT_: certificateErrors.CERT_!,
};

/** The browser's error in words that follow a URL. `advice` is what to do about an unknown authority. */
export function explainBrowserError(text: string, advice: string): string {
  const code = /(?:net::)?((?:ERR|NS_ERROR|SEC_ERROR|SSL_ERROR)_\w+)/.exec(text)?.[1];
  if (code === undefined) return 'could not be reached';
  const known = Object.entries(browserErrors).find(([begins]) => code.startsWith(begins))?.[1];
  if (known === untrusted) return `${known}: ${advice}`;
  return known ?? `could not be reached (${code})`;
}
