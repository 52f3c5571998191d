/** Warns of signing certificates that expire soon: in the audit log, once for each limit that is reached. */
import { type CertificateFacts, certificateFacts } from './certificate-expiry.ts';
import { now } from './clock.ts';
import { audit, findOrganization, type Organization, ownActor } from './organization.ts';
import { type Profile, profilesOf, settingsOf } from './profile.ts';
import type { Store } from './store.ts';

/** Certificates of the newest and of the enforced revision that expire within 60 days or have expired. */
export function expiringCertificates(store: Store, profile: Profile, time: number): CertificateFacts[] {
  const { id, settings, enforcedRevision } = profile;
  const enforced = enforcedRevision === undefined ? [] : [settingsOf(store, id, enforcedRevision)];
  // Of an older version, a revision may lack them.
  const pems = new Set([settings, ...enforced].flatMap(({ certificates = [] }) => certificates));
  return [...pems].map((pem) => certificateFacts(pem, time)).filter(({ warning }) => warning !== undefined);
}

export function recordCertificateWarnings(store: Store, organization: Organization): void {
  const time = now(organization);
  store.transaction(() => {
    for (const profile of profilesOf(store, organization.slug))
      for (const { fingerprint, subject, validUntil, warning } of expiringCertificates(store, profile, time)) {
        const { changes } = store.run`
          INSERT INTO certificate_warnings (profile, fingerprint, warning)
          VALUES (${profile.id}, ${fingerprint}, ${String(warning)}) ON CONFLICT DO NOTHING`;
        if (changes === 0) continue;
        const until = validUntil.toISOString().slice(0, 10);
        const detail = { profile: profile.name, subject, fingerprint, until, warning: String(warning) };
        audit(store, organization, ownActor, 'certificate-expiring', detail);
      }
  });
}

/** For all organizations. */
function recordAllWarnings(store: Store): void {
  for (const { slug } of store.all<{ slug: string }>`SELECT slug FROM organizations`)
    recordCertificateWarnings(store, findOrganization(store, slug)!);
}

const everyMs = 3_600_000;

/** Looks at the certificates of all organizations now and every hour. */
export function watchCertificates(store: Store): Disposable {
  recordAllWarnings(store);
  const timer = setInterval(() => recordAllWarnings(store), everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
