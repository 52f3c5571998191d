/** Messages that try to break or delay the identity provider before any signature is verified. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { algorithms, honestSignature, sign } from '../response/signing.ts';
import { element, render } from '../response/xml.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import { receive } from './incoming.ts';

let rsa: KeyPair;
let elliptic: KeyPair;
before(async () => {
  const span = { commonName: 'sp', notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 1e9) };
  rsa = await createKeyPair(span);
  elliptic = await createKeyPair({ ...span, algorithm: 'ecdsa-p256' });
});

const id = '_a-message-of-this-test';
const empty = element('samlp:AuthnRequest', { ID: id, Version: '2.0' });

test('only listed signature algorithms are accepted, not inherited property names', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', '', algorithms.ecdsaSha256];
  const cases = [...names.map((name) => ({ name, pair: rsa })), { name: algorithms.rsaSha256, pair: elliptic }];
  for (const { name, pair } of cases)
    for (const Signature of ['', 'AAAA', 'x'.repeat(10_000)]) {
      const SAMLRequest = deflateRawSync(render(empty)).toString('base64');
      const query = new URLSearchParams({ SAMLRequest, SigAlg: name, Signature }).toString();
      const message = receive({ binding: 'redirect', query }, 'SAMLRequest');
      assert.throws(() => message.verify([pair.certificate]), { code: 'request-signature-bad' }, name);
    }
});

/** Reads and verifies it as an AuthnRequest of an app with five certificates. */
function rejectionOf(xml: string): string | undefined {
  const fields = { SAMLRequest: Buffer.from(xml).toString('base64') };
  try {
    receive({ binding: 'post', fields }, 'SAMLRequest').verify(Array<string>(5).fill(elliptic.certificate));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Processor time in milliseconds, the least of three. */
function costOf(xml: string): number {
  const once = (): number => {
    const begun = process.cpuUsage();
    rejectionOf(xml);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
  return Math.min(once(), once(), once());
}

const prefixes = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `p${from + index}`);
const transform = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>';
const withPrefixList = (xml: string, list: string): string =>
  xml.replace(
    /<ds:Transform Algorithm="http:\/\/www.w3.org\/2001\/10\/xml-exc-c14n#"[^>]*>(<\/ds:Transform>)?/,
    `${transform.replace('/>', '>')}<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"
      PrefixList="${list}"/></ds:Transform>`,
  );
const inside = (xml: string, content: string): string => xml.replace('</samlp:AuthnRequest>', `${content}$&`);
const nested = (depth: number, of: number): string =>
  Array.from(
    { length: depth },
    (_, level) =>
      `<x ${prefixes(of, level * of)
        .map((name) => `xmlns:${name}="u"`)
        .join(' ')}>`,
  ).join('') +
  '<y/>'.repeat(400) +
  '</x>'.repeat(depth);
const attributes = (elements: number, of = 60): string =>
  `<x ${prefixes(of)
    .map((name, index) => `xmlns:${name}="u${index}"`)
    .join(' ')}>${`<y ${prefixes(of)
    .map((name) => `${name}:b=""`)
    .join(' ')}/>`.repeat(elements)}</x>`;

/** The maximum of everything that is accepted, so that all of it reaches the verification. */
const theMost = (xml: string): string =>
  withPrefixList(inside(xml, attributes(18, 28) + '<!---->'.repeat(60) + '<x/>'.repeat(250)), prefixes(50).join(' '));

const hostile: Record<string, (honest: string, times: number) => string> = {
  'many transforms': (xml, times) => xml.replace(/<ds:Transforms>/, `$&${transform.repeat(100 * times)}`),
  'many references': (xml, times) => xml.replace(/<ds:Reference.*<\/ds:Reference>/s, (one) => one.repeat(20 * times)),
  'many comments': (xml, times) => inside(xml, '<!---->'.repeat(2_000 * times)),
  'many processing instructions': (xml, times) => inside(xml, '<?x?>'.repeat(2_000 * times)),
  'many CDATA sections': (xml, times) => inside(xml, '<![CDATA[x]]>'.repeat(1_000 * times)),
  'many elements': (xml, times) => inside(xml, '<x/>'.repeat(1_000 * times)),
  'many character references': (xml, times) => inside(xml, '&#65;&amp;'.repeat(1_500 * times)),
  'deeply nested elements': (xml, times) => inside(xml, '<x>'.repeat(500 * times) + '</x>'.repeat(500 * times)),
  'many prefixes in nested elements': (xml, times) =>
    withPrefixList(inside(xml, nested(10, 10 * times)), prefixes(100 * times).join(' ')),
  'a long PrefixList over many attributes': (xml, times) =>
    withPrefixList(inside(xml, attributes(20 * times)), prefixes(2_000 * times).join(' ')),
  'the maximum of everything': theMost,
};

test('a hostile message costs little more than a correct one, no matter what it repeats', () => {
  const honest = render(sign(empty, honestSignature(rsa)));
  assert.match(rejectionOf(honest)!, /was not made over this message/);
  const usual = Math.max(costOf(honest), 2);
  for (const [name, change] of Object.entries(hostile)) {
    const xml = change(honest, 4);
    assert.notEqual(xml, honest, name);
    if (change === theMost) assert.match(rejectionOf(xml)!, /was not made over this message/);
    const cost = costOf(xml);
    assert.ok(cost < 20 * usual, `${name}: ${cost} ms of processor time, an honest message ${usual} ms`);
  }
});

test('signatures of common libraries are accepted: with a PrefixList, comments, either canonicalisation', () => {
  const honest = render(sign(empty, honestSignature(rsa)));
  const fields = { SAMLRequest: Buffer.from(honest).toString('base64') };
  receive({ binding: 'post', fields }, 'SAMLRequest').verify([elliptic.certificate, rsa.certificate]);
  for (const xml of [
    withPrefixList(honest, 'xs xsi #default saml samlp ds'),
    inside(honest, '<!-- made by a library -->'),
    honest.replace('xml-exc-c14n#"', 'xml-exc-c14n#WithComments"'),
  ])
    assert.match(rejectionOf(xml)!, /was not made over this message/);
});
