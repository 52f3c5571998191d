/** Answers only under its own name: any other may be a stranger's domain that points here (DNS rebinding). */
import type { RequestHandler } from 'express';
import type { ServiceProvider } from './service-provider.ts';

/** Names of the loopback address, which no domain of a stranger can have. */
const loopback = ['localhost', '127.0.0.1', '[::1]'];

export function ownHostOnly({ url }: Pick<ServiceProvider, 'url'>): RequestHandler {
  const own = new URL(url).hostname;
  return (request, response, next) => {
    const { hostname } = URL.parse(`http://${request.headers.host ?? ''}`) ?? {};
    if (hostname !== undefined && [own, ...loopback].includes(hostname)) return next();
    response
      .status(421)
      .type('text')
      .send(`The service provider answers only at ${url}. Behind a proxy, let it pass the Host header on.\n`);
  };
}
