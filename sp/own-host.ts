/** Rejects requests for another host name, which may be an attacker's domain that points here (DNS rebinding). */
import type { RequestHandler } from 'express';
import type { ServiceProvider } from './service-provider.ts';

/** Host names of the loopback address, which an attacker's domain cannot have. */
const loopback = ['localhost', '127.0.0.1', '[::1]'];

export function ownHostOnly({ url }: Pick<ServiceProvider, 'url'>): RequestHandler {
  const own = new URL(url).hostname;
  return (request, response, next) => {
    const { hostname } = URL.parse(`http://${request.headers.host ?? ''}`) ?? {};
    if (hostname !== undefined && [own, ...loopback].includes(hostname)) return next();
    response
      .status(421)
      .type('text')
      .send(`The service provider responds only at ${url}. Behind a proxy, pass on the Host header.\n`);
  };
}
