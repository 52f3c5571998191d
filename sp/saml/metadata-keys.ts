/** The signing keys of an IDPSSODescriptor: one certificate for each KeyDescriptor. */
import { X509Certificate } from 'node:crypto';
import { CertificateError, readable, readOneCertificate, type SkipOptions } from './certificates.ts';
import { attribute, childrenNamed, descendantsNamed, lineOf, ns, textOf } from './dom.ts';
import { MetadataError } from './metadata-error.ts';

/** Long chains have four. */
const mostInOneKey = 20;

/** For all keys of a role. From then on, the names in the certificates decide. */
const mostVerified = 500;

/** PEM, without duplicates. Throws MetadataError if there is none, or if one cannot be read. */
export function signingCertificatesOf(role: Element, { onUnreadable }: SkipOptions = {}): string[] {
  const keys = childrenNamed(role, ns.md, 'KeyDescriptor').filter((key) =>
    ['', 'signing'].includes((attribute(key, 'use') ?? '').trim()),
  );
  const isSignedBy = verifier();
  const certificates = readable(keys, (key) => certificateOf(key, isSignedBy), {
    onUnreadable,
    explain: (error) => (error instanceof MetadataError ? error : undefined),
  });
  if (certificates.length > 0) return [...new Set(certificates)];
  const hasBareKey = keys.some((key) => inKeyInfo(key, 'KeyValue').length > 0);
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
function certificateOf(key: Element, isSignedBy: Verifier): string[] {
  const elements = inKeyInfo(key, 'X509Certificate').filter((one) => textOf(one).trim() !== '');
  if (elements.length > mostInOneKey)
    throw new MetadataError(
      'certificate-text-corrupted',
      `A KeyDescriptor in the metadata holds ${elements.length} certificates; at most ${mostInOneKey} can be read. ` +
        'It describes one key: give each key a KeyDescriptor of its own.',
    );
  const pems = elements.map(certificateIn);
  if (pems.length < 2) return pems;
  const certificates = pems.map((pem) => new X509Certificate(pem));
  const issuers = issuersAmong(certificates, isSignedBy);
  const ends = certificates.filter(({ fingerprint256 }) => !issuers.has(fingerprint256));
  const holder =
    namedIn(key, certificates) ??
    ends.find((one) => !one.ca) ??
    ends.find((one) => one.issuer !== one.subject) ??
    ends[0] ??
    certificates[0]!;
  return [holder.toString().trim()];
}

/** Not the keys that an EncryptionMethod may name. */
const inKeyInfo = (key: Element, name: string): Element[] =>
  childrenNamed(key, ns.ds, 'KeyInfo').flatMap((info) => descendantsNamed(info, ns.ds, name));

type Verifier = (certificate: X509Certificate, issuer: X509Certificate) => boolean;

/** Tells which key signed a certificate. What a certificate says about its own use may be wrong. */
function verifier(): Verifier {
  let left = mostVerified;
  return (certificate, issuer) => {
    if (left-- <= 0) return true;
    try {
      return certificate.verify(issuer.publicKey);
    } catch {
      return false; // a key that cannot be read
    }
  };
}

/** Fingerprints of those that signed one of the others. A certificate that signed itself has no other issuer. */
function issuersAmong(certificates: readonly X509Certificate[], isSignedBy: Verifier): ReadonlySet<string> {
  const bySubject = Map.groupBy(certificates, ({ subject }) => subject);
  const issuers = new Set<string>();
  for (const one of certificates) {
    const named = (bySubject.get(one.issuer) ?? []).filter(
      ({ fingerprint256 }) => fingerprint256 !== one.fingerprint256,
    );
    if (named.length === 0 || (one.subject === one.issuer && isSignedBy(one, one))) continue;
    for (const issuer of named)
      if (!issuers.has(issuer.fingerprint256) && isSignedBy(one, issuer)) issuers.add(issuer.fingerprint256);
  }
  return issuers;
}

/** The certificate whose key is that of ds:KeyValue. */
function namedIn(key: Element, certificates: readonly X509Certificate[]): X509Certificate | undefined {
  const [written] = inKeyInfo(key, 'Modulus');
  const modulus =
    written &&
    Buffer.from(textOf(written), 'base64')
      .toString('hex')
      .replace(/^(00)+/, '');
  return modulus ? certificates.find((one) => modulusOf(one) === modulus) : undefined;
}

function modulusOf(certificate: X509Certificate): string | undefined {
  try {
    const { n } = certificate.publicKey.export({ format: 'jwk' });
    return n && Buffer.from(n, 'base64url').toString('hex');
  } catch {
    return undefined; // a key that cannot be read
  }
}

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
