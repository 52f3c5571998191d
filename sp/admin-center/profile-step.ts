/** Step 1, Profile: saves the SSO profile's settings from the form or from uploaded metadata. */
import { type Request, type RequestHandler, Router, raw, urlencoded } from 'express';
import { now } from '../clock.ts';
import { fields, text } from '../forms.ts';
import { PageError } from '../page-error.ts';
import type { Piece } from '../pages/layout.ts';
import { changeProfile } from '../profile.ts';
import { textOfFile } from '../saml/file-text.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import { stepPage } from './admin-page.ts';
import { carried, newerRevision } from './old-form.ts';
import { type Outcome, profileFields, settingsOfForm, type TypedProfile } from './profile-form.ts';
import { settingsOfMetadata } from './profile-metadata.ts';
import { profilePage } from './profile-page.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

export function profileStep(sp: ServiceProvider): Router {
  const router = Router();
  const upload = raw({ type: () => true, limit: uploadLimit });
  router.get(
    '/admin/sso/:profile/profile',
    onProfile(sp, (visit) => page(sp, visit)),
  );
  router.post(
    '/admin/sso/:profile/profile',
    formOfProfile,
    onProfile(sp, (visit, request) => saveForm(sp, visit, request)),
  );
  router.post(
    '/admin/sso/:profile/metadata',
    upload,
    readUpload,
    onProfile(sp, (visit, request) => saveMetadata(sp, visit, request)),
  );
  return router;
}

/** ADFS publishes more than 400 kB, and in UTF-16 it is twice as much. */
const uploadLimit = 2 * 1024 * 1024;

/** Large enough for the most and the longest certificates. */
const formOfProfile = urlencoded({ extended: false, limit: 700 * 1024, parameterLimit: 200 });

function saveForm(sp: ServiceProvider, visit: Visit, request: Request): Reply {
  const { revision, ...typed } = fields(request, { ...profileFields, revision: carried });
  return save(sp, visit, { revision, outcome: settingsOfForm(typed), typed });
}

function saveMetadata(sp: ServiceProvider, visit: Visit, request: Request): Reply {
  const { revision, metadata, entityId } = fields(request, {
    metadata: text(uploadLimit),
    entityId: text(2_000),
    revision: carried,
  });
  const outcome = settingsOfMetadata(metadata, {
    now: new Date(now(visit.session.organization)),
    entityId: entityId.trim() || undefined,
    knownEntityId: visit.profile.settings.idpEntityId,
  });
  return save(sp, visit, { revision, outcome, metadata });
}

/** The entered values, which the page shows again after an error. */
interface Typed {
  typed?: TypedProfile;
  metadata?: string;
}

/** Saves settings that were edited on this revision. */
function save(
  { store, ...sp }: ServiceProvider,
  visit: Visit,
  { revision, outcome, ...typed }: Typed & { revision: string; outcome: Outcome },
): Reply {
  const { session, profile } = visit;
  const changed = newerRevision(store, profile, revision);
  if (changed) return page(sp, visit, { problem: changed, status: 409, ...typed });
  if ('problem' in outcome) return page(sp, visit, { problem: outcome.problem, status: 400, ...typed });
  changeProfile(store, session.organization, profile, { by: session.user.address, input: outcome.settings });
  return { to: `/admin/sso/${profile.id}/test` };
}

function page(
  sp: { url: string },
  visit: Visit,
  { status = 200, ...shown }: Typed & { problem?: Piece; status?: number } = {},
): Reply {
  const { organization } = visit.session;
  const endpoints = endpointsOf(sp, organization.slug);
  const body = profilePage(visit.profile, { endpoints, time: now(organization), ...shown });
  return stepPage(visit, 'profile', body, { status });
}

/** Replaces the body, a multipart form, with its fields. The metadata is the file or, without one, the pasted text. */
const readUpload: RequestHandler = async (request, _response, next) => {
  request.body = await uploadedFields(request.headers['content-type'] ?? '', request.body);
  next();
};

/** Parses the form with Node's own parser. */
async function uploadedFields(contentType: string, body: unknown): Promise<object> {
  try {
    const form = await new globalThis.Response(new Uint8Array(body as Buffer), {
      headers: { 'content-type': contentType },
    }).formData();
    const file = form.get('file');
    const fromFile =
      file === null || typeof file === 'string' ? '' : textOfFile(new Uint8Array(await file.arrayBuffer()));
    const pasted = form.get('text');
    const metadata = fromFile.trim() !== '' ? fromFile : typeof pasted === 'string' ? pasted : '';
    return { metadata, entityId: form.get('entityId') ?? '', revision: form.get('revision') };
  } catch {
    throw new PageError(
      'upload-unreadable',
      'Use the form on the profile page to upload the metadata as a file or as text.',
    );
  }
}
