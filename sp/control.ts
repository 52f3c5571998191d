/** Control routes for tests and for people: create an organization with everything in it, change its clock and profiles, read back what was recorded. Off without a token. */
import { type ErrorRequestHandler, json, type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { domainOf, normalizeAddress, normalizeDomain } from './address.ts';
import { now } from './clock.ts';
import { isProven, stateOf, testsOf } from './connection-test.ts';
import { locksEverybodyOut } from './enforcement.ts';
import { explain } from './error-page.ts';
import { audit, auditOf, domainsOf, findOrganization, findUser, type Organization, usersOf } from './organization.ts';
import { hashPassword } from './password.ts';
import { changeProfile, createProfile, type Profile, profilesOf, settingsInput } from './profile.ts';
import { responsesOf } from './response-log.ts';
import type { RouteEntry } from './routes.ts';
import { isSameSecret } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { endSessionsOf } from './session.ts';
import { strict } from './strict.ts';

class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be small letters, digits and hyphens');
const address = z
  .string()
  .max(1_000)
  .refine((text) => normalizeAddress(text) !== undefined, 'must be an e-mail address')
  .transform((text) => normalizeAddress(text)!);
const domain = z
  .string()
  .max(300)
  .refine((text) => normalizeDomain(text) !== undefined, 'must be a domain name')
  .transform((text) => normalizeDomain(text)!);
const clockOffsetMs = z
  .number()
  .int()
  .min(-10 * 365 * 86_400_000)
  .max(10 * 365 * 86_400_000);
const name = z.string().min(1).max(100);
const user = strict({
  address,
  name,
  password: z.string().min(1).max(1_000),
  administrator: z.boolean().default(false),
  deactivated: z.boolean().default(false),
});
const profile = settingsInput.extend({ name: z.string().min(1).max(60) });
const newOrganization = strict({
  name,
  domains: z.array(domain).min(1).max(50),
  users: z.array(user).max(500).default([]),
  clockOffsetMs: clockOffsetMs.default(0),
  profiles: z.array(profile).max(20).default([]),
});
const by = 'control';

export function control(sp: ServiceProvider, token: string | undefined, routes: () => readonly RouteEntry[]): Router {
  const { store } = sp;
  const router = Router();
  if (token === undefined) return router;
  router.use('/control', withToken(token), json({ limit: 1024 * 1024, strict: true }));

  router.get('/control/errors', (_request, response) => response.json(sp.errors));
  router.get('/control/routes', (_request, response) => response.json(routes()));

  router.put('/control/organizations/:organization', async (request, response) => {
    const which = slug.parse(request.params.organization);
    const input = newOrganization.parse(request.body ?? {});
    const outside = input.users.find((one) => !input.domains.includes(domainOf(one.address)));
    if (outside)
      throw new ControlError(
        400,
        `users: ${outside.address} is outside the verified domains ${input.domains.join(', ')}`,
      );
    const passwords = await Promise.all(input.users.map(({ password }) => hashPassword(password, sp.passwordCost)));
    store.transaction(() => {
      if (findOrganization(store, which))
        throw new ControlError(409, `the organization ${which} exists already; PATCH it, or DELETE it first`);
      const taken = input.domains.find((one) => store.get`SELECT 1 FROM domains WHERE domain = ${one}`);
      if (taken) throw new ControlError(409, `the domain ${taken} belongs to another organization`);
      const organization: Organization = { slug: which, name: input.name, clockOffsetMs: input.clockOffsetMs };
      store.run`INSERT INTO organizations (slug, name, clock_offset_ms) VALUES (${which}, ${input.name}, ${input.clockOffsetMs})`;
      for (const one of new Set(input.domains))
        store.run`INSERT INTO domains (domain, organization) VALUES (${one}, ${which})`;
      for (const [index, one] of input.users.entries()) insertUser(which, one, passwords[index]!);
      for (const { name: called, ...settings } of input.profiles)
        createProfile(store, organization, by, called, settings);
    });
    response.status(201).json(endpointsOf(sp, which));
  });

  router.patch('/control/organizations/:organization', (request, response) => {
    const organization = organizationOf(request);
    const input = strict({ clockOffsetMs, name })
      .partial()
      .parse(request.body ?? {});
    store.run`UPDATE organizations SET clock_offset_ms = ${input.clockOffsetMs ?? organization.clockOffsetMs}, name = ${input.name ?? organization.name} WHERE slug = ${organization.slug}`;
    response.json(endpointsOf(sp, organization.slug));
  });

  router.delete('/control/organizations/:organization', (request, response) => {
    store.run`DELETE FROM organizations WHERE slug = ${organizationOf(request).slug}`;
    response.status(204).end();
  });

  router.put('/control/organizations/:organization/domains/:domain', (request, response) => {
    const organization = organizationOf(request);
    const which = domain.parse(request.params.domain);
    const owner = store.get<{ organization: string }>`SELECT organization FROM domains WHERE domain = ${which}`
      ?.organization;
    if (owner !== undefined && owner !== organization.slug)
      throw new ControlError(409, `the domain ${which} belongs to another organization`);
    store.run`INSERT INTO domains (domain, organization) VALUES (${which}, ${organization.slug}) ON CONFLICT DO NOTHING`;
    response.status(204).end();
  });

  router.delete('/control/organizations/:organization/domains/:domain', (request, response) => {
    const organization = organizationOf(request);
    store.run`DELETE FROM domains WHERE domain = ${domain.parse(request.params.domain)} AND organization = ${organization.slug}`;
    response.status(204).end();
  });

  router.put('/control/organizations/:organization/users/:address', async (request, response) => {
    const organization = organizationOf(request);
    const input = user.parse({ ...(request.body as object), address: request.params.address });
    if (findUser(store, input.address))
      throw new ControlError(409, `the user ${input.address} exists already; PATCH it`);
    insertUser(organization.slug, input, await hashPassword(input.password, sp.passwordCost));
    response.status(201).json({ address: input.address });
  });

  router.patch('/control/organizations/:organization/users/:address', (request, response) => {
    const organization = organizationOf(request);
    const found = findUser(store, request.params.address);
    if (found === undefined || found.organization !== organization.slug)
      throw new ControlError(
        404,
        `${request.params.address} is no managed user of ${organization.slug}; there are ${usersOf(
          store,
          organization.slug,
        )
          .map((one) => one.address)
          .join(', ')}`,
      );
    const input = strict({ profile: z.string().nullable(), administrator: z.boolean(), deactivated: z.boolean(), name })
      .partial()
      .parse(request.body ?? {});
    if (locksEverybodyOut(store, organization, found.address, input))
      throw new ControlError(
        409,
        `${found.address} is the last recovery administrator; lift single sign-on, or name another one first`,
      );
    const enrolled =
      input.profile === undefined
        ? found.profile
        : input.profile === null
          ? undefined
          : profileNamed(organization, input.profile).id;
    store.transaction(() => {
      store.run`UPDATE users SET profile = ${enrolled}, administrator = ${input.administrator ?? found.administrator}, deactivated = ${input.deactivated ?? found.deactivated}, name = ${input.name ?? found.name} WHERE address = ${found.address}`;
      if (input.deactivated) endSessionsOf(store, organization, found.address, 'user-changed');
      audit(store, organization, by, 'user-changed', { user: found.address, ...input });
    });
    response.json({ address: found.address });
  });

  router.put('/control/organizations/:organization/profiles/:profile', (request, response) => {
    const organization = organizationOf(request);
    const { name: called, ...settings } = profile.parse({ ...(request.body as object), name: request.params.profile });
    if (profilesOf(store, organization.slug).some((one) => one.name === called))
      throw new ControlError(409, `the profile ${called} exists already; PATCH it`);
    response.status(201).json(createProfile(store, organization, by, called, settings));
  });

  router.patch('/control/organizations/:organization/profiles/:profile', (request, response) => {
    const organization = organizationOf(request);
    const found = profileNamed(organization, request.params.profile);
    response.json(changeProfile(store, organization, by, found, settingsInput.parse(request.body ?? {})));
  });

  /** Skips the rehearsal, for measuring sign-ins only: the revision is marked in the audit log as enforced without proof. */
  router.put('/control/organizations/:organization/profiles/:profile/enforce-unproven', (request, response) => {
    const organization = organizationOf(request);
    strict({}).parse(request.body ?? {});
    const found = profileNamed(organization, request.params.profile);
    store.transaction(() => {
      store.run`UPDATE profiles SET enforced_revision = ${found.revision}, enforced_at = ${now(organization)} WHERE id = ${found.id}`;
      store.run`UPDATE users SET profile = ${found.id} WHERE organization = ${organization.slug} AND profile IS NULL`;
      store.run`UPDATE users SET recovery_of = ${found.id} WHERE organization = ${organization.slug} AND administrator = 1`;
      audit(store, organization, by, 'enforced-unproven', { profile: found.name, revision: found.revision });
    });
    response.status(204).end();
  });

  router.get('/control/organizations/:organization/responses', (request, response) => {
    const { after } = strict({ after: z.coerce.number().int().min(0).default(0) }).parse(request.query);
    response.json(responsesOf(store, organizationOf(request).slug, { after }));
  });

  router.get('/control/organizations/:organization', (request, response) => {
    const organization = organizationOf(request);
    response.json(snapshot(organization));
  });

  router.use('/control', (request) => {
    throw new ControlError(
      404,
      `there is no control route ${request.method} ${request.originalUrl.split('?')[0]}; there are organizations/:organization with users, domains, profiles and responses, errors, and routes`,
    );
  });
  router.use('/control', refusal(sp));

  function organizationOf(request: Request): Organization {
    const which = String(request.params.organization);
    const organization = findOrganization(store, which);
    if (organization === undefined) throw new ControlError(404, `there is no organization ${which}`);
    return organization;
  }

  function profileNamed(organization: Organization, called: string): Profile {
    const profiles = profilesOf(store, organization.slug);
    const found = profiles.find((one) => one.name === called);
    if (found === undefined)
      throw new ControlError(
        404,
        `${organization.slug} has no profile ${called}; it has ${profiles.map((one) => one.name).join(', ') || 'none'}`,
      );
    return found;
  }

  function insertUser(
    organization: string,
    { address: where, name: called, administrator, deactivated }: z.infer<typeof user>,
    password: string,
  ): void {
    if (findUser(store, where)) throw new ControlError(409, `the user ${where} exists already`);
    if (!domainsOf(store, organization).includes(domainOf(where)))
      throw new ControlError(
        400,
        `${where} is outside the verified domains ${domainsOf(store, organization).join(', ')}`,
      );
    store.run`INSERT INTO users (address, organization, name, password, administrator, deactivated) VALUES (${where}, ${organization}, ${called}, ${password}, ${administrator}, ${deactivated})`;
  }

  /** Everything recorded, without secrets: session IDs and browsers appear as SHA-256 only. */
  function snapshot(organization: Organization): object {
    const clock = now(organization);
    const { slug: which } = organization;
    return {
      ...endpointsOf(sp, which),
      slug: which,
      name: organization.name,
      clockOffsetMs: organization.clockOffsetMs,
      domains: domainsOf(store, which),
      users: usersOf(store, which).map(({ password: _, ...one }) => one),
      profiles: profilesOf(store, which).map((one) => ({
        ...one,
        proven: isProven(store, one.id, one.revision),
        enforcedProven: one.enforcedRevision === undefined ? undefined : isProven(store, one.id, one.enforcedRevision),
        tests: testsOf(store, one.id).map((test) => ({ ...test, state: stateOf(test, clock) })),
      })),
      sessions: store.all<object>`SELECT hash, address, method, created_at AS createdAt, ends_at AS endsAt, ended_at AS endedAt, ended_because AS endedBecause, response FROM sessions WHERE organization = ${which} ORDER BY created_at`,
      requests: store.all<object>`SELECT id, profile, revision, test, address, issued_at AS issuedAt, answered_at AS answeredAt FROM requests WHERE organization = ${which} ORDER BY issued_at`,
      responses: responsesOf(store, which),
      audit: auditOf(store, which),
    };
  }

  return router;
}

const withToken =
  (token: string): RequestHandler =>
  (request, response, next) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && isSameSecret(given, token)) return next();
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer')
      .json({ error: 'the control routes need the token: Authorization: Bearer …' });
  };

const refusal =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    if (error instanceof z.ZodError)
      return void response.status(400).json({ error: explain(error), issues: error.issues });
    if (error instanceof ControlError) return void response.status(error.status).json({ error: error.message });
    const { status, message } = error as { status?: number; message?: string };
    if (status !== undefined && status < 500)
      return void response.status(status).json({ error: `the body cannot be read: ${message}` });
    sp.errors.push({
      at: '',
      reference: '',
      route: `${request.method} ${request.path}`,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    response.status(500).json({ error: 'an unexpected error; see /control/errors' });
  };
