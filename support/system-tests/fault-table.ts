/**
 * Plays any fault over HTTP against real servers: one tenant, and organizations whose profiles differ in one setting
 * each. Reports who was signed in and what the SP recorded.
 */

import { encrypting, type PlayOptions } from '../catalogue/fault-expectation.ts';
import type { Snapshot } from '../scenario/tasks/records.ts';
import { connect, type IdpSide, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import { largestOwnReply } from '../stack/foreign-reply.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Stack } from '../stack/servers.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { addUserAtIdp, encryptAssertions, nameNeighbour } from './neighbours.ts';

export interface Outcome {
  /** Email of the user who is signed in afterwards in the visitor's browser. */
  signedIn: string | undefined;
  /** Path of the page on which the sign-in ended, if it was one of the SP. */
  endedAt: string | undefined;
  /** Verdict of the last response that reached the SP; undefined if there was none. */
  recorded: string | undefined;
  /** All findings on that response, in order. */
  findings: readonly string[];
  struck: boolean;
  /** Email of the user who would be signed in without a fault. */
  expectedAddress: string;
  /** Why the visitor could not continue, if the connection failed. */
  broken: string | undefined;
  /** Milliseconds. */
  took: number;
}

export interface FaultTable {
  /** Plays one fault (its phrase including the amount) against the profile with these settings. */
  play(phrase: string | undefined, options?: PlayOptions): Promise<Outcome>;
}

/** One tenant for all, so that only one key is generated; an organization for each set of settings, on first use. */
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
  await prepareOtherRequests(first);
  const encrypted = await organizationWith(encrypting);
  const newest = followResponses(stack);
  const faults = `/tenants/${first.tenant.slug}/faults`;

  return {
    async play(phrase, { settings = {}, signedInBefore = false, fromPortal = false } = {}) {
      const rehearsal = await organizationWith(settings);
      const person = rehearsal.cast.Sam;
      const visitor = createVisitor({ timeoutMs: patienceFor(phrase), largest: () => largestOwnReply });
      if (signedInBefore) {
        await stack.idp.control.put(faults, []);
        await signInScripted({ spUrl: stack.sp.url, person, visitor });
        await newest([rehearsal]);
      }
      const begin = performance.now();
      await stack.idp.control.put(faults, phrase === undefined ? [] : [{ phrase }]);
      const startAt = fromPortal ? await portalAddress(rehearsal) : '/login';
      const ended = await signInScripted({ spUrl: stack.sp.url, person, visitor, startAt }).catch(
        (error: Error) => error,
      );
      const arranged = await stack.idp.control.get<{ struck: number }[]>(faults);
      const signedIn = await addressIn(visitor, stack.sp.url);
      const response = await newest(rehearsal === first ? [first, encrypted] : [rehearsal, first]);
      return {
        signedIn,
        endedAt: ended instanceof Error || ended.url.origin !== stack.sp.url ? undefined : ended.url.pathname,
        expectedAddress: person.address,
        recorded: response?.verdict,
        findings: response?.findings.map(({ code }) => code) ?? [],
        struck: arranged.some(({ struck }) => struck > 0),
        broken: ended instanceof Error ? ended.message : undefined,
        took: performance.now() - begin,
      };
    },
  };
}

/** In milliseconds. Only silence takes until the visitor's time limit; everything else may take its time. */
const patienceFor = (phrase: string | undefined): number => (phrase === 'no response: the IdP hangs' ? 1_500 : 30_000);

type Newest = (candidates: readonly Rehearsal[]) => Promise<Snapshot['responses'][number] | undefined>;

/** Returns the newest response that has reached any of the organizations since the last call. */
function followResponses(stack: Stack): Newest {
  let lastSeen = 0;
  return async (candidates) => {
    const found = await Promise.all(
      candidates.map(({ organization }) =>
        stack.sp.control.get<Snapshot['responses']>(`/organizations/${organization.slug}/responses?after=${lastSeen}`),
      ),
    );
    const response = found.flat().toSorted((one, other) => other.id - one.id)[0];
    lastSeen = response?.id ?? lastSeen;
    return response;
  };
}

/** Email of the user whom the Console shows to this visitor. */
async function addressIn(visitor: Visitor, spUrl: string): Promise<string | undefined> {
  const { url, spacedText } = await visitor.visit(new URL('/console', spUrl));
  if (url.pathname !== '/console' || !spacedText.includes(' of Acme,')) return undefined;
  const words = spacedText.split(' ');
  const label = words.indexOf('Email');
  return label < 0 ? undefined : words[label + 1];
}

/** URL of the app's tile in the portal. */
async function portalAddress({ stack, tenant, organization }: Rehearsal): Promise<string> {
  const { apps } = await stack.idp.control.get<{ apps: { entityId: string }[] }>(`/tenants/${tenant.slug}`);
  const number = apps.findIndex(({ entityId }) => entityId.includes(`/${organization.slug}/`)) + 1;
  return new URL(`/${tenant.slug}/apps/${number}`, stack.idp.url).href;
}

/** A separate organization at the same IdP. */
async function another(first: Rehearsal, idp: IdpSide, settings: object): Promise<Rehearsal> {
  const rehearsal = nameNeighbour(first, 'acme');
  const { stack, organization, cast } = rehearsal;
  const { Ada, Sam } = cast;
  const sp = await stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, {
    name: 'Acme',
    domains: [organization.domain],
    users: [
      { address: Ada.address, name: 'Ada', password: Ada.password, administrator: true },
      { address: Sam.address, name: 'Sam', password: Sam.password },
    ],
    profiles: [
      { name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, certificates: idp.certificates, ...settings },
    ],
  });
  await stack.sp.control.put(`/organizations/${organization.slug}/profiles/Acme/enforce-unproven`, {});
  await addUserAtIdp(rehearsal, Sam, { attributes: { displayName: ['Sam'] } });
  await registerApp(rehearsal, sp);
  if ('acceptEncryption' in settings && settings.acceptEncryption) await encryptAssertions(rehearsal);
  return rehearsal;
}

/** Faults about other requests need one that has a response, and one that is pending in another browser. */
async function prepareOtherRequests({ stack, cast }: Rehearsal): Promise<void> {
  await signInScripted({ spUrl: stack.sp.url, person: cast.Sam });
  const visitor = createVisitor();
  const page = await visitor.visit(new URL('/login', stack.sp.url));
  await visitor.submit(
    page.forms.find(({ fields }) => fields.some(({ type }) => type === 'email'))!,
    { address: cast.Sam.address },
    { from: page.url },
  );
}
