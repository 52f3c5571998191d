/** Plays any fault over HTTP against real servers: one tenant, and organizations whose profiles differ in one setting each. It reports who was signed in and what the SP recorded, and judges nothing. */
import { randomBytes } from 'node:crypto';
import { encrypting, type PlayOptions } from '../catalogue/fault-row.ts';
import type { Snapshot } from '../scenario/tasks/records.ts';
import { connect, type IdpSide, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Stack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';

export interface Outcome {
  /** Address of whoever is signed in in the visitor's browser afterwards. */
  signedIn: string | undefined;
  /** Path of the page on which the sign-in ended, if that was one of the SP. */
  endedAt: string | undefined;
  /** What the SP recorded of the last answer that reached it; undefined when none did. */
  recorded: string | undefined;
  /** All findings of that answer, in order. */
  findings: readonly string[];
  struck: boolean;
  /** Who should be signed in, were all well. */
  expectedAddress: string;
  /** Why the visitor could not go on, where the connection failed. */
  broken: string | undefined;
  /** Milliseconds. */
  took: number;
}

export interface FaultTable {
  /** Plays one fault (its phrase with the amount filled in) against the profile with these settings. */
  play(phrase: string | undefined, options?: PlayOptions): Promise<Outcome>;
}

/** One tenant for all, so that only one key is made; an organization for each set of settings, made when first needed. */
export async function prepareFaultTable(stack: Stack): Promise<FaultTable> {
  const first: Rehearsal = { ...nameRehearsal(), stack };
  const idp = await connect(first);
  await stack.sp.control.put(`/organizations/${first.organization.slug}/profiles/Acme/enforce-unproven`, {});
  const organizations = new Map<string, Promise<Rehearsal>>([['{}', Promise.resolve(first)]]);
  const organizationWith = (settings: object): Promise<Rehearsal> => {
    const key = JSON.stringify(settings);
    const known = organizations.get(key) ?? another(first, idp, settings);
    organizations.set(key, known);
    return known;
  };
  await beforehand(first);
  await organizationWith(encrypting);
  let lastSeen = 0;

  /** The newest answer that reached any of the organizations since the last time. */
  async function newest(candidates: readonly Rehearsal[]): Promise<Snapshot['responses'][number] | undefined> {
    const found = await Promise.all(
      candidates.map(({ organization }) =>
        stack.sp.control.get<Snapshot['responses']>(`/organizations/${organization.slug}/responses?after=${lastSeen}`),
      ),
    );
    const answer = found.flat().toSorted((one, other) => other.id - one.id)[0];
    lastSeen = answer?.id ?? lastSeen;
    return answer;
  }

  return {
    async play(phrase, { settings = {}, signedInBefore = false, fromPortal = false } = {}) {
      const rehearsal = await organizationWith(settings);
      const person = rehearsal.cast.Sam;
      const visitor = createVisitor({ timeoutMs: 1_500 });
      if (signedInBefore) {
        await stack.idp.control.put(`/tenants/${first.tenant.slug}/faults`, []);
        await signInScripted({ spUrl: stack.sp.url, person, visitor });
        await newest([rehearsal]);
      }
      const begin = performance.now();
      await stack.idp.control.put(`/tenants/${first.tenant.slug}/faults`, phrase === undefined ? [] : [{ phrase }]);
      const startAt = fromPortal ? await portalAddress(rehearsal) : '/login';
      const ended = await signInScripted({ spUrl: stack.sp.url, person, visitor, startAt }).catch(
        (error: Error) => error,
      );
      const broken = ended instanceof Error ? ended.message : undefined;
      const faults = await stack.idp.control.get<{ struck: number }[]>(`/tenants/${first.tenant.slug}/faults`);
      const consoleOf = await visitor.visit(new URL('/console', stack.sp.url));
      const answer = await newest(
        rehearsal === first ? [first, await organizationWith(encrypting)] : [rehearsal, first],
      );
      return {
        signedIn:
          consoleOf.url.pathname === '/console'
            ? / of Acme.*?Address([\w.+-]+@[\w.-]+\.example)/.exec(consoleOf.text)?.[1]
            : undefined,
        endedAt:
          ended instanceof Error || ended.url.origin !== new URL(stack.sp.url).origin ? undefined : ended.url.pathname,
        expectedAddress: person.address,
        recorded: answer?.verdict,
        findings: answer?.findings.map(({ code }) => code) ?? [],
        struck: faults.some(({ struck }) => struck > 0),
        broken,
        took: performance.now() - begin,
      };
    },
  };
}

/** Where a person presses the tile of this application. */
async function portalAddress({ stack, tenant, organization }: Rehearsal): Promise<string> {
  const { apps } = await stack.idp.control.get<{ apps: { entityId: string }[] }>(`/tenants/${tenant.slug}`);
  const number = apps.findIndex(({ entityId }) => entityId.includes(`/${organization.slug}/`)) + 1;
  return new URL(`/${tenant.slug}/apps/${number}`, stack.idp.url).href;
}

/** An organization of its own at the same identity provider. */
async function another({ stack, tenant, cast }: Rehearsal, idp: IdpSide, settings: object): Promise<Rehearsal> {
  const suffix = randomBytes(4).toString('hex');
  const organization = { slug: `acme-${suffix}`, name: 'Acme', domain: `acme-${suffix}.example` };
  const people = Object.fromEntries(
    Object.entries(cast).map(([name, person]) => [
      name,
      { ...person, address: `${name.toLowerCase()}@${organization.domain}` },
    ]),
  ) as unknown as Rehearsal['cast'];
  const rehearsal: Rehearsal = { stack, tenant, organization, cast: people };
  const sp = await stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, {
    name: 'Acme',
    domains: [organization.domain],
    users: [
      { address: people.Ada.address, name: 'Ada', password: people.Ada.password, administrator: true },
      { address: people.Sam.address, name: 'Sam', password: people.Sam.password },
    ],
    profiles: [
      { name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, certificates: idp.certificates, ...settings },
    ],
  });
  await stack.sp.control.put(`/organizations/${organization.slug}/profiles/Acme/enforce-unproven`, {});
  await stack.idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(people.Sam.address)}`, {
    username: people.Sam.address,
    password: people.Sam.idpPassword,
    email: people.Sam.address,
    attributes: { displayName: ['Sam'] },
  });
  await registerApp(rehearsal, sp);
  return rehearsal;
}

/** What faults about other requests need: one answered before, and one that waits at the identity provider in another browser. */
async function beforehand({ stack, cast }: Rehearsal): Promise<void> {
  await signInScripted({ spUrl: stack.sp.url, person: cast.Sam });
  const visitor = createVisitor();
  const page = await visitor.visit(new URL('/login', stack.sp.url));
  await visitor.submit(
    page.forms.find(({ fields }) => fields.some(({ type }) => type === 'email'))!,
    { address: cast.Sam.address },
    { from: page.url },
  );
}
