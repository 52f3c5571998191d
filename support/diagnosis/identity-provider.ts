/** Reads the identity provider to judge by, from its metadata or from its certificates, with the SP's own readers. */
import type { Expectation } from '../../sp/saml/judgement.ts';
import { Unreadable } from './unreadable.ts';

export interface ReadingOptions {
  now: Date;
  /** Chooses among several identity providers in the metadata; otherwise the entity ID to judge by. */
  entityId?: string | undefined;
  /** Receives why one of several certificates cannot be read; the others are used. */
  onUnreadable?: (problem: string) => void;
}

// The readers are loaded on demand: without these settings, a diagnosis should be quick.

/** Throws Unreadable with what is wrong with the metadata. */
export async function idpOfMetadata(text: string, options: ReadingOptions): Promise<Expectation['idp']> {
  const { readIdpMetadata } = await import('../../sp/saml/idp-metadata.ts');
  const { MetadataError } = await import('../../sp/saml/metadata-error.ts');
  try {
    const { entityId, certificates } = readIdpMetadata(text, options);
    return { entityId, certificates };
  } catch (error) {
    throw error instanceof MetadataError ? new Unreadable(error.message) : error;
  }
}

/** Throws Unreadable with what is wrong with the certificates. */
export async function idpOfCertificates(
  text: string,
  { entityId, onUnreadable }: Omit<ReadingOptions, 'now'> = {},
): Promise<Expectation['idp']> {
  const { CertificateError, readCertificates } = await import('../../sp/saml/certificates.ts');
  try {
    const certificates = readCertificates(text, { onUnreadable });
    if (certificates.length === 0) throw new Unreadable('It is empty. Give the certificate in PEM, base64 or DER.');
    return { ...(entityId === undefined ? {} : { entityId }), certificates };
  } catch (error) {
    throw error instanceof CertificateError ? new Unreadable(error.message) : error;
  }
}

/** Metadata or certificates, whichever the text is; nothing for a blank text. */
export async function idpOfText(text: string, options: ReadingOptions): Promise<Expectation['idp']> {
  if (text.trim() === '') return {};
  const isElement = /^[^<]{0,4}<(?!(?:\w+:)?(X509|Key))/.test(text.trim());
  const isMetadata = isElement || (/^(https?:|[{[])/i.test(text.trim()) && !text.includes('BEGIN '));
  return isMetadata ? idpOfMetadata(text, options) : idpOfCertificates(text, options);
}
