/** Step 1, Profile: the connection's settings by hand or from uploaded metadata, and what the identity provider must be told. */
import { type Response, Router, raw } from 'express';
import { html } from 'hono/html';
import { cases } from '../cases.ts';
import { now } from '../clock.ts';
import { Refused } from '../error-page.ts';
import { fields, formBody, text, ticked } from '../forms.ts';
import { alert, checkbox, notice, type Piece } from '../pages/layout.ts';
import {
  changeProfile,
  fingerprintOf,
  missingSettings,
  readCertificate,
  type SettingsInput,
  settingsInput,
  validityOf,
} from '../profile.ts';
import { nameIdFormats, type Policies } from '../saml/judgement.ts';
import { MetadataError, readIdpMetadata } from '../saml/metadata.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { sendStep, type Visit, visitOf } from './admin-center.ts';

const policyLabels = {
  requireSignedMessage: 'The whole response must be signed',
  requireSignedAssertion: 'The assertion must be signed too',
  allowSha1: 'Take signatures made with SHA-1 (unsafe)',
  allowIdpInitiated: 'Let users start at the identity provider',
  requireRelayState: 'RelayState must come back',
  requireEncryption: 'The assertion must be encrypted',
} as const satisfies Partial<Record<keyof Policies, string>>;

const policyNames = Object.keys(policyLabels) as (keyof typeof policyLabels)[];

export function profileStep(sp: ServiceProvider): Router {
  const router = Router();

  router.get('/admin/sso/:profile/profile', (request, response) => page(response, visitOf(sp, request, response)));

  router.post('/admin/sso/:profile/profile', formBody, (request, response) => {
    const visit = visitOf(sp, request, response);
    const form = fields(request, {
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
    });
    const certificates = certificatesIn(form.certificates);
    const unreadable = certificates.findIndex((certificate) => readCertificate(certificate) === undefined);
    if (unreadable >= 0)
      return page(response, visit, {
        status: 400,
        problem: html`<p>${cases['certificate-text-corrupted'].title}: certificate number ${unreadable + 1} cannot be read. Paste it whole, from BEGIN CERTIFICATE to END CERTIFICATE.</p>`,
      });
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
    if (!parsed.success)
      return page(response, visit, {
        status: 400,
        problem: parsed.error.issues.map((issue) => html`<p>${labelOf(String(issue.path[0]))}: ${issue.message}</p>`),
      });
    return save(response, visit, parsed.data);
  });

  router.post(
    '/admin/sso/:profile/metadata',
    raw({ type: () => true, limit: 300 * 1024 }),
    async (request, response) => {
      const visit = visitOf(sp, request, response);
      const uploaded = await uploadedText(request.headers['content-type'] ?? '', request.body);
      if (uploaded.trim() === '')
        return page(response, visit, {
          status: 400,
          problem: html`<p>Choose the metadata file, or paste what is in it.</p>`,
        });
      try {
        const { entityId, wantAuthnRequestsSigned, ...idp } = readIdpMetadata(uploaded, {
          now: new Date(now(visit.session.organization)),
        });
        const parsed = settingsInput.safeParse({
          ...idp,
          idpEntityId: entityId,
          ...(wantAuthnRequestsSigned ? { signRequests: true } : {}),
        });
        if (!parsed.success)
          return page(response, visit, {
            status: 400,
            problem: html`<p>The metadata cannot be used. ${parsed.error.issues.map((issue) => `${labelOf(String(issue.path[0]))}: ${issue.message}. `).join('')}</p>`,
          });
        return save(response, visit, parsed.data);
      } catch (error) {
        if (!(error instanceof MetadataError)) throw error;
        return page(response, visit, {
          status: 400,
          problem: html`<p>${error.message} <a href="/cases/${error.problem}">${cases[error.problem].title}</a></p>`,
        });
      }
    },
  );

  function save(response: Response, { session, profile }: Visit, input: SettingsInput): void {
    changeProfile(sp.store, session.organization, session.user.address, profile, input);
    response.redirect(303, `/admin/sso/${profile.id}/test`);
  }

  function page(
    response: Response,
    visit: Visit,
    { problem, status = 200 }: { problem?: Piece; status?: number } = {},
  ): Promise<void> {
    const { profile, session } = visit;
    const { settings } = profile;
    const endpoints = endpointsOf(sp, session.organization.slug);
    const missing = missingSettings(settings);
    return sendStep(
      response,
      visit,
      'profile',
      html`
${problem ? alert(problem) : ''}
<p>Revision ${profile.revision}. Every change makes a new revision, which must be proven before it is enforced${profile.enforcedRevision === undefined ? '' : html`; until then enforcement goes on with revision ${profile.enforcedRevision}`}.</p>
${missing.length > 0 ? notice(html`<p>Still missing: ${missing.join(', ')}.</p>`) : ''}
<h2>Tell your identity provider</h2>
<dl class="facts">
<dt>Metadata</dt><dd><a href="${endpoints.metadataUrl}">${endpoints.metadataUrl}</a></dd>
<dt>Entity ID (audience)</dt><dd><code>${endpoints.entityId}</code></dd>
<dt>ACS URL (recipient, destination)</dt><dd><code>${endpoints.acsUrl}</code></dd>
<dt>NameID</dt><dd>the user’s e-mail address, as format emailAddress</dd>
</dl>
<h2>Fill in from metadata</h2>
<form method="post" action="/admin/sso/${profile.id}/metadata" enctype="multipart/form-data">
<label>Metadata file <input type="file" name="file" accept=".xml,application/xml,text/xml,application/samlmetadata+xml"></label>
<label>Or its text <textarea name="text" rows="3" spellcheck="false"></textarea></label>
<button type="submit" class="secondary">Read metadata</button>
</form>
<h2>Or by hand</h2>
<form method="post" action="/admin/sso/${profile.id}/profile">
<label>Identity provider’s entity ID <input name="idpEntityId" value="${settings.idpEntityId}" spellcheck="false"></label>
<label>Sign-on URL <input name="ssoUrl" value="${settings.ssoUrl}" inputmode="url" spellcheck="false"></label>
<label>Requests go out by <select name="ssoBinding">${(['redirect', 'post'] as const).map((binding) => html`<option value="${binding}" ${settings.ssoBinding === binding ? 'selected' : ''}>${binding === 'redirect' ? 'HTTP-Redirect' : 'HTTP-POST'}</option>`)}</select></label>
<label>Logout URL (if any) <input name="sloUrl" value="${settings.sloUrl}" inputmode="url" spellcheck="false"></label>
<label>Signing certificates <textarea name="certificates" rows="6" spellcheck="false" placeholder="-----BEGIN CERTIFICATE-----">${settings.certificates.join('\n')}</textarea></label>
${settings.certificates.map((certificate) => html`<p class="small">SHA-256 <code>${fingerprintOf(certificate)}</code>, ${validityOf(certificate, now(session.organization))}</p>`)}
<fieldset class="inline"><legend>Requests</legend>
${checkbox('signRequests', 'Sign requests', { checked: settings.signRequests })}
${checkbox('forceAuthn', 'Ask for a fresh sign-in every time', { checked: settings.forceAuthn })}
</fieldset>
<label>Demanded ways of signing in (class references, one a line; none is best) <textarea name="requestedAuthnContext" rows="2" spellcheck="false">${settings.requestedAuthnContext.join('\n')}</textarea></label>
<fieldset class="inline"><legend>Responses</legend>
${checkbox('acceptEncryption', 'Offer an encryption certificate and take encrypted assertions', { checked: settings.acceptEncryption })}
${policyNames.map((name) => checkbox(name, policyLabels[name], { checked: settings.policies[name] }))}
</fieldset>
<label>NameID format <select name="nameIdFormat">${nameIdFormats.map((format) => html`<option value="${format}" ${settings.policies.nameIdFormat === format ? 'selected' : ''}>${format}</option>`)}</select></label>
<label>Required attributes (names, one a line) <textarea name="requiredAttributes" rows="2" spellcheck="false">${settings.policies.requiredAttributes.join('\n')}</textarea></label>
<button type="submit">Save profile</button>
</form>`,
      { status },
    );
  }

  return router;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Certificates as people paste them: PEM blocks, or a single one without its frame. */
function certificatesIn(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  const rest = blocks
    ? text.replace(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g, '').trim()
    : text.trim();
  return [...(blocks ?? []), ...(rest === '' ? [] : [rest])];
}

const labels: Readonly<Record<string, string>> = {
  idpEntityId: 'Entity ID',
  ssoUrl: 'Sign-on URL',
  sloUrl: 'Logout URL',
  certificates: 'Signing certificates',
  ssoBinding: 'Binding',
  requestedAuthnContext: 'Demanded ways of signing in',
  policies: 'Rules for responses',
};
const labelOf = (field: string): string => labels[field] ?? field;

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
    throw new Refused(
      400,
      'This upload cannot be read',
      'Send the metadata with the form on the profile page, as a file or as text.',
    );
  }
}
