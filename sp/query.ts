/** Reads a request's query string as sent. */
import type { Request } from 'express';

/** The unchanged query string, without the question mark. The rest of the URL may be malformed. */
export const queryOf = ({ originalUrl }: Pick<Request, 'originalUrl'>): string =>
  /\?([^#]*)/.exec(originalUrl)?.[1] ?? '';
