/** Converts an IdP's metadata to the settings of an SSO profile. */
import { html } from 'hono/html';
import type { Html } from '../pages/layout.ts';
import { settingsInput } from '../profile.ts';
import { type MetadataOptions, readIdpMetadata } from '../saml/idp-metadata.ts';
import { MetadataError } from '../saml/metadata-error.ts';
import { cases } from '../troubleshooting.ts';
import { explain, type Outcome } from './profile-form.ts';

export function settingsOfMetadata(metadata: string, options: MetadataOptions): Outcome {
  if (metadata.trim() === '') return { problem: html`<p>Choose the metadata file, or paste its content.</p>` };
  try {
    const { entityId, wantAuthnRequestsSigned, ...idp } = readIdpMetadata(metadata, options);
    const parsed = settingsInput.safeParse({
      ...idp,
      idpEntityId: entityId,
      ...(wantAuthnRequestsSigned ? { signRequests: true } : {}),
    });
    if (parsed.success) return { settings: parsed.data };
    const reasons = parsed.error.issues.map((issue) => `${explain(issue)}. `).join('');
    return { problem: html`<p>The metadata cannot be used. ${reasons}</p>` };
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    return { problem: explainMetadataError(error) };
  }
}

const explainMetadataError = ({ message, problem }: MetadataError): Html =>
  html`<p>${message} <a href="/cases/${problem}">${cases[problem].title}</a></p>`;
