/** Reads forms strictly, and rejects those posted by another site. */
import { type Request, type RequestHandler, type Response, urlencoded } from 'express';
import { z } from 'zod';
import { strict } from './known-keys.ts';
import { mostUsers } from './organization.ts';
import { PageError } from './page-error.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';

/** Parses a posted form of up to 256 KiB, which is enough for a profile's settings. */
export const formBody = urlencoded({ extended: false, limit: 256 * 1024, parameterLimit: 200 });

/** Parses the form with two lists of all users of an organization. */
export const manyFields = urlencoded({ extended: false, limit: 1024 * 1024, parameterLimit: 2 * mostUsers + 10 });

/** The fields of a form by this shape. Throws ZodError for invalid or unknown fields, shown as an error page. */
export const fields = <Shape extends z.core.$ZodLooseShape>(
  request: Request,
  shape: Shape,
): z.infer<z.ZodObject<Shape, z.core.$strict>> =>
  strict(shape).parse(request.body ?? {}) as z.infer<z.ZodObject<Shape, z.core.$strict>>;

export const text = (max: number) =>
  z.string({ error: 'must be present exactly once' }).max(max, `must have at most ${max} characters`);
export const ticked = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes');
/** A field that may be repeated for each user. */
export const several = (max: number) =>
  z
    .union([text(max), z.array(text(max))])
    .optional()
    .transform((value = []) => [value].flat())
    .refine(({ length }) => length <= mostUsers, `select at most ${mostUsers}`);

/**
 * Rejects forms from another site, by Sec-Fetch-Site or, if the browser does not send it (over plain http), by Origin.
 * Only the ACS and the logout endpoint accept such forms.
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
        'Nothing was saved, because the form was sent by another site. Open the page here and submit it again.',
      );
    return next();
  };
