/** The signing keys of an IDPSSODescriptor: one certificate for each KeyDescriptor. */
import { X509Certificate } from 'node:crypto';
import { CertificateError, readable, readOneCertificate, type SkipOptions } from './certificates.ts';
import { attribute, childrenNamed, descendantsNamed, lineOf, ns, textOf } from './dom.ts';
import { MetadataError } from './metadata-error.ts';

/** Long chains have four. Each is compared with each. */
const mostInOneKey = 20;

/** PEM, without duplicates. Throws MetadataError if there is none, or if one cannot be read. */
export function signingCertificatesOf(role: Element, { onUnreadable }: SkipOptions = {}): string[] {
  const keys = childrenNamed(role, ns.md, 'KeyDescriptor').filter((key) =>
    ['', 'signing'].includes((attribute(key, 'use') ?? '').trim()),
  );
  const certificates = readable(keys, certificateOf, {
    onUnreadable,
    explain: (error) => (error instanceof MetadataError ? error : undefined),
  });
  if (certificates.length > 0) return [...new Set(certificates)];
  const hasBareKey = keys.some((key) => descendantsNamed(key, ns.ds, 'KeyValue').length > 0);
  throw new MetadataError(
    'idp-certificate-absent',
    hasBareKey
      ? 'The metadata contains no signing certificate, only a key without one (KeyValue).'
      : 'The metadata contains no signing certificate.',
  );
}

/**
 * One KeyDescriptor is one key. All certificates in it belong to a chain that ends at the holder of that key (XML
 * Signature 4.5.4), so an issuer in the chain must not sign messages.
 */
function certificateOf(key: Element): string[] {
  const elements = descendantsNamed(key, ns.ds, 'X509Certificate').filter((one) => textOf(one).trim() !== '');
  if (elements.length > mostInOneKey)
    throw new MetadataError(
      'certificate-text-corrupted',
      `A KeyDescriptor in the metadata holds ${elements.length} certificates; at most ${mostInOneKey} can be read. ` +
        'It describes one key: give each key a KeyDescriptor of its own.',
    );
  const pems = elements.map(certificateIn);
  if (pems.length < 2) return pems;
  const certificates = pems.map((pem) => new X509Certificate(pem));
  const modulus = modulusIn(key);
  const ends = certificates.filter((one) => !certificates.some((other) => isIssuer(one, other)));
  const holder =
    certificates.find((one) => modulusOf(one) === modulus) ??
    ends.find((one) => !one.ca) ??
    ends[0] ??
    certificates[0]!;
  return [holder.toString().trim()];
}

/** True if the first issued the second. */
const isIssuer = (issuer: X509Certificate, other: X509Certificate): boolean =>
  issuer.fingerprint256 !== other.fingerprint256 && other.checkIssued(issuer);

/** Of ds:KeyValue, which tells which of the certificates holds the key. */
function modulusIn(key: Element): string | undefined {
  const [modulus] = descendantsNamed(key, ns.ds, 'Modulus');
  return (
    modulus &&
    Buffer.from(textOf(modulus), 'base64')
      .toString('hex')
      .replace(/^(00)+/, '')
  );
}

const modulusOf = ({ publicKey }: X509Certificate): string | undefined =>
  publicKey.asymmetricKeyType === 'rsa'
    ? Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')
    : '';

function certificateIn(element: Element): string {
  const text = textOf(element);
  try {
    return readOneCertificate(text);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const line = lineOf(element);
    const frame = text.includes('BEGIN') ? ' It holds BEGIN and END lines; only the text between belongs there.' : '';
    throw new MetadataError(
      'certificate-text-corrupted',
      `The signing certificate in the metadata (X509Certificate${line === undefined ? '' : `, line ${line}`}) cannot ` +
        `be read. ${error.message}${frame}`,
    );
  }
}
