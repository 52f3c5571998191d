/** For tests without HTTP: a database with two organizations, whose clocks are stopped until a test moves them. */
import { mock } from 'node:test';
import type { Organization } from './organization.ts';
import { emptySettings, type ProfileSettings } from './profile.ts';
import { openStore, type Store } from './store.ts';

export const start = Date.parse('2026-03-01T12:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Call it before the tests of a file, and `mock.timers.reset()` after them. */
export const stopClock = (): void => mock.timers.enable({ apis: ['Date'], now: start });

export const acme: Organization = { slug: 'acme', name: 'Acme', clockOffsetMs: 0 };
export const globex: Organization = { slug: 'globex', name: 'Globex', clockOffsetMs: 0 };

/** The same organization at a later time. */
export const later = (organization: Organization, clockOffsetMs: number): Organization => ({
  ...organization,
  clockOffsetMs,
});

export const pass = (store: Store, { slug }: Organization, milliseconds: number): void =>
  void store.run`UPDATE organizations SET clock_offset_ms = clock_offset_ms + ${milliseconds} WHERE slug = ${slug}`;

/** Profiles 1 and 2 are Acme's, 3 is Globex's; each has an identity provider of its own, and one revision. */
export function openSeeded(): Store {
  const store = openStore(':memory:');
  for (const { slug, name } of [acme, globex]) {
    store.run`INSERT INTO organizations (slug, name) VALUES (${slug}, ${name})`;
    store.run`INSERT INTO domains VALUES (${`${slug}.example`}, ${slug})`;
    for (const user of ['ada', 'sam', 'kim'])
      store.run`
        INSERT INTO users (address, organization, name, password, administrator)
        VALUES (${`${user}@${slug}.example`}, ${slug}, ${user}, '', ${user === 'ada'})`;
  }
  for (const [id, slug] of [
    [1, 'acme'],
    [2, 'acme'],
    [3, 'globex'],
  ] as const) {
    store.run`INSERT INTO profiles (id, organization, name) VALUES (${id}, ${slug}, ${`Profile ${id}`})`;
    addRevision(store, id, 1, `idp ${id}`);
  }
  return store;
}

export const addRevision = (
  store: Store,
  profile: number,
  number: number,
  idpEntityId: string,
  changed: Partial<ProfileSettings> = {},
): void => {
  const settings = JSON.stringify({ ...emptySettings, idpEntityId, ...changed });
  store.run`INSERT INTO revisions VALUES (${profile}, ${number}, ${settings}, 0, 'ada@acme.example')`;
};
