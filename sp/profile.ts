/** SSO profiles: every change to the settings creates a new revision and supersedes pending tests. */
import { z } from 'zod';
import { now } from './clock.ts';
import { strict } from './known-keys.ts';
import { audit, type Organization } from './organization.ts';
import { CertificateError, readOneCertificate } from './saml/certificates.ts';
import { hardenedPolicies, nameIdFormats, type Policies } from './saml/judgement.ts';
import { readTrustKey, rulesForKeys } from './saml/trust-key.ts';
import { isEndpoint } from './saml/uris.ts';
import type { Store } from './store.ts';

export type SsoBinding = 'redirect' | 'post';

/** The settings of a revision. An incomplete profile has empty fields. */
export interface ProfileSettings {
  idpEntityId: string;
  ssoUrl: string;
  ssoBinding: SsoBinding;
  /** The IdP's URL for single logout; empty if there is none. */
  sloUrl: string;
  /** PEM. Any of them may have signed. */
  certificates: readonly string[];
  signRequests: boolean;
  /** Publishes an encryption certificate in the metadata and accepts encrypted assertions. */
  acceptEncryption: boolean;
  forceAuthn: boolean;
  /** Class references (URIs), compared exactly; empty to request none. */
  requestedAuthnContext: readonly string[];
  policies: Policies;
}

export interface Profile {
  id: number;
  organization: string;
  name: string;
  /** The newest revision. */
  revision: number;
  settings: ProfileSettings;
  enforcedRevision: number | undefined;
  /** When it was last enforced. */
  enforcedAt: number | undefined;
  /** The URL from which its metadata is fetched; empty if there is none. */
  metadataUrl: string;
}

export const emptySettings: ProfileSettings = {
  idpEntityId: '',
  ssoUrl: '',
  ssoBinding: 'redirect',
  sloUrl: '',
  certificates: [],
  signRequests: false,
  acceptEncryption: false,
  forceAuthn: false,
  requestedAuthnContext: [],
  policies: hardenedPolicies,
};

const endpoint = z
  .string()
  .max(2_000, 'must have at most 2000 characters')
  .refine(
    (text) => text === '' || isEndpoint(text),
    'must be an http or https URL with a plain host name, without user, fragment, spaces or SAML parameters, ' +
      'such as https://idp.example/sso',
  );
/** A readable certificate, with any key. */
export const readableCertificate = z.string().transform((text, { addIssue }) => {
  try {
    return readOneCertificate(text);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    addIssue({ code: 'custom', message: `must be one X.509 certificate in PEM format. ${error.message}` });
    return z.NEVER;
  }
});
const certificate = readableCertificate.superRefine((pem, { addIssue }) => {
  const { flaw, fingerprint } = readTrustKey(pem) ?? { flaw: 'a key that cannot be read', fingerprint: '' };
  if (flaw === undefined) return;
  const message =
    `the certificate with the SHA-256 fingerprint ${fingerprint || 'unknown'} has ${flaw}. ` +
    `Use ${rulesForKeys}: ask the administrator of the identity provider for a new signing certificate`;
  addIssue({ code: 'custom', message });
});

/** ADFS publishes nine and more during a rollover of a farm. */
export const mostCertificates = 20;
const tooManyCertificates = ({ input }: { input?: unknown }): string =>
  `${(input as unknown[]).length} signing certificates; at most ${mostCertificates} can be kept. Leave out those ` +
  'that the identity provider no longer uses';

const shortText = z.string().min(1, 'must have 1 to 300 characters').max(300, 'must have 1 to 300 characters');

/** The settings that can be changed. Unknown keys are rejected. */
export const settingsInput = strict({
  idpEntityId: z
    .string()
    .max(1_024, 'must have at most 1024 characters')
    .refine((text) => text === text.trim(), 'must not begin or end with whitespace'),
  ssoUrl: endpoint,
  ssoBinding: z.enum(['redirect', 'post'], { error: 'must be redirect or post' }),
  sloUrl: endpoint,
  certificates: z.array(certificate).max(mostCertificates, { error: tooManyCertificates }),
  signRequests: z.boolean(),
  acceptEncryption: z.boolean(),
  forceAuthn: z.boolean(),
  requestedAuthnContext: z.array(shortText).max(8, 'must have at most 8 entries'),
  policies: strict({
    requireSignedMessage: z.boolean(),
    requireSignedAssertion: z.boolean(),
    allowSha1: z.boolean(),
    allowIdpInitiated: z.boolean(),
    requireRelayState: z.boolean(),
    requireEncryption: z.boolean(),
    nameIdFormat: z.enum(nameIdFormats, { error: `must be one of ${nameIdFormats.join(', ')}` }),
    requiredAttributes: z.array(shortText).max(30, 'must have at most 30 entries'),
  }).partial(),
}).partial();
export type SettingsInput = z.infer<typeof settingsInput>;

interface ProfileRow {
  id: number;
  organization: string;
  name: string;
  revision: number;
  settings: string;
  enforced_revision: number | null;
  enforced_at: number | null;
  metadata_url: string;
}

const toProfile = ({ settings, enforced_revision, enforced_at, metadata_url, ...row }: ProfileRow): Profile => ({
  ...row,
  settings: JSON.parse(settings) as ProfileSettings,
  enforcedRevision: enforced_revision ?? undefined,
  enforcedAt: enforced_at ?? undefined,
  metadataUrl: metadata_url,
});

export function profilesOf(store: Store, organization: string): Profile[] {
  const rows = store.all<ProfileRow>`
    SELECT profiles.id, organization, name, number AS revision, settings, enforced_revision, enforced_at,
      metadata_url
    FROM profiles JOIN revisions ON profile = profiles.id
    WHERE organization = ${organization} AND number = (SELECT max(number) FROM revisions WHERE profile = profiles.id)
    ORDER BY profiles.id`;
  return rows.map(toProfile);
}

export function findProfile(store: Store, organization: string, id: number): Profile | undefined {
  const row = store.get<ProfileRow>`
    SELECT profiles.id, organization, name, number AS revision, settings, enforced_revision, enforced_at,
      metadata_url
    FROM profiles JOIN revisions ON profile = profiles.id
    WHERE organization = ${organization} AND profiles.id = ${id} ORDER BY number DESC LIMIT 1`;
  return row && toProfile(row);
}

/** The settings of one revision. Throws if the revision does not exist. */
export function settingsOf(store: Store, profile: number, revision: number): ProfileSettings {
  const row = store.get<{ settings: string }>`
    SELECT settings FROM revisions WHERE profile = ${profile} AND number = ${revision}`;
  if (row === undefined) throw new Error(`profile ${profile} has no revision ${revision}`);
  return JSON.parse(row.settings) as ProfileSettings;
}

export function createProfile(
  store: Store,
  organization: Organization,
  { by, name, input = {} }: { by: string; name: string; input?: SettingsInput },
): Profile {
  return store.transaction(() => {
    const { lastId } = store.run`INSERT INTO profiles (organization, name) VALUES (${organization.slug}, ${name})`;
    insertRevision(store, organization, { by, profile: lastId, number: 1, settings: changed(emptySettings, input) });
    audit(store, organization, by, 'profile-created', { profile: name });
    return findProfile(store, organization.slug, lastId)!;
  });
}

function insertRevision(
  store: Store,
  organization: Organization,
  { by, profile, number, settings }: { by: string; profile: number; number: number; settings: ProfileSettings },
): void {
  store.run`
    INSERT INTO revisions (profile, number, settings, created_at, created_by)
    VALUES (${profile}, ${number}, ${JSON.stringify(settings)}, ${now(organization)}, ${by})`;
}

const changed = (settings: ProfileSettings, { policies, ...input }: SettingsInput): ProfileSettings => ({
  ...settings,
  ...(input as Partial<ProfileSettings>),
  policies: { ...settings.policies, ...(policies as Partial<Policies>) },
});

/** Creates a new revision and supersedes pending tests. Does nothing if the settings are the same. */
export function changeProfile(
  store: Store,
  organization: Organization,
  profile: Profile,
  { by, input }: { by: string; input: SettingsInput },
): Profile {
  const settings = changed(profile.settings, input);
  if (JSON.stringify(settings) === JSON.stringify(profile.settings)) return profile;
  return store.transaction(() => {
    const revision = profile.revision + 1;
    insertRevision(store, organization, { by, profile: profile.id, number: revision, settings });
    store.run`
      UPDATE tests SET superseded_at = ${now(organization)}, superseded_because = 'changed'
      WHERE profile = ${profile.id} AND superseded_at IS NULL AND coalesce(verdict, '') <> 'success'`;
    const what = differingSettings(profile.settings, settings);
    audit(store, organization, by, 'profile-changed', { profile: profile.name, revision, changed: what });
    return { ...profile, revision, settings };
  });
}

/** Sets the URL from which the metadata is fetched. The settings stay as they are, so there is no new revision. */
export function changeMetadataUrl(
  store: Store,
  organization: Organization,
  { id, name, metadataUrl }: Profile,
  { by, url }: { by: string; url: string },
): void {
  if (url === metadataUrl) return;
  store.run`UPDATE profiles SET metadata_url = ${url} WHERE id = ${id}`;
  audit(store, organization, by, 'metadata-url-changed', { profile: name, url });
}

const differingSettings = (before: ProfileSettings, after: ProfileSettings): (keyof ProfileSettings)[] =>
  (Object.keys(after) as (keyof ProfileSettings)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );

export interface RevisionChange {
  number: number;
  at: number;
  by: string;
  changed: (keyof ProfileSettings)[];
}

/** The revisions after this one, oldest first. */
export function changesSince(store: Store, profile: number, revision: number): RevisionChange[] {
  const rows = store.all<{ number: number; at: number; by: string; settings: string }>`
    SELECT number, created_at AS at, created_by AS by, settings FROM revisions
    WHERE profile = ${profile} AND number >= ${revision} ORDER BY number`;
  const revisions = rows.map(({ settings, ...row }) => ({ ...row, settings: JSON.parse(settings) as ProfileSettings }));
  return revisions.slice(1).map(({ settings, ...row }, index) => ({
    ...row,
    changed: differingSettings(revisions[index]!.settings, settings),
  }));
}

/** The settings still missing from the profile; empty if it is complete. */
export function missingSettings({ idpEntityId, ssoUrl, certificates }: ProfileSettings): string[] {
  return [
    ...(idpEntityId === '' ? ['the IdP entity ID'] : []),
    ...(ssoUrl === '' ? ['the sign-on URL'] : []),
    ...(certificates.length === 0 ? ['a signing certificate'] : []),
  ];
}
