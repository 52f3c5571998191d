/** The form of an SSO profile: its fields as they are typed, and the settings that they stand for. */
import { html } from 'hono/html';
import type { z } from 'zod';
import { text, ticked } from '../forms.ts';
import type { Piece } from '../pages/layout.ts';
import { type ProfileSettings, readCertificate, type SettingsInput, settingsInput } from '../profile.ts';
import type { Policies } from '../saml/judgement.ts';
import { splitPem } from '../saml/pem.ts';
import { cases } from '../troubleshooting.ts';

export const policyLabels = {
  requireSignedMessage: 'The whole response must be signed',
  requireSignedAssertion: 'The assertion must be signed too',
  allowSha1: 'Take signatures made with SHA-1 (unsafe)',
  allowIdpInitiated: 'Let users start at the identity provider',
  requireRelayState: 'RelayState must come back',
  requireEncryption: 'The assertion must be encrypted',
} as const satisfies Partial<Record<keyof Policies, string>>;

/** The policies that are check boxes. */
export const policyNames = Object.keys(policyLabels) as (keyof typeof policyLabels)[];

/** Room for everything that a profile may hold, so that each profile can be saved as its form shows it. */
export const profileFields = {
  idpEntityId: text(2_000),
  ssoUrl: text(4_000),
  ssoBinding: text(20),
  sloUrl: text(4_000),
  certificates: text(200_000),
  signRequests: ticked,
  acceptEncryption: ticked,
  forceAuthn: ticked,
  requestedAuthnContext: text(4_000),
  nameIdFormat: text(30),
  requiredAttributes: text(12_000),
  requireSignedMessage: ticked,
  requireSignedAssertion: ticked,
  allowSha1: ticked,
  allowIdpInitiated: ticked,
  requireRelayState: ticked,
  requireEncryption: ticked,
};
export type TypedProfile = { [Name in keyof typeof profileFields]: z.infer<(typeof profileFields)[Name]> };

/** What the form shows of these settings. */
export const asTyped = ({
  certificates,
  requestedAuthnContext,
  policies,
  ...plain
}: ProfileSettings): TypedProfile => ({
  ...plain,
  certificates: certificates.join('\n'),
  requestedAuthnContext: requestedAuthnContext.join('\n'),
  ...policies,
  requiredAttributes: policies.requiredAttributes.join('\n'),
});

export type Outcome = { settings: SettingsInput } | { problem: Piece };

export function settingsOfForm(form: TypedProfile): Outcome {
  const certificates = certificatesIn(form.certificates);
  const unreadable = certificates.findIndex((certificate) => readCertificate(certificate) === undefined);
  if (unreadable >= 0)
    return {
      problem: html`<p>${cases['certificate-text-corrupted'].title}: certificate number ${unreadable + 1} cannot be
read. Paste it whole, from BEGIN CERTIFICATE to END CERTIFICATE.</p>`,
    };
  const { signRequests, acceptEncryption, forceAuthn, ssoBinding } = form;
  const parsed = settingsInput.safeParse({
    idpEntityId: form.idpEntityId.trim(),
    ssoUrl: form.ssoUrl.trim(),
    sloUrl: form.sloUrl.trim(),
    ssoBinding,
    certificates,
    signRequests,
    acceptEncryption,
    forceAuthn,
    requestedAuthnContext: linesOf(form.requestedAuthnContext),
    policies: {
      ...Object.fromEntries(policyNames.map((name) => [name, form[name]])),
      nameIdFormat: form.nameIdFormat,
      requiredAttributes: linesOf(form.requiredAttributes),
    },
  });
  if (parsed.success) return { settings: parsed.data };
  return { problem: parsed.error.issues.map((issue) => html`<p>${explain(issue)}</p>`) };
}

export const settingLabels: Readonly<Record<keyof ProfileSettings, string>> = {
  idpEntityId: 'Entity ID',
  ssoUrl: 'Sign-on URL',
  sloUrl: 'Logout URL',
  certificates: 'Signing certificates',
  ssoBinding: 'Binding',
  signRequests: 'Sign requests',
  acceptEncryption: 'Encrypted assertions',
  forceAuthn: 'Fresh sign-in',
  requestedAuthnContext: 'Demanded ways of signing in',
  policies: 'Rules for responses',
};

/** The field by its label, and what is wrong with it. */
export function explain({ path, message }: z.core.$ZodIssue): string {
  const field = String(path[0]);
  return `${field in settingLabels ? settingLabels[field as keyof ProfileSettings] : field}: ${message}`;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Certificates as people paste them: PEM blocks, or a single one without its frame. */
export function certificatesIn(text: string): string[] {
  const { blocks, rest } = splitPem(text);
  return rest.trim() === '' ? blocks : [...blocks, rest.trim()];
}
