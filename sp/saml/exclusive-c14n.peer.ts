/** Hundreds of made-up documents, signed over our canonical forms, and verified by xmlsec1 and by ourselves. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { childNamed, ns } from './dom.ts';
import { canonicalized, namespacesAround } from './exclusive-c14n.ts';
import type { Offline } from './judgement.ts';
import { signers, uris } from './message.fixture.ts';
import { canonicalizedAs } from './other-canonicalization.ts';
import { parse } from './read.ts';
import { verify } from './verify.ts';

const installed = spawnSync('xmlsec1', ['--version']).status === 0;
const count = 400;

const prefix = fc.constantFrom('a', 'B', 'b', 'Z', '_z', 'é', 'a-b', 'xs');
// Without an ampersand: libxml2 writes it as &#38; in a namespace, against Canonical XML 1.0, section 2.3.
const uri = fc.constantFrom('urn:1', 'urn:2', 'http://x.example/?a;b', 'urn:z');
const declaration = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(prefix, uri).map(([name, value]) => [`xmlns:${name}`, value] as const) },
  { weight: 1, arbitrary: fc.oneof(uri, fc.constant('')).map((value) => ['xmlns', value] as const) },
);
const value = fc.constantFrom('', 'x', '&lt;&quot;', '&#9;&#10;&#13;', 'é', '>', '\u{1F600}', "'");
const attribute = fc.tuple(
  fc.oneof(
    prefix.map((one) => `${one}:`),
    fc.constant(''),
    fc.constant('xml:'),
  ),
  fc.constantFrom('q', 'Q', 'xmlnsQ', 'lang', 'é', '_'),
  value,
);
const text = fc.constantFrom(
  '',
  'x',
  ' \n\t',
  '&amp;&gt;',
  '<!-- c -->',
  '<![CDATA[<&>]]>',
  '&#13;',
  '\u{1F600}',
  '&#x85;',
);

interface Node {
  prefix: string;
  declarations: (readonly [string, string])[];
  attributes: (readonly [string, string, string])[];
  children: (Node | string)[];
}
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.record({
    prefix: fc.oneof(fc.constant(''), prefix),
    declarations: fc.array(declaration, { maxLength: 3 }),
    attributes: fc.array(attribute, { maxLength: 3 }),
    children: fc.array(fc.oneof({ maxDepth: 3 }, text, tie('tree')), { maxLength: 3 }),
  }),
}));
const list = fc.array(fc.oneof(prefix, fc.constant('#default'), fc.constant('samlp')), { maxLength: 4 });

/** The text of a node. Prefixes that are not declared are left out. */
function textOf(node: Node | string, inScope: readonly string[]): string {
  if (typeof node === 'string') return node;
  const own = new Map(node.declarations);
  const known = [...inScope, ...[...own.keys()].map((name) => name.slice('xmlns:'.length))];
  const name = known.includes(node.prefix) && node.prefix !== '' ? `${node.prefix}:e` : 'e';
  const attributes = node.attributes.filter(
    ([one]) => one === '' || one === 'xml:' || known.includes(one.slice(0, -1)),
  );
  // One attribute of each local name, so that no two are the same in one namespace.
  const single = new Map(attributes.map(([one, local, written]) => [local, `${one}${local}="${written}"`]));
  const parts = [name, ...[...own].map(([one, written]) => `${one}="${written}"`), ...single.values()];
  return `<${parts.join(' ')}>${node.children.map((child) => textOf(child, known)).join('')}</${name}>`;
}

/** An assertion in a response, signed with the node's own crypto over our canonical form. */
function signed({ outer, inner, forContent, forSignedInfo, tag, algorithm = uris.exclusive, xml = '' }: Made): string {
  const declarations = (all: Node['declarations']): string =>
    [...new Map(all)].map(([name, uri]) => ` ${name}="${uri}"`).join('');
  const known = (all: Node['declarations']): string[] => all.map(([name]) => name.slice('xmlns:'.length));
  const content = inner.map((node) => textOf(node, [...known(outer), ...known(tag)])).join('\n');
  const listed = (prefixes: string[]): string =>
    prefixes.length === 0
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${uris.exclusive}" PrefixList="${prefixes.join(' ')}"/>`;
  const info = (digest: string): string =>
    `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${algorithm}">` +
    `${listed(forSignedInfo)}</ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${uris.rsaSha256}"/><ds:Reference URI="#_a"><ds:Transforms>` +
    `<ds:Transform Algorithm="${uris.enveloped}"/>` +
    `<ds:Transform Algorithm="${algorithm}">${listed(forContent)}</ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${uris.sha256}"/><ds:DigestValue>${digest}</ds:DigestValue>` +
    '</ds:Reference></ds:SignedInfo>';
  const whole = (signature: string): string =>
    `<samlp:Response xmlns:samlp="${ns.samlp}" ID="_r"${declarations(outer)}${xml}>` +
    `<saml:Assertion xmlns:saml="${ns.saml}" ID="_a"${declarations(tag)}>${signature}${content}</saml:Assertion>` +
    '</samlp:Response>';
  const wrapped = (digest: string, signatureValue: string): string =>
    whole(
      `<ds:Signature xmlns:ds="${ns.ds}">${info(digest)}` +
        `<ds:SignatureValue>${signatureValue}</ds:SignatureValue></ds:Signature>`,
    );
  const assertion = (xml: string): Element => childNamed(parse(xml).documentElement, ns.saml, 'Assertion')!;
  const bare = assertion(whole(''));
  const formOf = (element: Element, prefixes: string[]): string =>
    algorithm === uris.exclusive
      ? canonicalized(element, { prefixes, inherited: namespacesAround(element) })
      : canonicalizedAs(algorithm, element, prefixes);
  const form = formOf(bare, forContent);
  const digest = createHash('sha256').update(form).digest('base64');
  const signedInfo = childNamed(childNamed(assertion(wrapped(digest, '')), ns.ds, 'Signature'), ns.ds, 'SignedInfo')!;
  const octets = formOf(signedInfo, forSignedInfo);
  return wrapped(digest, sign('sha256', Buffer.from(octets), signers.idp.privateKey).toString('base64'));
}

interface Made {
  outer: Node['declarations'];
  tag: Node['declarations'];
  inner: Node[];
  forContent: string[];
  forSignedInfo: string[];
  algorithm?: string;
  /** Attributes of the response. */
  xml?: string;
}
const made = fc.record<Made>({
  outer: fc.array(declaration, { maxLength: 3 }),
  tag: fc.array(declaration, { maxLength: 3 }),
  inner: fc.array(tree, { maxLength: 3 }),
  forContent: list,
  forSignedInfo: list,
});

const samples = fc.sample(made, { numRuns: count, seed: 20260301 });
const skip = !installed && 'xmlsec1 is not installed';
test(`xmlsec1 and we agree on ${count} documents`, { skip }, () => agree(samples.map(signed)));

for (const algorithm of [
  uris.inclusive,
  `${uris.inclusive}#WithComments`,
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://www.w3.org/2006/12/xml-c14n11#WithComments',
  uris.commented,
])
  test(`xmlsec1 and a diagnosis agree on ${count} documents by ${algorithm}`, { skip }, () => {
    const xml = [' xml:lang="de"', ' xml:lang="de" xml:space="preserve"', ' xml:q="&#9;"', ''];
    const of = (one: Made, index: number): string =>
      signed({ ...one, forContent: [], forSignedInfo: [], algorithm, xml: xml[index % xml.length]! });
    agree(samples.map(of), { allowOtherCanonicalization: true, open: () => ({ text: undefined, rejected: [] }) });
  });

function agree(documents: readonly string[], offline?: Offline): void {
  const folder = mkdtempSync(join(tmpdir(), 'c14n-'));
  try {
    const pem = join(folder, 'certificate.pem');
    writeFileSync(pem, signers.idp.certificate);
    const files = documents.map((xml, index) => {
      const { findings } = verify(xml, parse(xml), {
        certificates: [signers.idp.certificate],
        policies: { allowSha1: false },
        offline,
      });
      assert.deepEqual(findings, [], xml);
      const file = join(folder, `${index}.xml`);
      writeFileSync(file, xml);
      return file;
    });
    const options = [
      '--enabled-key-data',
      'key-name',
      '--pubkey-cert-pem',
      pem,
      '--id-attr:ID',
      `${ns.saml}:Assertion`,
    ];
    execFileSync('xmlsec1', ['--verify', ...options, ...files], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
