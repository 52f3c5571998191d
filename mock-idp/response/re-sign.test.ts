/** New signatures over an edited message are valid for an independent verifier; the old ones are not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SignedXml } from 'xml-crypto';
import { childOf, childrenOf, parseXml } from '../sign-in/parse.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import { reSign } from './re-sign.ts';
import { honestSignature, sign } from './signing.ts';
import { element, render } from './xml.ts';

const keys = await createKeyPair({
  commonName: 'Acme',
  notBefore: new Date('2026-01-01'),
  notAfter: new Date('2030-01-01'),
});

const message = (): string => {
  const assertion = sign(
    element('saml:Assertion', { ID: '_a' }, element('saml:Issuer', {}, 'idp'), element('saml:Subject', {}, 'sam & co')),
    honestSignature(keys),
  );
  return render(
    sign(element('samlp:Response', { ID: '_r' }, element('saml:Issuer', {}, 'idp'), assertion), honestSignature(keys)),
  );
};

/** True for each valid signature, of the message and of the assertion. */
function hold(xml: string, { certificate }: KeyPair): boolean[] {
  const root = parseXml(xml).documentElement;
  return [root, ...childrenOf(root, 'saml:Assertion')].map((signed) => {
    const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
    verifier.loadSignature(childOf(signed, 'ds:Signature') as never);
    try {
      return verifier.checkSignature(xml);
    } catch {
      return false;
    }
  });
}

test('an edited message is valid again after it is signed again', () => {
  const edited = message().replace('sam &amp; co', 'grace &lt; co');
  assert.deepEqual(hold(edited, keys), [false, false]);
  const signed = reSign(edited, keys);
  assert.deepEqual(hold(signed, keys), [true, true]);
  assert.match(signed, /grace &lt; co/);
});

test('line breaks, comments and other prefixes in the edited text do no harm', () => {
  const edited = message()
    .replaceAll('<saml:Subject>', '\n  <saml:Subject\n>')
    .replace('sam &amp; co', '\n<!-- who? --><x:y xmlns:x="urn:x" b="1" a="2"/>\n');
  assert.deepEqual(hold(reSign(edited, keys), keys), [true, true]);
});

test('prefixes are sorted by code point, in any locale', () => {
  const prefixes = '<x xmlns:b="urn:b" xmlns:B="urn:B" xmlns:_b="urn:_b" b:a="" B:a="" _b:a=""/>';
  const signed = reSign(message().replace('sam &amp; co', prefixes), keys);
  const bare = signed.replaceAll(/<ds:Signature.*?<\/ds:Signature>/gs, '');
  const canonical = bare
    .slice(bare.indexOf('<saml:Assertion'), bare.indexOf('</samlp:Response>'))
    .replace(prefixes, '<x xmlns:B="urn:B" xmlns:_b="urn:_b" xmlns:b="urn:b" B:a="" _b:a="" b:a=""></x>')
    .replace(/(<saml:Assertion)(?! xmlns)/, '$1 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"');
  const [, , digest] = /URI="#(_a)".*?<ds:DigestValue>([^<]*)/s.exec(signed)!;
  assert.equal(createHash('sha256').update(canonical).digest('base64'), digest, canonical);
});

test('an unsigned element stays unsigned', () => {
  const edited = message().replace(/<ds:Signature.*?<\/ds:Signature>/s, '');
  const signed = parseXml(reSign(edited, keys)).documentElement;
  assert.equal(childOf(signed, 'ds:Signature'), undefined);
  assert.ok(childOf(childOf(signed, 'saml:Assertion')!, 'ds:Signature'));
});

test('each assertion of several is signed by itself', () => {
  const honest = message();
  const [assertion] = /<saml:Assertion.*<\/saml:Assertion>/s.exec(honest)!;
  const second = assertion
    .replace('ID="_a"', 'ID="_b"')
    .replace('URI="#_a"', 'URI="#_b"')
    .replace('sam &amp;', 'ada &amp;');
  const edited = honest.replace(assertion, `${assertion}${second}`);
  assert.equal(hold(edited, keys)[2], false);
  assert.deepEqual(hold(reSign(edited, keys), keys), [true, true, true]);
});

test('several signatures of one element are replaced by one new signature, in the place of the first', () => {
  const [signature] = /<ds:Signature.*?<\/ds:Signature>/s.exec(message())!;
  const edited = message().replace('<saml:Assertion', `${signature}<saml:Assertion`);
  const signed = reSign(edited, keys);
  const root = parseXml(signed).documentElement;
  const names = Array.from(root.childNodes).map(({ nodeName }) => nodeName);
  assert.deepEqual(names, ['saml:Issuer', 'ds:Signature', 'saml:Assertion']);
  assert.deepEqual(hold(signed, keys), [true, true]);
});

test('a text longer than a request can be signed again, up to four million characters', () => {
  const padded = (length: number): string => message().padEnd(length);
  assert.deepEqual(hold(reSign(padded(300_000), keys).trimEnd(), keys), [true, true]);
  assert.throws(() => reSign(padded(4 * 1024 * 1024 + 1), keys), /longer than 4194304 characters/);
});

test('text that is not XML is rejected with the reason', () => {
  assert.throws(() => reSign('<a><b></a>', keys), /not well-formed/);
  assert.throws(() => reSign(message().replace(' ID="_r"', ''), keys), /has no ID/);
});
