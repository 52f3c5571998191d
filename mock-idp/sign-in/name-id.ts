/** The NameID of a user for an app (SAML core 8.3). */
import { createHmac } from 'node:crypto';
import { nameIdFormats } from '../response/saml-values.ts';
import { newId, secretOf } from '../tenants/seed.ts';
import { type App, type Tenant, type User, userKey } from '../tenants/state.ts';

export interface NameId {
  nameId: string;
  nameIdFormat: string;
}

/**
 * Uses the requested format, or else the app's. Without either, and for a user without an email, the format is that of
 * an email address if the NameID is one, and otherwise unspecified.
 */
export function nameIdOf(tenant: Tenant, app: App, user: User, requested: string | undefined): NameId {
  const value = user.nameId ?? user.email ?? user.username;
  const usual = isEmail(value) ? nameIdFormats.emailAddress : nameIdFormats.unspecified;
  const open = requested === undefined || requested === nameIdFormats.unspecified;
  const wanted = open ? (app.nameIdFormat ?? usual) : requested;
  const format = wanted === nameIdFormats.emailAddress && !hasEmail(user) ? usual : wanted;
  if (format === nameIdFormats.transient) return { nameId: newId(tenant, 'name-id'), nameIdFormat: format };
  if (format === nameIdFormats.persistent) return { nameId: pairwiseId(tenant, app, user), nameIdFormat: format };
  return { nameId: value, nameIdFormat: format };
}

/**
 * False if a NameID in the format of an email address would be the bare username.
 * A NameID of the user's own may be any.
 */
export const hasEmail = ({ nameId, email, username }: User): boolean =>
  nameId !== undefined || isEmail(email ?? username);

const isEmail = (text: string): boolean => /^[^@\s]+@[^@\s]+$/.test(text);

/** Stable for this user and this app, and different for other apps. */
const pairwiseId = (tenant: Tenant, app: App, user: User): string =>
  createHmac('sha256', secretOf(tenant))
    .update(JSON.stringify([app.entityId, userKey(user.username)]))
    .digest('base64url');
