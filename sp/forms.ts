/** Forms: reading them strictly, and refusing those that another site posted. */
import { type Request, type RequestHandler, type Response, urlencoded } from 'express';
import { z } from 'zod';
import { strict } from './known-keys.ts';
import { mostUsers } from './organization.ts';
import { PageError } from './page-error.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';

/** Reads a posted form; 256 KiB leave room for uploaded metadata. */
export const formBody = urlencoded({ extended: false, limit: 256 * 1024, parameterLimit: 200 });

/** Reads the form on which all users of an organization may be ticked, in two lists. */
export const manyFields = urlencoded({ extended: false, limit: 1024 * 1024, parameterLimit: 2 * mostUsers + 10 });

/** The fields of a form by this shape; unknown ones are rejected. Throws ZodError, shown as a page with the field. */
export const fields = <Shape extends z.core.$ZodLooseShape>(
  request: Request,
  shape: Shape,
): z.infer<z.ZodObject<Shape, z.core.$strict>> =>
  strict(shape).parse(request.body ?? {}) as z.infer<z.ZodObject<Shape, z.core.$strict>>;

export const text = (max: number) =>
  z.string({ error: 'must be given once' }).max(max, `may have at most ${max} characters`);
export const ticked = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes');
/** A field that may come once for each user. */
export const several = (max: number) =>
  z
    .union([text(max), z.array(text(max))])
    .optional()
    .transform((value = []) => [value].flat())
    .refine(({ length }) => length <= mostUsers, `at most ${mostUsers} may be chosen`);

/**
 * Cross-site posts change nothing: browsers say where a post comes from by Sec-Fetch-Site or, where that is not sent
 * (plain http), by Origin. The assertion consumer service is the one place that another site must post to.
 */
export const ownFormsOnly =
  (sp: ServiceProvider): RequestHandler =>
  (request: Request, _response: Response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return next();
    const site = request.headers['sec-fetch-site'];
    const own =
      site === undefined
        ? request.headers.origin === new URL(endpointsOf(sp, '').entityId).origin
        : site === 'same-origin';
    if (!own)
      throw new PageError(
        'form-cross-site',
        'The form was sent by another site, so nothing was done. Open the page here and send it again.',
      );
    return next();
  };
