/** SAML's identifiers, and its format of IDs and timestamps. */
import { randomText } from '../random.ts';

export const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const statusCode = (name: string): string => `urn:oasis:names:tc:SAML:2.0:status:${name}`;
export const nameIdFormats = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
} as const;
export const authnContexts = {
  passwordProtectedTransport: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
  unspecified: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
} as const;

/** A random 160-bit ID that is a valid xs:ID (SAML core 1.3.4). */
export const randomId = (): string => `_${randomText(20, 'hex')}`;

/** UTC without fractional seconds, which every SP can parse (SAML core 1.3.3). */
export const instant = (date: Date): string => `${date.toISOString().slice(0, -5)}Z`;

export const later = (date: Date, { seconds = 0, minutes = 0 }: { seconds?: number; minutes?: number }): Date =>
  new Date(date.getTime() + (seconds + minutes * 60) * 1000);
