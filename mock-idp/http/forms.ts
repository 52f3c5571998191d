/** Reads posted forms. Those of sign-ins are short and plain, and most of Express's reader is for others. */
import express, { type Request, type RequestHandler } from 'express';

const longest = 64 * 1024;
const mostFields = 50;

const expressReader = (): RequestHandler =>
  express.urlencoded({ extended: false, limit: '1mb', parameterLimit: mostFields });

/** Sets `request.body` as Express's reader does; that one reads all forms that are not plain. */
export function readForms(readOther = expressReader()): RequestHandler {
  return (request, response, next) => {
    const length = lengthOf(request);
    if (length === undefined) return readOther(request, response, next);
    request.once('readable', () => {
      const octets = request.read() as Buffer | null;
      const fields = octets?.length === length ? plainFields(octets.toString('latin1')) : undefined;
      if (fields === undefined) {
        if (octets !== null) request.unshift(octets);
        return readOther(request, response, next);
      }
      request.body = fields;
      request.resume(); // to its end, which has no octets
      next();
    });
  };
}

/** The length in octets; undefined unless it is a short form without any encoding. */
function lengthOf({ method, headers }: Request): number | undefined {
  if (method !== 'POST' || headers['content-type'] !== 'application/x-www-form-urlencoded') return undefined;
  if (headers['content-encoding'] !== undefined || headers['transfer-encoding'] !== undefined) return undefined;
  const length = Number(headers['content-length']);
  return length > 0 && length <= longest ? length : undefined;
}

/** Undefined for names in brackets, a name twice, characters that are not ASCII, and malformed escapes. */
function plainFields(text: string): Record<string, string> | undefined {
  if (!/^[!-Z\\^-~]*$/.test(text)) return undefined;
  const pairs = text.split('&');
  if (pairs.length > mostFields) return undefined;
  const fields: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z]{1,40})=(.*)$/.exec(pair) ?? [];
    if (name === undefined || Object.hasOwn(fields, name)) return undefined;
    const decoded = decode(value!);
    if (decoded === undefined) return undefined;
    fields[name] = decoded;
  }
  return fields;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
