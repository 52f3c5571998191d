/** Bad input for routes: a list of the worst values, and generators of more. */
import fc from 'fast-check';

export const urlEncoded = (pairs: readonly (readonly [string, string])[]): string =>
  new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();

export const bombs = [
  '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
  '<a>'.repeat(20_000),
  '<?xml version="1.0" encoding="UTF-16"?><a/>',
  '\0',
  '{"__proto__":{"x":1}}',
  '[[[[[[[[',
  '%E0%A4%A',
  '<script>alert(1)</script>',
  Buffer.from('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64'),
  'a@b@c',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '💥'.repeat(300),
  '',
  ' ',
  '-1',
  '9999999999999999999999',
  'null',
  'true',
];
export const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...bombs) },
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
export const fieldNames = [
  'address',
  'password',
  'name',
  'mark',
  'users',
  'recovery',
  'report',
  'SAMLResponse',
  'SAMLRequest',
  'RelayState',
  'SAMLart',
  'SigAlg',
  'Signature',
  'idpEntityId',
  'ssoUrl',
  'certificates',
  'text',
  'username',
  'transaction',
  'profiles',
  'domains',
  'clockOffsetMs',
  'phrase',
  'metadata',
  'apps',
  'after',
  'q',
  'organization',
  'part',
  'fault',
  'code',
  '__proto__',
  'nonsense',
];
const field = fc.constantFrom(...fieldNames);
export const pairs = fc.array(fc.tuple(field, word), { maxLength: 8 });
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.dictionary(field, fc.anything({ maxDepth: 2, withBigInt: false })).map((value) => JSON.stringify(value)),
  fc.array(fc.dictionary(field, word), { maxLength: 3 }).map((value) => JSON.stringify(value)),
);
export const body = fc.oneof(
  pairs.map((all) => ({
    type: 'application/x-www-form-urlencoded',
    octets: urlEncoded(all),
  })),
  json.map((octets) => ({ type: 'application/json', octets })),
  word.map((octets) => ({ type: 'application/x-www-form-urlencoded', octets })),
  word.map((octets) => ({ type: 'multipart/form-data; boundary=x', octets })),
  word.map((octets) => ({ type: 'text/xml', octets })),
  fc.constant({ type: 'application/x-www-form-urlencoded', octets: 'x='.padEnd(4_000_000, 'y') }),
);

/** One path segment from any text: never empty, and never only dots, which clients resolve. */
export const segment = (text: string): string =>
  encodeURIComponent(text.toWellFormed().slice(0, 60)).replace(/^(%2E|\.)+$/i, 'dots') || 'empty';
