/** Converts an IdP's metadata to the settings of an SSO profile. */
import { html } from 'hono/html';
import type { Html, Piece } from '../pages/layout.ts';
import { settingsInput } from '../profile.ts';
import { type MetadataOptions, readIdpMetadata } from '../saml/idp-metadata.ts';
import { MetadataError } from '../saml/metadata-error.ts';
import { cases } from '../troubleshooting.ts';
import { explain, type FieldErrors, type Outcome } from './profile-form.ts';

export function settingsOfMetadata(metadata: string, options: MetadataOptions): Outcome {
  if (metadata.trim() === '') return wrong('file', html`Choose the metadata file, or paste its content.`);
  try {
    const { entityId, wantAuthnRequestsSigned, ...idp } = readIdpMetadata(metadata, options);
    const parsed = settingsInput.safeParse({
      ...idp,
      idpEntityId: entityId,
      ...(wantAuthnRequestsSigned ? { signRequests: true } : {}),
    });
    if (parsed.success) return { settings: parsed.data };
    const reasons = parsed.error.issues.map((issue) => `${explain(issue)}. `).join('');
    return wrong('text', html`The metadata cannot be used. ${reasons}`);
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    return wrong('text', explainMetadataError(error));
  }
}

/** A problem, shown above the form and beside the field. */
export const wrong = (field: keyof FieldErrors, problem: Html | string): Outcome & { problem: Piece } => ({
  problem: html`<p>${problem}</p>`,
  errors: { [field]: problem },
});

const explainMetadataError = ({ message, problem }: MetadataError): Html =>
  html`${message} See <a href="/cases/${problem}">${cases[problem].title}</a>.`;
