/**
 * Step 1, Profile: saves the SSO profile's settings from the form or from metadata. Both are in one form, so that
 * neither button loses what was typed for the other.
 */
import { type Request, type RequestHandler, Router, raw, urlencoded } from 'express';
import { recordCertificateWarnings } from '../certificate-warnings.ts';
import { now } from '../clock.ts';
import { fields, text } from '../forms.ts';
import { FetchError, fetchMetadata } from '../metadata-fetch.ts';
import { audit, auditOf } from '../organization.ts';
import { PageError } from '../page-error.ts';
import { changeMetadataUrl, changeProfile, missingSettings } from '../profile.ts';
import { textOfFile } from '../saml/file-text.ts';
import { isEndpoint } from '../saml/uris.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { stepPage } from './admin-page.ts';
import { changesView, metadataChanges } from './metadata-changes.ts';
import { carried, newerRevision } from './old-form.ts';
import { isUnedited, type Outcome, profileFields, settingsOfForm, type TypedProfile } from './profile-form.ts';
import { settingsOfMetadata, wrong } from './profile-metadata.ts';
import { profilePage, type Shown } from './profile-page.ts';
import { beforehand, onProfile, type Reply, type Visit } from './visit.ts';

export function profileStep(sp: ServiceProvider): Router {
  const router = Router();
  const path = '/admin/sso/:profile';
  router.get(
    `${path}/profile`,
    onProfile(sp, (visit) => {
      recordCertificateWarnings(sp.store, visit.session.organization);
      return page(sp, visit);
    }),
  );
  for (const button of ['profile', 'metadata'] as const)
    router.post(
      `${path}/${button}`,
      upload,
      urlEncoded,
      readUpload,
      onProfile(sp, (visit, request) => save(sp, visit, sentForm(request, button))),
    );
  router.post(
    `${path}/fetch`,
    upload,
    urlEncoded,
    readUpload,
    beforehand(sp, (visit, request) => fetchFor(sp, visit, request)),
    onProfile(sp, (visit, request) => showFetched(sp, visit, request)),
  );
  return router;
}

/** ADFS publishes more than 400 kB, and in UTF-16 it is twice as much. */
const uploadLimit = 2 * 1024 * 1024;
const isUrlEncoded = ({ headers }: { headers: Record<string, unknown> }): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(String(headers['content-type'] ?? ''));
const upload = raw({ type: (request) => !isUrlEncoded(request), limit: uploadLimit });
/** Large enough for the most and the longest certificates. */
const urlEncoded = urlencoded({ extended: false, limit: 700 * 1024, parameterLimit: 200 });

interface Sent {
  /** The button that was pressed. */
  button: 'profile' | 'metadata';
  revision: string;
  metadata: string;
  entityId: string;
  /** Undefined if the form did not contain it. */
  metadataUrl?: string | undefined;
  /** Undefined if only metadata was sent. */
  typed: TypedProfile | undefined;
}

function sentForm(request: Request, button: Sent['button']): Sent {
  const metadataFields = {
    metadata: text(uploadLimit).default(''),
    entityId: text(2_000).default(''),
    metadataUrl: text(2_000).optional(),
    revision: carried,
  };
  if (button === 'metadata' && !Object.hasOwn(request.body ?? {}, 'idpEntityId'))
    return { button, typed: undefined, ...fields(request, metadataFields) };
  const { metadata, entityId, metadataUrl, revision, ...typed } = fields(request, {
    ...profileFields,
    ...metadataFields,
  });
  return { button, metadata, entityId, metadataUrl, revision, typed };
}

/** The button only decides if both the metadata and the settings were filled in, or neither was. */
function isImport({ button, metadata, typed }: Sent, { profile }: Visit): boolean {
  const isEdited = typed !== undefined && !isUnedited(typed, profile.settings);
  const hasMetadata = metadata.trim() !== '';
  return hasMetadata === isEdited ? button === 'metadata' : hasMetadata;
}

/** The settings of the metadata, together with those of the form that metadata does not contain. */
function imported({ metadata, entityId, typed }: Sent, { profile, session }: Visit): Outcome {
  const read = settingsOfMetadata(metadata, {
    now: new Date(now(session.organization)),
    entityId: entityId.trim() || undefined,
    knownEntityId: profile.settings.idpEntityId,
  });
  if ('problem' in read || typed === undefined) return read;
  const form = settingsOfForm({ ...typed, certificates: '', idpEntityId: '', ssoUrl: '', sloUrl: '' });
  return 'problem' in form ? form : { settings: { ...form.settings, ...read.settings } };
}

/** Saves settings that were edited on this revision. */
function save({ store, ...sp }: ServiceProvider, visit: Visit, sent: Sent): Reply {
  const { session, profile } = visit;
  const { revision, typed, metadata, entityId, metadataUrl } = sent;
  const changed = newerRevision(store, profile, revision);
  const shown = { typed, metadata, entityId, metadataUrl };
  if (changed) return page(sp, visit, { problem: changed, status: 409, ...shown });
  const outcome = typed === undefined || isImport(sent, visit) ? imported(sent, visit) : settingsOfForm(typed);
  if ('problem' in outcome) return page(sp, visit, { ...outcome, status: 400, ...shown });
  if (metadataUrl?.trim() && !isEndpoint(metadataUrl.trim())) {
    const problem = 'Metadata URL: must be an http or https URL, such as https://idp.example/metadata';
    return page(sp, visit, { ...wrong('metadataUrl', problem), status: 400, ...shown });
  }
  const by = session.user.address;
  if (metadataUrl !== undefined)
    changeMetadataUrl(store, session.organization, profile, { by, url: metadataUrl.trim() });
  const { settings } = changeProfile(store, session.organization, profile, { by, input: outcome.settings });
  const isComplete = missingSettings(settings).length === 0;
  return { to: `/admin/sso/${profile.id}/${isComplete ? 'test' : 'profile'}` };
}

type Fetched = { metadata: string } | { problem: string };
const fetched = new WeakMap<Request, Fetched>();

/** Fetches within a minute on the organization's clock, of all its administrators. */
const mostFetches = { count: 10, withinMs: 60_000 };

/** Fetches the metadata before the transaction that shows it. */
async function fetchFor({ metadataHosts = [], store }: ServiceProvider, visit: Visit, request: Request): Promise<void> {
  const { organization } = visit.session;
  const since = now(organization) - mostFetches.withinMs;
  const recent = auditOf(store, organization.slug).filter(
    ({ action, at }) => action === 'metadata-fetched' && at > since,
  );
  if (recent.length >= mostFetches.count)
    return void fetched.set(request, { problem: 'Metadata was fetched ten times within a minute. Wait a minute.' });
  const { metadataUrl } = request.body as { metadataUrl?: unknown };
  try {
    const metadata = await fetchMetadata(typeof metadataUrl === 'string' ? metadataUrl : '', { hosts: metadataHosts });
    fetched.set(request, { metadata });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    fetched.set(request, { problem: error.message });
  }
}

/** Shows what the fetched metadata would change. It is in the form then, so that exactly this is imported. */
function showFetched(sp: ServiceProvider, visit: Visit, request: Request): Reply {
  const { session, profile, store } = visit;
  const { organization, user } = session;
  const sent = sentForm(request, 'metadata');
  const { typed, entityId, metadataUrl = '', revision } = sent;
  const shown = { typed, entityId, metadataUrl };
  const changed = newerRevision(store, profile, revision);
  if (changed) return page(sp, visit, { problem: changed, status: 409, metadata: sent.metadata, ...shown });
  const found = fetched.get(request) ?? { problem: 'Nothing was fetched.' };
  const outcome =
    'problem' in found
      ? wrong('metadataUrl', found.problem)
      : imported({ ...sent, metadata: found.metadata, typed: undefined }, visit);
  const because = 'problem' in found ? found.problem : 'problem' in outcome ? 'unusable metadata' : undefined;
  const detail = { profile: profile.name, url: metadataUrl.trim(), ...(because ? { problem: because } : {}) };
  audit(store, organization, user.address, 'metadata-fetched', detail);
  const metadata = 'metadata' in found ? found.metadata : sent.metadata;
  if ('problem' in outcome) return page(sp, visit, { ...outcome, status: 400, metadata, ...shown });
  const changes = metadataChanges(profile.settings, outcome.settings, now(organization));
  return page(sp, visit, { fetched: changesView(profile.id, metadataUrl.trim(), changes), metadata, ...shown });
}

function page(
  sp: { url: string },
  visit: Visit,
  { status = 200, ...shown }: Omit<Shown, 'endpoints' | 'time'> & { status?: number } = {},
): Reply {
  const { organization } = visit.session;
  const endpoints = endpointsOf(sp, organization.slug);
  const body = profilePage(visit.profile, { endpoints, time: now(organization), ...shown });
  return stepPage(visit, 'profile', body, { status });
}

/**
 * Replaces the body, a multipart form, with its fields. The metadata is the file or, without one, the pasted text. Left
 * as it is if it is URL encoded.
 */
const readUpload: RequestHandler = async (request, _response, next) => {
  if (isUrlEncoded(request)) request.body = withMetadata((request.body ?? {}) as Record<string, unknown>);
  else request.body = await uploadedFields(request.headers['content-type'] ?? '', request.body);
  next();
};

/** Names the field as the uploaded form does. */
const withMetadata = ({ text: metadata, ...others }: Record<string, unknown>): Record<string, unknown> =>
  metadata === undefined ? others : { ...others, metadata };

/** Parses the form with Node's own parser. A repeated field becomes a list. */
async function uploadedFields(contentType: string, body: unknown): Promise<object> {
  try {
    const form = await new globalThis.Response(new Uint8Array(body as Buffer), {
      headers: { 'content-type': contentType },
    }).formData();
    const file = form.get('file');
    const fromFile =
      file === null || typeof file === 'string' ? '' : textOfFile(new Uint8Array(await file.arrayBuffer()));
    form.delete('file');
    if (fromFile.trim() !== '') form.set('text', fromFile);
    const names = [...new Set(form.keys())];
    const values = names.map((name) => [name, form.getAll(name)] as const);
    return withMetadata(Object.fromEntries(values.map(([name, all]) => [name, all.length === 1 ? all[0] : all])));
  } catch {
    throw new PageError(
      'upload-unreadable',
      'Use the form on the profile page to upload the metadata as a file or as text.',
    );
  }
}
