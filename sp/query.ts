/** The query of a request as it was sent. */
import type { Request } from 'express';

/** Octet for octet, without its question mark; the rest of the request's address may be anything. */
export const queryOf = ({ originalUrl }: Pick<Request, 'originalUrl'>): string =>
  /\?([^#]*)/.exec(originalUrl)?.[1] ?? '';
