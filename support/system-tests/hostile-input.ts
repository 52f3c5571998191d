/** Random pages, replies and captures: each ends with a result or with a sentence. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { asFeature } from '../diagnosis/as-scenario.ts';
import { messagesIn } from '../diagnosis/capture.ts';
import { type ConnectionSettings, readConnectionOptions } from '../diagnosis/connection-options.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { explain } from '../diagnosis/explain.ts';
import { messageView } from '../diagnosis/message-view.ts';
import { createRedactor } from '../diagnosis/redact.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import { whoIsSignedIn } from '../product/signed-in.ts';
import { UnusableReply } from '../stack/foreign-reply.ts';
import { readPage } from '../stack/page.ts';
import { createVisitor } from '../stack/visitor.ts';

/** A few of these, in any order, each possibly repeated many times. */
const patchwork = (pieces: readonly string[], most = 300): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary', maxLength: 8 })),
        fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: most })),
      ),
      { maxLength: 30, size: 'max' },
    )
    .map((parts) => parts.map(([piece, times]) => piece.repeat(times)).join(''));

const names =
  'label,form,input,select,option,textarea,button,a,div,b,p,script,style,title,template,svg,table,tr,xmp,body,head';
const tags = names.split(',').flatMap((name) => [`<${name}>`, `</${name}>`, `<${name} `, `<${name}/>`]);
const attributes = [
  'name=a',
  'value="',
  "type='radio'",
  'checked',
  'action=http://[',
  'href="/x"',
  'method=post',
  'multiple',
];
const markup = [
  '<',
  '>',
  '</',
  '/>',
  '"',
  "'",
  '=',
  '&',
  '&amp;',
  '&#x',
  '&#1114112;',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '<!DOCTYPE html>',
  '\0',
  ' ',
  '\n',
  'You are Alice',
];

export const pages = patchwork([...tags, ...attributes, ...markup]);

const address = new URL('http://sp.localhost/a/page');

/** Throws if a page is not parsed to its end, or if the result has the wrong types. */
export function readAnyPage(html: string): void {
  const { text, spacedText, forms, links } = readPage(html, address);
  assert.doesNotMatch(text, /\s\s|^\s|\s$/);
  for (const { action, fields, buttons } of forms) {
    assert.ok(action instanceof URL);
    for (const { name, value, type } of fields) assert.ok(name !== '' && typeof (value + type) === 'string');
    for (const { label, value } of buttons) assert.equal(typeof (label + value), 'string');
  }
  for (const { target, label } of links) assert.ok(target instanceof URL && typeof label === 'string');
  for (const shown of ['You are {user}', '{user} is here'])
    whoIsSignedIn({ signedIn: { text: shown } }, { url: address, text: spacedText, body: html, cookies: [] });
}

const headerLines = [
  'Content-Type: text/html',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Content-Encoding: gzip, deflate',
  'Content-Length: 5',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Location: /',
  'Location: http://[',
  'Location: //x:99999/',
  'Location: javascript:1',
  'Location: \u00ff',
  'Location:',
  'Set-Cookie: a=b',
  'Set-Cookie: =; Domain=.',
  'Set-Cookie: a=b; Max-Age=99999999999999999999; Path=\u0001',
  `Set-Cookie: ${'a'.repeat(5_000)}`,
  'Set-Cookie: __Host-a=b; Secure',
  ': x',
  'no header',
];
const statusLines = [200, 204, 301, 302, 303, 307, 308, 401, 500, 999, 99].map((status) => `HTTP/1.1 ${status} x`);

/** A reply as sent over the network, byte by byte. */
export const replies: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...statusLines) }, fc.string({ unit: 'binary', maxLength: 20 })),
    fc.array(
      fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...headerLines) }, fc.string({ unit: 'binary', maxLength: 30 })),
      { maxLength: 8 },
    ),
    fc.oneof(
      pages.map((page) => Buffer.from(page)),
      fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    ),
  )
  .map(([status, headers, body]) =>
    Buffer.concat([Buffer.from(`${[status, ...headers].join('\r\n')}\r\n\r\n`, 'latin1'), body]),
  );

export interface AnyServer extends AsyncDisposable {
  /** Visits the server while it sends this to every request. Throws unless the result is a page or a sentence. */
  visit(reply: Buffer): Promise<void>;
}

export async function startAnyServer(): Promise<AnyServer> {
  let reply: Buffer = Buffer.alloc(0);
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const url = new URL(`http://127.0.0.1:${port}/`);
  return {
    async visit(next) {
      reply = next;
      const mayGo = ({ host, protocol }: URL): boolean => host === url.host || protocol !== 'http:';
      try {
        const { text, forms } = await createVisitor({ mayGo, timeoutMs: 60_000 }).visit(url);
        assert.ok(typeof text === 'string' && Array.isArray(forms));
      } catch (error) {
        assert.ok(error instanceof UnusableReply, (error as Error).stack ?? String(error));
        assert.match(error.message, /^[\w-]+:/);
        assert.doesNotMatch(error.message, /could not be reached/);
      }
    },
    [Symbol.asyncDispose]: async () => void (await new Promise((resolve) => server.close(resolve))),
  };
}

const xmlPieces = [
  '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1">',
  '</samlp:Response>',
  '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_2"/>',
  '<saml:Assertion>',
  '</saml:Assertion>',
  '<saml:NameID>',
  '</saml:NameID>',
  '<saml:AttributeValue>a@b.example',
  '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
  '<a b="2026-01-01T00:00:00Z"/>',
  ' InResponseTo="_2"',
  'SessionIndex="',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '&lt;',
  '<?xml version="1.0"?>',
  '<',
  '>',
  '"',
  '@',
  ' ',
  '\n',
  '\u2028',
  '\u202e',
  '\u001b[2J',
  '%2B',
  '=',
];
const xml = patchwork(xmlPieces);
const field = xml.map((text) => `SAMLResponse=${encodeURIComponent(Buffer.from(text).toString('base64'))}`);
const bodies = fc.oneof(
  field,
  patchwork(['SAMLResponse=', 'SAMLRequest=', 'RelayState=', '&', '%', '+', '%3D', 'PHNhbWxw', '\r\n']),
);
const har = fc
  .array(
    fc.record({
      method: fc.constantFrom('GET', 'POST', 'x'),
      url: bodies.map((body) => `http://sp.example/?${body}`),
      postData: fc.oneof(
        bodies,
        bodies.map((text) => ({ text })),
        fc.jsonValue(),
      ),
      startedDateTime: fc.oneof(fc.string(), fc.constant('2026-01-01T00:00:00Z')),
    }),
    { maxLength: 12 },
  )
  .map((requests) => JSON.stringify({ log: { entries: requests.map((request) => ({ request })) } }));
const anyJson = fc.tuple(fc.jsonValue(), fc.nat()).map(([value, cut]) => {
  const text = JSON.stringify([value, 'SAMLResponse=PHNhbWxw']);
  return cut % 3 === 0 ? text.slice(0, cut % (text.length + 1)) : text;
});

/** Files for `diagnose`. */
export const captures: fc.Arbitrary<string> = fc.oneof(
  xml,
  bodies,
  har,
  anyJson,
  xml.map((text) => Buffer.from(text).toString('base64')),
  pages,
);

const settings: ConnectionSettings = await readConnectionOptions({});

/** Throws unless the result is a diagnosis, in each of its forms, or a sentence. */
export function diagnoseAny(capture: string): void {
  try {
    const diagnosed = diagnose(messagesIn(Buffer.from(capture)), { settings, redactor: createRedactor() });
    for (const [index, one] of diagnosed.entries()) {
      assert.match(explain(one, { number: index + 1, total: diagnosed.length }), /ACCEPT|REJECT|UNDETERMINED/);
      if (one.xml !== undefined) String(messageView(one.xml, { label: 'message' }));
    }
    asFeature(diagnosed);
  } catch (error) {
    assert.ok(error instanceof Unreadable, (error as Error).stack ?? String(error));
  }
}

/** A new seed each time; `SEED` repeats one. A failure prints it. */
export const parameters = (numRuns: number): fc.Parameters<unknown> => ({
  numRuns,
  ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }),
});
