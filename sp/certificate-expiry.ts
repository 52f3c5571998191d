/** The subject, fingerprint and expiry of a signing certificate, and when an administrator is warned. */
import { X509Certificate } from 'node:crypto';

const day = 24 * 3_600_000;

/** Days before the expiry from which on there is a warning. */
export const warnedDays = [60, 30, 7] as const;
export type Warning = (typeof warnedDays)[number] | 'expired';

export interface CertificateFacts {
  /** Its distinguished name on one line. */
  subject: string;
  /** SHA-256. */
  fingerprint: string;
  validUntil: Date;
  /** Whole days that it is still valid; negative once it has expired. */
  daysLeft: number;
  /** The nearest limit that is reached; undefined if it is valid for more than 60 days. */
  warning: Warning | undefined;
}

/** `time` is on the organization's clock. */
export function certificateFacts(pem: string, time: number): CertificateFacts {
  const { subject, fingerprint256: fingerprint, validTo } = new X509Certificate(pem);
  const validUntil = new Date(validTo);
  const daysLeft = Math.floor((validUntil.getTime() - time) / day);
  return {
    subject: (subject ?? '').replaceAll('\n', ', ') || '(no subject)',
    fingerprint,
    validUntil,
    daysLeft,
    warning: validUntil.getTime() < time ? 'expired' : warnedDays.findLast((days) => daysLeft < days),
  };
}

/** True in the last days, and once it has expired. */
export const isUrgent = ({ warning }: CertificateFacts): boolean => warning === 'expired' || warning === 7;

/**
 * “valid until 2029-01-01”, with the days left if they are few. The pinned key is accepted even afterwards (SAML
 * metadata interoperability profile 2.6.1), but an expired certificate is usually replaced soon.
 */
export function validityOf({ validUntil, daysLeft, warning }: CertificateFacts): string {
  const until = `valid until ${validUntil.toISOString().slice(0, 10)}`;
  if (warning === undefined) return until;
  return warning === 'expired'
    ? `${until} and now expired: expect a new one from the identity provider (the key is still accepted)`
    : `${until}, ${daysLeft === 1 ? '1 day' : `${daysLeft} days`} left: ask the identity provider for the next one`;
}
