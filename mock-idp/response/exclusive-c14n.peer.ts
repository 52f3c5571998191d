/** Hundreds of made-up requests, signed over our canonical form: xmlsec1 and the receiver verify each of them. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { receive } from '../sign-in/incoming.ts';
import { childOf, parseXml } from '../sign-in/parse.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { canonicalize } from './exclusive-c14n.ts';
import { algorithms } from './signing.ts';

const installed = spawnSync('xmlsec1', ['--version']).status === 0;
const count = 400;

const keys = await createKeyPair({
  commonName: 'sp',
  notBefore: new Date('2026-01-01'),
  notAfter: new Date('2046-01-01'),
});

const prefixes = ['b', 'B', 'a', '_a', 'Z', 'é', 'xs', 'a-1'];
// Without an ampersand in a namespace: libxml2 writes it as &#38;, against Canonical XML 1.0, section 2.3.
const uris = ['urn:1', 'urn:2', 'http://x.example/?a;b'];
const declarations = fc.uniqueArray(
  fc.tuple(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...prefixes) }, fc.constant('')), fc.constantFrom(...uris)),
  { selector: ([prefix]) => prefix, maxLength: 4 },
);
const values = fc.constantFrom('', 'x', '&lt;&quot;&amp;', '&#9;&#10;&#13;', "é '>", '\u{1F600}');
const texts = fc.constantFrom(
  '',
  ' \n\t',
  '&amp;&gt;',
  '<!-- c -->',
  '<![CDATA[<&>]]>',
  '&#13;',
  '<?p  d ?>',
  '<?p?>',
  '😀',
);

interface Made {
  declared: [prefix: string, uri: string][];
  prefix: string;
  attributes: [prefix: string, name: string, value: string][];
  children: (Made | string)[];
}
const { made } = fc.letrec<{ made: Made }>((tie) => ({
  made: fc.record({
    declared: declarations,
    prefix: fc.constantFrom('', ...prefixes),
    attributes: fc.uniqueArray(
      fc.tuple(fc.constantFrom('', 'xml', ...prefixes), fc.constantFrom('q', 'Q', 'lang', '_', 'xmlnsx'), values),
      { selector: ([, name]) => name, maxLength: 4 },
    ),
    children: fc.array(fc.oneof({ maxDepth: 3 }, texts, tie('made')), { maxLength: 4 }),
  }),
}));

const written = (declared: Made['declared']): string =>
  declared.map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${uri}"`).join('');

/** Prefixes that are not declared are left out. */
function textOf(node: Made | string, inScope: readonly string[]): string {
  if (typeof node === 'string') return node;
  const known = [...inScope, ...node.declared.map(([prefix]) => prefix)];
  const named = (prefix: string, name: string): string =>
    prefix === 'xml' || (prefix !== '' && known.includes(prefix)) ? `${prefix}:${name}` : name;
  const attributes = node.attributes.map(([prefix, name, value]) => ` ${named(prefix, name)}="${value}"`);
  const name = named(node.prefix, 'e');
  const inside = node.children.map((child) => textOf(child, known)).join('');
  return `<${name}${written(node.declared)}${attributes.join('')}>${inside}</${name}>`;
}

const list = fc.uniqueArray(fc.constantFrom('#default', 'samlp', 'none', ...prefixes), { maxLength: 4 });
const requests = fc.record({
  declared: declarations,
  children: fc.array(made, { maxLength: 3 }),
  forContent: list,
  forInfo: list,
  withComments: fc.boolean(),
});

type Request = typeof requests extends fc.Arbitrary<infer One> ? One : never;

function signed({ declared, children, forContent, forInfo, withComments }: Request): string {
  const listed = (all: readonly string[]): string =>
    all.length === 0 ? '' : `<i:InclusiveNamespaces xmlns:i="${algorithms.exclusive}" PrefixList="${all.join('\n')}"/>`;
  const content = children
    .map((one) =>
      textOf(
        one,
        declared.map(([prefix]) => prefix),
      ),
    )
    .join('<!-- between -->\n');
  const method = withComments ? algorithms.exclusiveWithComments : algorithms.exclusive;
  const whole = (signature: string): string =>
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"${written(declared)} ID="_1">` +
    `${signature}${content}</samlp:AuthnRequest>`;
  const withSignature = (digest: string, value: string): string =>
    whole(
      `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><!-- c -->` +
        `<ds:CanonicalizationMethod Algorithm="${method}">${listed(forInfo)}</ds:CanonicalizationMethod>` +
        `<ds:SignatureMethod Algorithm="${algorithms.rsaSha256}"/><ds:Reference URI="#_1"><ds:Transforms>` +
        `<ds:Transform Algorithm="${algorithms.enveloped}"/>` +
        `<ds:Transform Algorithm="${algorithms.exclusive}">${listed(forContent)}</ds:Transform></ds:Transforms>` +
        `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${digest}` +
        `</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue>` +
        '</ds:Signature>',
    );
  const form = canonicalize(parseXml(whole('')).documentElement, { prefixList: forContent.join(' ') });
  const digest = createHash('sha256').update(form).digest('base64');
  const signature = childOf(parseXml(withSignature(digest, '')).documentElement, 'ds:Signature')!;
  const octets = canonicalize(childOf(signature, 'ds:SignedInfo')!, { prefixList: forInfo.join('\t'), withComments });
  return withSignature(digest, sign('sha256', Buffer.from(octets), keys.privateKey).toString('base64'));
}

test(`xmlsec1 and the receiver agree on ${count} requests`, { skip: !installed && 'xmlsec1 is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'c14n-'));
  try {
    const pem = join(folder, 'certificate.pem');
    writeFileSync(pem, keys.certificate);
    const files = fc.sample(requests, { numRuns: count, seed: 20260302 }).map((request, index) => {
      const xml = signed(request);
      const fields = { SAMLRequest: Buffer.from(xml).toString('base64') };
      assert.doesNotThrow(() => receive({ binding: 'post', fields }, 'SAMLRequest').verify([keys.certificate]), xml);
      const file = join(folder, `${index}.xml`);
      writeFileSync(file, xml);
      return file;
    });
    const id = ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest'];
    const options = ['--enabled-key-data', 'key-name', '--pubkey-cert-pem', pem, ...id];
    execFileSync('xmlsec1', ['--verify', ...options, ...files], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
