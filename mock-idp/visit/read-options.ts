/** Checks the options of methods before anything happens: callers without types may pass anything. */
import { z } from 'zod';
import type { Answer, Cookies, SignInOptions, VisitOptions } from '../api.ts';
import { Refused, readInput } from '../tenants/read-input.ts';

const signInOptions = z
  .strictObject({
    request: z.unknown().optional(),
    unsolicited: z.boolean().optional(),
    app: z.string().optional(),
    relayState: z.string().optional(),
  })
  .meta({ title: 'signIn' });

/** Throws Refused for options that contradict each other, so that none is ignored. */
export function readSignInOptions(options: unknown): SignInOptions {
  const { request, unsolicited, ...more } = readInput(signInOptions, options ?? {});
  const isFor = (what: string): Refused =>
    new Refused(400, `${what} is for a response without a request: leave one out`);
  if (request !== undefined && unsolicited) throw isFor('{ unsolicited: true }');
  if (request !== undefined && more.relayState !== undefined) throw isFor('relayState');
  return unsolicited ? { unsolicited, ...more } : ({ request, app: more.app } as SignInOptions);
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const areCookies = (value: unknown): boolean => {
  const { getCookieString, setCookie } = (value ?? {}) as Partial<Cookies>;
  return isFunction(getCookieString) && isFunction(setCookie);
};
const visitOptions = z
  .strictObject({
    fetch: z.custom<typeof fetch>(isFunction, 'must be a function such as fetch').optional(),
    cookies: z.custom<Cookies>(areCookies, 'must be those of a sign-in, or a CookieJar of tough-cookie').optional(),
  })
  .meta({ title: 'the visit' });

/** Throws Refused. */
export const readVisitOptions = (options: VisitOptions | undefined): VisitOptions =>
  readInput(visitOptions, options ?? {}) as VisitOptions;

/** Throws Refused if it is not what `signIn` or `respondToLogout` returns, such as its promise. */
export function checkForm(answer: Answer): void {
  const { action, fields, copies, undelivered } = (answer ?? {}) as Partial<Answer>;
  if (typeof action === 'string' && Array.isArray(fields) && Array.isArray(undelivered) && copies !== undefined) return;
  throw new Refused(400, 'deliver needs the form that signIn or respondToLogout returns: await it, and pass it on');
}

/** Throws Refused if it has no fields to read. */
export function withSettings<Settings extends object>(given: Settings, method: string): Settings {
  const value: unknown = given;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return given;
  throw new Refused(400, `${method} needs an object with settings`);
}
