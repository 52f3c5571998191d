/** The plain part of a TLS proxy: passes requests on to a service provider, as they are. */
import { type RequestListener, request } from 'node:http';

export const passOnTo =
  (port: number): RequestListener =>
  (received, response) => {
    const { method, url: path, rawHeaders: headers } = received;
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (reply) => {
      response.writeHead(reply.statusCode!, reply.rawHeaders);
      reply.pipe(response);
    });
    onward.once('error', () => response.destroy());
    received.pipe(onward);
  };
