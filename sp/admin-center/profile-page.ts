/** The page of step 1: the SP's settings to enter at the IdP, and one form that fills in the profile. */
import { html } from 'hono/html';
import { certificateFacts, isUrgent, validityOf } from '../certificate-expiry.ts';
import { alert, checkbox, type Html, type Piece } from '../pages/layout.ts';
import { missingSettings, type Profile } from '../profile.ts';
import { nameIdFormats } from '../saml/judgement.ts';
import type { Endpoints } from '../service-provider.ts';
import { revisionField } from './old-form.ts';
import {
  asTyped,
  certificatesIn,
  type FieldErrors,
  isSameTyped,
  policyLabels,
  policyNames,
  type TypedProfile,
} from './profile-form.ts';

export interface Shown {
  endpoints: Endpoints;
  /** On the organization's clock. */
  time: number;
  problem?: Piece;
  errors?: FieldErrors | undefined;
  /** The content of the form; by default the profile's settings and no metadata. */
  typed?: TypedProfile | undefined;
  metadata?: string | undefined;
  entityId?: string | undefined;
  metadataUrl?: string | undefined;
  /** The changes that fetched metadata would make. */
  fetched?: Html;
}

/** The fields that metadata fills in. The others are for experts. */
const handFields = ['idpEntityId', 'ssoUrl', 'ssoBinding', 'sloUrl', 'certificates'] as const;

export function profilePage(profile: Profile, shown: Shown): Html {
  const { id, revision, enforcedRevision, settings } = profile;
  const { endpoints, problem } = shown;
  const missing = missingSettings(settings);
  const isComplete = missing.length === 0;
  return html`
${problem ? alert(problem) : ''}
${shown.fetched ?? ''}
<p>Revision ${revision}. Every change creates a new revision, which must be verified before it can be enforced.${
    enforcedRevision === undefined ? '' : ` Until then, revision ${enforcedRevision} remains enforced.`
  } ${isComplete ? '' : html`<strong>Still missing: ${missing.join(', ')}.</strong>`}</p>
<form id="profile-form" method="post" action="/admin/sso/${id}/profile" enctype="multipart/form-data">
${revisionField(profile)}
<div class="side-by-side">
<article><h2>Enter at your identity provider</h2>${spFacts(endpoints)}</article>
<article><h2>Upload its metadata</h2>
${isComplete ? summary(profile, shown) : ''}
${metadataFields(profile, shown, { isNext: !isComplete && !shown.fetched, field: fieldView(shown.errors) })}</article>
</div>
${settingsFields(profile, shown)}
<button type="submit" ${isComplete && !shown.fetched ? '' : html`class="secondary"`}>Save profile</button>
</form>`;
}

const spFacts = ({ metadataUrl, entityId, acsUrl }: Endpoints): Html => html`<dl class="facts stacked">
<dt>Entity ID (audience)</dt><dd>${copyable('the entity ID', entityId)}</dd>
<dt>ACS URL (recipient, destination)</dt><dd>${copyable('the ACS URL', acsUrl)}</dd>
<dt>Metadata</dt><dd><a href="${metadataUrl}">${metadataUrl}</a></dd>
<dt>NameID</dt><dd>the user’s email, in the format emailAddress</dd>
</dl>`;

/** Text with a button to copy it, which the page's script shows. */
const copyable = (what: string, text: string): Html =>
  html`<code>${text}</code> <button type="button" class="copy outline secondary" data-copy="${text}" hidden
aria-label="Copy ${what}">Copy</button>`;

/** The identity provider as it is now. */
const summary = ({ settings }: Profile, { time }: Shown): Html => html`<dl class="facts stacked">
<dt>Now</dt><dd>${settings.idpEntityId}</dd>
${settings.certificates.map(
  (pem) => html`<dt>Signing certificate</dt><dd class="small">${certificateView(pem, time)}</dd>`,
)}
</dl>`;

function certificateView(pem: string, time: number): Html {
  const facts = certificateFacts(pem, time);
  const validity = validityOf(facts);
  const shown =
    facts.warning === undefined
      ? validity
      : html`<strong class="${isUrgent(facts) ? 'wrong' : ''}">${validity}</strong>`;
  return html`${facts.subject}, ${shown}<br>SHA-256 <code>${facts.fingerprint}</code>`;
}

const metadataFields = (
  { id, metadataUrl: savedUrl }: Profile,
  { metadata = '', entityId = '', metadataUrl = savedUrl }: Shown,
  { isNext, field }: { isNext: boolean; field: FieldView },
): Html => html`
<label>Metadata file <input type="file" name="file" ${field('file').attributes}
accept=".xml,application/xml,text/xml,application/samlmetadata+xml"></label>${field('file').error}
<button type="submit" formaction="/admin/sso/${id}/metadata" ${
  isNext ? '' : html`class="secondary"`
}>Import metadata</button>
<details id="paste" ${metadata === '' && entityId === '' && metadataUrl === '' ? '' : 'open'}>
<summary>From a URL, as text, or of several IdPs</summary>
<label>Metadata URL <input name="metadataUrl" value="${metadataUrl}" inputmode="url" spellcheck="false"
${field('metadataUrl').attributes}></label>${field('metadataUrl').error}
<button type="submit" class="secondary" formaction="/admin/sso/${id}/fetch">Fetch and compare</button>
<label>Or metadata text <textarea name="text" rows="3" spellcheck="false"
${field('text').attributes}>${metadata}</textarea></label>${field('text').error}
<label>IdP entity ID in metadata of several <input name="entityId" value="${entityId}" spellcheck="false"></label>
</details>`;

function settingsFields({ settings }: Profile, { typed, errors = {}, time }: Shown): Html {
  const saved = asTyped(settings);
  const shown = typed ?? saved;
  const field = fieldView(errors);
  const names = Object.keys(shown) as (keyof TypedProfile)[];
  const isHand = (name: keyof TypedProfile): boolean => (handFields as readonly string[]).includes(name);
  const isTouched = (name: keyof TypedProfile): boolean =>
    errors[name] !== undefined || !isSameTyped(shown[name], saved[name]);
  return html`<details id="by-hand" ${names.some((one) => isHand(one) && isTouched(one)) ? 'open' : ''}>
<summary>Or enter the settings by hand</summary>
${idpFields(shown, { field, time, isTyped: typed !== undefined })}
</details>
<details id="expert" ${names.some((one) => !isHand(one) && isTouched(one)) ? 'open' : ''}>
<summary>Settings for experts: signatures, encryption, NameID, attributes</summary>
${requestFields(shown, field)}
${responseFields(shown, field)}
</details>`;
}

/** The attributes of a field, and its error. */
type FieldView = (name: keyof FieldErrors) => { attributes: Html; error: Html | '' };

const fieldView =
  (errors: FieldErrors = {}): FieldView =>
  (name) => {
    const error = errors[name];
    if (error === undefined) return { attributes: html`id="${name}"`, error: '' };
    return {
      attributes: html`id="${name}" aria-invalid="true" aria-describedby="error-${name}"`,
      error: html`<small id="error-${name}">${error}</small>`,
    };
  };

const textField = (
  label: string,
  name: 'idpEntityId' | 'ssoUrl' | 'sloUrl',
  value: string,
  { attributes, error }: ReturnType<FieldView>,
): Html => html`<label>${label} <input name="${name}" value="${value}" spellcheck="false" ${attributes}
${name === 'idpEntityId' ? '' : html`inputmode="url"`}></label>${error}`;

const textArea = (
  label: string,
  { name, value, rows }: { name: keyof TypedProfile; value: string; rows: number },
  { attributes, error }: ReturnType<FieldView>,
): Html => html`<label>${label} <textarea name="${name}" rows="${rows}" spellcheck="false"
${attributes}>${value}</textarea></label>${error}`;

const bindings = [
  ['redirect', 'HTTP-Redirect'],
  ['post', 'HTTP-POST'],
] as const;

const idpFields = (
  { idpEntityId, ssoUrl, ssoBinding, sloUrl, certificates }: TypedProfile,
  { field, time, isTyped }: { field: FieldView; time: number; isTyped: boolean },
): Html => html`${textField('IdP entity ID', 'idpEntityId', idpEntityId, field('idpEntityId'))}
${textField('Sign-on URL', 'ssoUrl', ssoUrl, field('ssoUrl'))}
<label>Request binding <select name="ssoBinding" ${field('ssoBinding').attributes}>${options(
  bindings,
  ssoBinding,
)}</select></label>${field('ssoBinding').error}
${textField('Logout URL (optional)', 'sloUrl', sloUrl, field('sloUrl'))}
${textArea('Signing certificates', { name: 'certificates', value: certificates, rows: 6 }, field('certificates'))}
${isTyped ? readable(certificates).map((pem) => html`<p class="small">${certificateView(pem, time)}</p>`) : ''}`;

function readable(text: string): string[] {
  const certificates = certificatesIn(text);
  return 'pems' in certificates ? certificates.pems : [];
}

const requestFields = (
  { signRequests, forceAuthn, requestedAuthnContext }: TypedProfile,
  field: FieldView,
): Html => html`<fieldset class="inline"><legend>Requests</legend>
${checkbox('signRequests', 'Sign requests', { checked: signRequests })}
${checkbox('forceAuthn', 'Force reauthentication', { checked: forceAuthn })}
</fieldset>
${textArea(
  'Requested authentication context (class references, one per line; usually empty)',
  { name: 'requestedAuthnContext', value: requestedAuthnContext, rows: 2 },
  field('requestedAuthnContext'),
)}`;

const responseFields = (
  { acceptEncryption, nameIdFormat, requiredAttributes, ...policies }: TypedProfile,
  field: FieldView,
): Html => html`<fieldset class="inline"><legend>Responses</legend>
${checkbox('acceptEncryption', 'Accept encrypted assertions', {
  checked: acceptEncryption,
})}
${policyNames.map((name) => checkbox(name, policyLabels[name], { checked: policies[name] }))}
</fieldset>
<label>NameID format <select name="nameIdFormat" ${field('nameIdFormat').attributes}>${options(
  nameIdFormats.map((format) => [format, format]),
  nameIdFormat,
)}</select></label>${field('nameIdFormat').error}
${textArea(
  'Required attributes (names, one per line)',
  { name: 'requiredAttributes', value: requiredAttributes, rows: 2 },
  field('requiredAttributes'),
)}`;

const options = (choices: readonly (readonly [value: string, label: string])[], selected: string): Html[] =>
  choices.map(
    ([value, label]) => html`<option value="${value}" ${value === selected ? 'selected' : ''}>${label}</option>`,
  );
