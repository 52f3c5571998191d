/** Step 1, Profile: takes the connection's settings from the form or from uploaded metadata. */
import { type Request, type Response, Router, raw } from 'express';
import { html } from 'hono/html';
import type { z } from 'zod';
import { now } from '../clock.ts';
import { fields, formBody, text, ticked } from '../forms.ts';
import { PageError } from '../page-error.ts';
import type { Html, Piece } from '../pages/layout.ts';
import { changeProfile, readCertificate, type SettingsInput, settingsInput } from '../profile.ts';
import { MetadataError, readIdpMetadata } from '../saml/metadata.ts';
import { splitPem } from '../saml/pem.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { cases } from '../troubleshooting.ts';
import { sendStepPage } from './admin-page.ts';
import { policyNames, profilePage } from './profile-page.ts';
import { type Visit, visitOf } from './visit.ts';

export function profileStep(sp: ServiceProvider): Router {
  const router = Router();
  const upload = raw({ type: () => true, limit: 300 * 1024 });
  router.get('/admin/sso/:profile/profile', (request, response) =>
    sendPage(sp, response, visitOf(sp, request, response)),
  );
  router.post('/admin/sso/:profile/profile', formBody, (request, response) => {
    const visit = visitOf(sp, request, response);
    return save(sp, response, visit, settingsFromForm(request));
  });
  router.post('/admin/sso/:profile/metadata', upload, async (request, response) => {
    const visit = visitOf(sp, request, response);
    const metadata = await uploadedText(request.headers['content-type'] ?? '', request.body);
    return save(sp, response, visit, settingsFromMetadata(metadata, new Date(now(visit.session.organization))));
  });
  return router;
}

type Outcome = { settings: SettingsInput } | { problem: Piece };

function save(sp: ServiceProvider, response: Response, visit: Visit, outcome: Outcome): Promise<void> | void {
  if ('problem' in outcome) return sendPage(sp, response, visit, { problem: outcome.problem, status: 400 });
  const { session, profile } = visit;
  changeProfile(sp.store, session.organization, profile, { by: session.user.address, input: outcome.settings });
  response.redirect(303, `/admin/sso/${profile.id}/test`);
}

function sendPage(
  sp: ServiceProvider,
  response: Response,
  visit: Visit,
  { problem, status = 200 }: { problem?: Piece; status?: number } = {},
): Promise<void> {
  const { organization } = visit.session;
  const body = profilePage(visit.profile, {
    endpoints: endpointsOf(sp, organization.slug),
    time: now(organization),
    problem,
  });
  return sendStepPage(response, visit, 'profile', body, { status });
}

const formFields = {
  idpEntityId: text(2_000),
  ssoUrl: text(4_000),
  ssoBinding: text(20),
  sloUrl: text(4_000),
  certificates: text(100_000),
  signRequests: ticked,
  acceptEncryption: ticked,
  forceAuthn: ticked,
  requestedAuthnContext: text(2_000),
  nameIdFormat: text(30),
  requiredAttributes: text(4_000),
  requireSignedMessage: ticked,
  requireSignedAssertion: ticked,
  allowSha1: ticked,
  allowIdpInitiated: ticked,
  requireRelayState: ticked,
  requireEncryption: ticked,
};

function settingsFromForm(request: Request): Outcome {
  const form = fields(request, formFields);
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

function settingsFromMetadata(metadata: string, time: Date): Outcome {
  if (metadata.trim() === '') return { problem: html`<p>Choose the metadata file, or paste what is in it.</p>` };
  try {
    const { entityId, wantAuthnRequestsSigned, ...idp } = readIdpMetadata(metadata, { now: time });
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

const labels: Readonly<Record<string, string>> = {
  idpEntityId: 'Entity ID',
  ssoUrl: 'Sign-on URL',
  sloUrl: 'Logout URL',
  certificates: 'Signing certificates',
  ssoBinding: 'Binding',
  requestedAuthnContext: 'Demanded ways of signing in',
  policies: 'Rules for responses',
};

/** The field by its label, and what is wrong with it. */
function explain({ path, message }: z.core.$ZodIssue): string {
  const field = String(path[0]);
  return `${labels[field] ?? field}: ${message}`;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Certificates as people paste them: PEM blocks, or a single one without its frame. */
function certificatesIn(text: string): string[] {
  const { blocks, rest } = splitPem(text);
  return rest.trim() === '' ? blocks : [...blocks, rest.trim()];
}

/** The file, or else the pasted text, of a multipart form; Node's own parser reads it. */
async function uploadedText(contentType: string, body: unknown): Promise<string> {
  try {
    const form = await new globalThis.Response(new Uint8Array(body as Buffer), {
      headers: { 'content-type': contentType },
    }).formData();
    const file = form.get('file');
    const fromFile = file === null || typeof file === 'string' ? '' : await file.text();
    const pasted = form.get('text');
    return fromFile.trim() !== '' ? fromFile : typeof pasted === 'string' ? pasted : '';
  } catch {
    throw new PageError(
      'upload-unreadable',
      'Send the metadata with the form on the profile page, as a file or as text.',
    );
  }
}
