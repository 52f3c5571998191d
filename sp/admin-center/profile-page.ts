/** The page of step 1: the SP's settings to enter at the IdP, and the two forms that fill in the profile. */
import { html } from 'hono/html';
import { alert, checkbox, type Html, notice, type Piece } from '../pages/layout.ts';
import { fingerprintOf, missingSettings, type Profile, validityOf } from '../profile.ts';
import { nameIdFormats } from '../saml/judgement.ts';
import type { Endpoints } from '../service-provider.ts';
import { revisionField } from './old-form.ts';
import { asTyped, certificatesIn, policyLabels, policyNames, type TypedProfile } from './profile-form.ts';

interface Shown {
  endpoints: Endpoints;
  /** On the organization's clock. */
  time: number;
  problem?: Piece;
  /** The content of the forms; by default the profile's settings and no metadata. */
  typed?: TypedProfile;
  metadata?: string;
}

export function profilePage(
  profile: Profile,
  { endpoints, time, problem, typed = asTyped(profile.settings), metadata = '' }: Shown,
): Html {
  const { id, revision, enforcedRevision, settings } = profile;
  const missing = missingSettings(settings);
  return html`
${problem ? alert(problem) : ''}
<p>Revision ${revision}. Every change creates a new revision, which must be verified before it can be enforced.${
    enforcedRevision === undefined ? '' : ` Until then, revision ${enforcedRevision} remains enforced.`
  }</p>
${missing.length > 0 ? notice(html`<p>Still missing: ${missing.join(', ')}.</p>`) : ''}
<h2>Enter at your identity provider</h2>
${spFacts(endpoints)}
<h2>Import metadata</h2>
${metadataForm(profile, metadata)}
<h2>Or enter the settings</h2>
<form method="post" action="/admin/sso/${id}/profile">
${revisionField(profile)}
${idpFields(typed, time)}
${requestFields(typed)}
${responseFields(typed)}
<button type="submit">Save profile</button>
</form>`;
}

const spFacts = ({ metadataUrl, entityId, acsUrl }: Endpoints): Html => html`<dl class="facts">
<dt>Metadata</dt><dd><a href="${metadataUrl}">${metadataUrl}</a></dd>
<dt>Entity ID (audience)</dt><dd><code>${entityId}</code></dd>
<dt>ACS URL (recipient, destination)</dt><dd><code>${acsUrl}</code></dd>
<dt>NameID</dt><dd>the user’s email, in the format emailAddress</dd>
</dl>`;

const metadataForm = (profile: Profile, metadata: string): Html => html`
<form method="post" action="/admin/sso/${profile.id}/metadata" enctype="multipart/form-data">
${revisionField(profile)}
<label>Metadata file <input type="file" name="file"
accept=".xml,application/xml,text/xml,application/samlmetadata+xml"></label>
<label>Or metadata text <textarea name="text" rows="3" spellcheck="false">${metadata}</textarea></label>
<label>IdP entity ID (if the metadata has several) <input name="entityId" spellcheck="false"></label>
<button type="submit" class="secondary">Import metadata</button>
</form>`;

const bindings = [
  ['redirect', 'HTTP-Redirect'],
  ['post', 'HTTP-POST'],
] as const;

const idpFields = ({ idpEntityId, ssoUrl, ssoBinding, sloUrl, certificates }: TypedProfile, time: number): Html =>
  html`<label>IdP entity ID <input name="idpEntityId" value="${idpEntityId}" spellcheck="false"></label>
<label>Sign-on URL <input name="ssoUrl" value="${ssoUrl}" inputmode="url" spellcheck="false"></label>
<label>Request binding <select name="ssoBinding">${options(bindings, ssoBinding)}</select></label>
<label>Logout URL (optional) <input name="sloUrl" value="${sloUrl}" inputmode="url" spellcheck="false"></label>
<label>Signing certificates <textarea name="certificates" rows="6" spellcheck="false"
placeholder="-----BEGIN CERTIFICATE-----">${certificates}</textarea></label>
${readable(certificates).map(
  (pem) => html`<p class="small">SHA-256 <code>${fingerprintOf(pem)}</code>, ${validityOf(pem, time)}</p>`,
)}`;

function readable(text: string): string[] {
  const certificates = certificatesIn(text);
  return 'pems' in certificates ? certificates.pems : [];
}

const requestFields = ({ signRequests, forceAuthn, requestedAuthnContext }: TypedProfile): Html =>
  html`<fieldset class="inline"><legend>Requests</legend>
${checkbox('signRequests', 'Sign requests', { checked: signRequests })}
${checkbox('forceAuthn', 'Force reauthentication', { checked: forceAuthn })}
</fieldset>
<label>Requested authentication context (class references, one per line; usually empty)
<textarea name="requestedAuthnContext" rows="2"
spellcheck="false">${requestedAuthnContext}</textarea></label>`;

const responseFields = ({ acceptEncryption, nameIdFormat, requiredAttributes, ...policies }: TypedProfile): Html =>
  html`<fieldset class="inline"><legend>Responses</legend>
${checkbox('acceptEncryption', 'Accept encrypted assertions', {
  checked: acceptEncryption,
})}
${policyNames.map((name) => checkbox(name, policyLabels[name], { checked: policies[name] }))}
</fieldset>
<label>NameID format <select name="nameIdFormat">${options(
    nameIdFormats.map((format) => [format, format]),
    nameIdFormat,
  )}</select></label>
<label>Required attributes (names, one per line)
<textarea name="requiredAttributes" rows="2"
spellcheck="false">${requiredAttributes}</textarea></label>`;

const options = (choices: readonly (readonly [value: string, label: string])[], selected: string): Html[] =>
  choices.map(
    ([value, label]) => html`<option value="${value}" ${value === selected ? 'selected' : ''}>${label}</option>`,
  );
