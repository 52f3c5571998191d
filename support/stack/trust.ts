/**
 * Certificate authorities that a run trusts in addition to the usual ones: that of a product on a private network. Call
 * it at the start of each thread, before any request and before a browser is launched.
 */
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';

/** Says what is wrong with the given authority. */
export class InvalidAuthority extends Error {}

const added = new Set<string>();

const [begin, end] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
/** The PEM blocks in the text. */
const certificatesIn = (text: string): string[] =>
  text
    .split(begin)
    .slice(1)
    .filter((rest) => rest.includes(end))
    .map((rest) => `${begin}${rest.slice(0, rest.indexOf(end))}${end}`);

/**
 * Trusts the authorities in this PEM text, for all connections of this thread and for browsers launched from now on.
 * `name` is shown in errors. Throws InvalidAuthority.
 */
export function trustAuthority(pem: string, name = 'The certificate authority'): void {
  const blocks = certificatesIn(pem);
  if (blocks.length === 0) throw new InvalidAuthority(`${name} is not a certificate in PEM format`);
  for (const block of blocks) check(block, name);
  const before = added.size;
  for (const block of blocks) added.add(block);
  if (added.size > before) tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...blocks]);
}

function check(block: string, name: string): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch (error) {
    throw new InvalidAuthority(`${name} contains a malformed certificate`, { cause: error });
  }
  const subject = certificate.subject.replaceAll('\n', ', ');
  if (!certificate.ca)
    throw new InvalidAuthority(
      `${name} contains the certificate of a server (${subject}). ` +
        (certificate.checkIssued(certificate)
          ? 'It is self-signed: name its file in NODE_EXTRA_CA_CERTS instead.'
          : 'Use the certificate of the authority that issued it.'),
    );
  if (certificate.validToDate.getTime() < Date.now())
    throw new InvalidAuthority(`${name} (${subject}) expired on ${certificate.validToDate.toISOString().slice(0, 10)}`);
}

/** True if an authority was added. */
export const trustsMore = (): boolean => added.size > 0;
