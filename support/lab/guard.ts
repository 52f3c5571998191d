/** Restricts the lab to this machine's browsers, this machine's names, and forms of the lab's own pages. */
import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Names of this machine's loopback address. Any other name may be a foreign domain that points here. */
const ownNames = ['localhost', '127.0.0.1', 'lab.localhost'];

export const ownHostOnly: RequestHandler = (request, response, next) => {
  const { hostname } = URL.parse(`http://${request.headers.host ?? ''}`) ?? {};
  if (hostname !== undefined && ownNames.includes(hostname)) return next();
  response
    .status(421)
    .type('text')
    .send(`The lab is only available at ${ownNames.join(', ')}.\n`);
};

/** Rejects forms of other sites by Sec-Fetch-Site or, in browsers without it, by Origin. */
export const ownFormsOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  const site = request.headers['sec-fetch-site'];
  const own =
    site === undefined ? request.headers.origin === `http://${request.headers.host ?? ''}` : site === 'same-origin';
  if (own) return next();
  response
    .status(403)
    .type('text')
    .send('This form came from another site, so it was rejected. Open the page in the lab and try again.\n');
};

export const nonceOf = (response: Response): string => response.locals.nonce as string;

/** Nothing from other sites, no script except the page's own, and no framing. Emails have their own policy. */
export const headers: RequestHandler[] = [
  (_request, response, next) => {
    response.locals.nonce = randomBytes(16).toString('base64');
    response.set('Cache-Control', 'no-store');
    next();
  },
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'frame-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        'script-src': [(_request, response) => `'nonce-${nonceOf(response as unknown as Response)}'`],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false, // plain http on this machine
    originAgentCluster: false,
  }) as RequestHandler,
];
