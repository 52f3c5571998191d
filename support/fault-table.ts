/** Plays any fault over HTTP against real servers: one tenant, and organizations whose profiles differ in one setting each. It reports who was signed in and what the SP recorded, and judges nothing. */
import { randomBytes } from 'node:crypto';
import { nameRehearsal, type Rehearsal } from './rehearsal.ts';
import { signInScripted } from './scripted-sign-in.ts';
import type { Stack } from './servers.ts';
import { snapshot } from './tasks/records.ts';
import { connect, registerApp, type IdpSide, type SpSide } from './tasks/set-up.ts';
import { createVisitor } from './visitor.ts';

export interface Outcome {
  /** Address of whoever is signed in in the visitor's browser afterwards. */
  signedIn: string | undefined;
  /** What the SP recorded of the last answer that reached it; undefined when none did. */
  recorded: string | undefined;
  /** All findings of that answer, in order. */
  findings: readonly string[];
  struck: boolean;
  /** Milliseconds. */
  took: number;
}

export interface FaultTable {
  /** Plays one fault (its phrase with the amount filled in) against the profile with these settings. */
  play(phrase: string | undefined, settings?: object): Promise<Outcome>;
  /** A colleague's address in the organization that has these settings. */
  address(settings?: object): string;
}

/** One tenant for all, so that only one key is made; an organization for each set of settings, made when first needed. */
export async function prepareFaultTable(stack: Stack): Promise<FaultTable> {
  const first: Rehearsal = { ...nameRehearsal(), stack };
  const idp = await connect(first);
  await stack.sp.control.put(`/organizations/${first.organization.slug}/profiles/Acme/enforce-unproven`, {});
  const organizations = new Map<string, Promise<Rehearsal>>([['{}', Promise.resolve(first)]]);
  const names = new Map<string, Rehearsal>([['{}', first]]);
  const organizationWith = (settings: object): Promise<Rehearsal> => {
    const key = JSON.stringify(settings);
    const known = organizations.get(key) ?? another(first, idp, settings).then((made) => {
      names.set(key, made);
      return made;
    });
    organizations.set(key, known);
    return known;
  };
  await beforehand(first);
  await organizationWith({ acceptEncryption: true });
  return {
    address: (settings = {}) => {
      const made = names.get(JSON.stringify(settings));
      if (made === undefined) throw new Error('play something with these settings first');
      return made.cast.Sam.address;
    },
    async play(phrase, settings = {}) {
      const rehearsal = await organizationWith(settings);
      const begin = performance.now();
      const before = (await snapshot(rehearsal)).responses[0]?.id ?? 0;
      await stack.idp.control.put(`/tenants/${first.tenant.slug}/faults`, phrase === undefined ? [] : [{ phrase }]);
      const visitor = createVisitor({ timeoutMs: 4_000 });
      await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor }).catch(() => undefined);
      const { faults } = await stack.idp.control.get<{ faults: { struck: number }[] }>(`/tenants/${first.tenant.slug}`);
      const consoleOf = await visitor.visit(new URL('/console', stack.sp.url));
      const newest = (await snapshot(rehearsal)).responses[0];
      const answered = newest !== undefined && newest.id > before ? newest : undefined;
      return {
        signedIn: consoleOf.url.pathname === '/console' ? /[\w.+-]+@[\w.-]+\.example/.exec(consoleOf.text)?.[0] : undefined,
        recorded: answered?.verdict, findings: answered?.findings.map(({ code }) => code) ?? [],
        struck: faults.some(({ struck }) => struck > 0), took: performance.now() - begin,
      };
    },
  };
}

/** An organization of its own at the same identity provider. */
async function another({ stack, tenant, cast }: Rehearsal, idp: IdpSide, settings: object): Promise<Rehearsal> {
  const suffix = randomBytes(4).toString('hex');
  const organization = { slug: `acme-${suffix}`, name: 'Acme', domain: `acme-${suffix}.example` };
  const people = Object.fromEntries(Object.entries(cast).map(([name, person]) => [name, { ...person, address: `${name.toLowerCase()}@${organization.domain}` }])) as unknown as Rehearsal['cast'];
  const rehearsal: Rehearsal = { stack, tenant, organization, cast: people };
  const sp = await stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, {
    name: 'Acme', domains: [organization.domain],
    users: [{ address: people.Ada.address, name: 'Ada', password: people.Ada.password, administrator: true }, { address: people.Sam.address, name: 'Sam', password: people.Sam.password }],
    profiles: [{ name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, certificates: idp.certificates, ...settings }],
  });
  await stack.sp.control.put(`/organizations/${organization.slug}/profiles/Acme/enforce-unproven`, {});
  await stack.idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(people.Sam.address)}`, { username: people.Sam.address, password: people.Sam.idpPassword, email: people.Sam.address, attributes: { displayName: ['Sam'] } });
  await registerApp(rehearsal, sp);
  return rehearsal;
}

/** What faults about other requests need: one answered before, and one that waits at the identity provider in another browser. */
async function beforehand({ stack, cast }: Rehearsal): Promise<void> {
  await signInScripted({ spUrl: stack.sp.url, person: cast.Sam });
  const visitor = createVisitor();
  const page = await visitor.visit(new URL('/login', stack.sp.url));
  await visitor.submit(page.forms.find(({ fields }) => fields.some(({ type }) => type === 'email'))!, { address: cast.Sam.address }, { from: page.url });
}
