/** The form of an SSO profile: converts its fields to settings and back. */
import { html } from 'hono/html';
import type { z } from 'zod';
import { text, ticked } from '../forms.ts';
import type { Html, Piece } from '../pages/layout.ts';
import { type ProfileSettings, type SettingsInput, settingsInput } from '../profile.ts';
import { CertificateError, readCertificates } from '../saml/certificates.ts';
import type { Policies } from '../saml/judgement.ts';
import { cases } from '../troubleshooting.ts';

export const policyLabels = {
  requireSignedMessage: 'Require signed responses',
  requireSignedAssertion: 'Require signed assertions',
  allowSha1: 'Allow SHA-1 signatures (insecure)',
  allowIdpInitiated: 'Allow IdP-initiated sign-in',
  requireRelayState: 'Require RelayState',
  requireEncryption: 'Require encrypted assertions',
} as const satisfies Partial<Record<keyof Policies, string>>;

/** The policies shown as check boxes. */
export const policyNames = Object.keys(policyLabels) as (keyof typeof policyLabels)[];

/** Long enough for every valid profile, so that an unchanged form can always be saved. */
export const profileFields = {
  idpEntityId: text(2_000),
  ssoUrl: text(4_000),
  ssoBinding: text(20),
  sloUrl: text(4_000),
  certificates: text(500_000),
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

/** The settings as form fields. */
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

/** True if a field was not edited. Browsers send line breaks as CRLF. */
export const isSameTyped = (one: string | boolean, other: string | boolean): boolean =>
  typeof one === 'string' && typeof other === 'string'
    ? one.replaceAll('\r\n', '\n').trim() === other.replaceAll('\r\n', '\n').trim()
    : one === other;

/** True if the form has not been edited. */
export const isUnedited = (typed: TypedProfile, settings: ProfileSettings): boolean => {
  const saved = asTyped(settings);
  return (Object.keys(typed) as (keyof TypedProfile)[]).every((name) => isSameTyped(typed[name], saved[name]));
};

/** The errors of fields, by name. */
export type FieldErrors = Partial<Record<keyof TypedProfile | 'file' | 'text' | 'metadataUrl', Piece>>;
/** `problem` is the summary of all errors. */
export type Outcome = { settings: SettingsInput } | { problem: Piece; errors?: FieldErrors };

/** All errors at once. */
export function settingsOfForm(form: TypedProfile): Outcome {
  const certificates = certificatesIn(form.certificates);
  const { signRequests, acceptEncryption, forceAuthn, ssoBinding } = form;
  const parsed = settingsInput.safeParse({
    idpEntityId: form.idpEntityId.trim(),
    ssoUrl: form.ssoUrl.trim(),
    sloUrl: form.sloUrl.trim(),
    ssoBinding,
    ...('pems' in certificates ? { certificates: certificates.pems } : {}),
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
  const issues = parsed.success ? [] : parsed.error.issues;
  if (parsed.success && 'pems' in certificates) return { settings: parsed.data };
  const errors: FieldErrors = Object.fromEntries(issues.map((issue) => [fieldOf(issue), issue.message]));
  const summary: Html[] = issues.map((issue) => html`<p><a href="#${fieldOf(issue)}">${explain(issue)}</a></p>`);
  if (!('problem' in certificates)) return { problem: summary, errors };
  const help = html`<a href="/cases/certificate-text-corrupted">${cases['certificate-text-corrupted'].title}</a>`;
  return {
    problem: [...summary, html`<p>${help}: ${certificates.problem}</p>`],
    errors: { ...errors, certificates: html`${help}: ${certificates.problem}` },
  };
}

/** The form's field of an error. */
const fieldOf = ({ path: [first, second] }: z.core.$ZodIssue): string =>
  String(first === 'policies' ? (second ?? first) : first);

export const settingLabels: Readonly<Record<keyof ProfileSettings, string>> = {
  idpEntityId: 'IdP entity ID',
  ssoUrl: 'Sign-on URL',
  sloUrl: 'Logout URL',
  certificates: 'Signing certificates',
  ssoBinding: 'Request binding',
  signRequests: 'Sign requests',
  acceptEncryption: 'Accept encrypted assertions',
  forceAuthn: 'Force reauthentication',
  requestedAuthnContext: 'Requested authentication context',
  policies: 'Policies',
};

/** The field's label, and its error. */
export function explain({ path, message }: z.core.$ZodIssue): string {
  const field = String(path[0]);
  return `${field in settingLabels ? settingLabels[field as keyof ProfileSettings] : field}: ${message}`;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The certificates in pasted text, or why they cannot be read. */
export function certificatesIn(text: string): { pems: string[] } | { problem: string } {
  try {
    return { pems: readCertificates(text) };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return { problem: error.message };
  }
}
