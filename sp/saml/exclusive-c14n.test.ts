/** Exclusive canonicalization: rules that xml-crypto breaks, and its examples in the specification. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalized, namespacesAround, prefixesIn } from './exclusive-c14n.ts';
import { parse } from './read.ts';
import { certificate, messages } from './signed-by-xmlsec1.fixture.ts';
import { verify } from './verify.ts';

/** The canonical form of the element with the ID `x`. */
const formOf = (xml: string, list = ''): string => {
  const element = Array.from(parse(xml).getElementsByTagName('*')).find((one) => one.getAttribute('ID') === 'x')!;
  return canonicalized(element, { prefixes: prefixesIn(list), inherited: namespacesAround(element) });
};

const rows: Readonly<Record<string, readonly [xml: string, form: string, list?: string]>> = {
  'an unused prefix is left out': [
    '<r xmlns:a="urn:a"><p:e xmlns:p="urn:p" ID="x"/></r>',
    '<p:e xmlns:p="urn:p" ID="x"></p:e>',
  ],
  'an unused prefix of the list is written at the apex': [
    '<r xmlns:a="urn:a"><e ID="x"><f/></e></r>',
    '<e xmlns:a="urn:a" ID="x"><f></f></e>',
    'a',
  ],
  'a prefix of the list that is declared below': [
    '<e ID="x"><f xmlns:a="urn:a"><g/></f></e>',
    '<e ID="x"><f xmlns:a="urn:a"><g></g></f></e>',
    'a',
  ],
  'a prefix of the list that is not declared': ['<e ID="x"/>', '<e ID="x"></e>', 'a'],
  '#default: the default namespace of an ancestor': [
    '<r xmlns="urn:d"><p:e xmlns:p="urn:p" ID="x"><p:f/></p:e></r>',
    '<p:e xmlns="urn:d" xmlns:p="urn:p" ID="x"><p:f></p:f></p:e>',
    '#default',
  ],
  '#default: undeclared below': [
    '<r xmlns="urn:d"><p:e xmlns:p="urn:p" ID="x"><p:f xmlns=""><g/></p:f></p:e></r>',
    '<p:e xmlns="urn:d" xmlns:p="urn:p" ID="x"><p:f xmlns=""><g></g></p:f></p:e>',
    'p #default',
  ],
  'without #default, the default namespace that nothing uses is left out': [
    '<r xmlns="urn:d"><p:e xmlns:p="urn:p" ID="x"/></r>',
    '<p:e xmlns:p="urn:p" ID="x"></p:e>',
    'p',
  ],
  'the default namespace is undeclared only where an ancestor wrote one': [
    '<r xmlns="urn:d"><p:e xmlns:p="urn:p" ID="x"><f xmlns=""/><f><g xmlns=""/></f></p:e></r>',
    '<p:e xmlns:p="urn:p" ID="x"><f></f><f xmlns="urn:d"><g xmlns=""></g></f></p:e>',
  ],
  'prefixes are sorted by code points': [
    '<Z:e xmlns:Z="urn:1" xmlns:a="urn:2" xmlns:_b="urn:3" xmlns:B="urn:4" a:q="" _b:q="" B:q="" ID="x"/>',
    '<Z:e xmlns:B="urn:4" xmlns:Z="urn:1" xmlns:_b="urn:3" xmlns:a="urn:2" ID="x" a:q="" _b:q="" B:q=""></Z:e>',
  ],
  'attributes are sorted by namespace, then by name; one without namespace comes first': [
    '<e xmlns:b="urn:1" xmlns:a="urn:2" a:z="" b:y="" b:x="" z="" ID="x"/>',
    '<e xmlns:a="urn:2" xmlns:b="urn:1" ID="x" z="" b:x="" b:y="" a:z=""></e>',
  ],
  'an attribute whose name begins with xmlns': ['<e xmlnsID="1" ID="x"/>', '<e ID="x" xmlnsID="1"></e>'],
  'an attribute without prefix uses no namespace': [
    '<r xmlns="urn:d"><p:e xmlns:p="urn:p" ID="x" q="1"/></r>',
    '<p:e xmlns:p="urn:p" ID="x" q="1"></p:e>',
  ],
  'a prefix with a second declaration': [
    '<p:e xmlns:p="urn:1" ID="x"><p:f xmlns:p="urn:2"><p:g xmlns:p="urn:1"/></p:f><p:f/></p:e>',
    '<p:e xmlns:p="urn:1" ID="x"><p:f xmlns:p="urn:2"><p:g xmlns:p="urn:1"></p:g></p:f><p:f></p:f></p:e>',
  ],
  'xml: attributes stay, those of ancestors are not inherited': [
    '<r xml:lang="de"><e xml:space="preserve" ID="x"/></r>',
    '<e ID="x" xml:space="preserve"></e>',
    'xml',
  ],
  'text, CDATA and comments': ['<e ID="x">a&gt;&#13;<![CDATA[<&]]><!-- -->b</e>', '<e ID="x">a&gt;&#xD;&lt;&amp;b</e>'],
  'special characters in attributes': [
    '<e ID="x" q="&lt;&amp;&quot;&#9;&#10;&#13;>\'"/>',
    '<e ID="x" q="&lt;&amp;&quot;&#x9;&#xA;&#xD;>\'"></e>',
  ],
  'an ampersand in a namespace': ['<e xmlns="urn:a?b&amp;c" ID="x"/>', '<e xmlns="urn:a?b&amp;c" ID="x"></e>'],
};
for (const [name, [xml, form, list]] of Object.entries(rows)) test(name, () => assert.equal(formOf(xml, list), form));

test('a PrefixList is separated by any whitespace', () => {
  assert.deepEqual(prefixesIn(' a\n\tb  #default\r'), ['a', 'b', '#default']);
  assert.deepEqual(prefixesIn(undefined), []);
});

for (const [name, xml] of Object.entries(messages))
  test(`a signature by xmlsec1: ${name}`, () => {
    const trust = { certificates: [certificate], policies: { allowSha1: false } };
    const { findings, signed } = verify(xml, parse(xml), trust);
    assert.deepEqual(findings, []);
    const count = xml.split('<ds:Signature ').length - 1;
    assert.equal(signed.length, count);
    const changed = xml.replaceAll('>i</saml:Issuer>', '>j</saml:Issuer>');
    const codes = verify(changed, parse(changed), trust).findings.map(({ code }) => code);
    assert.deepEqual(
      codes,
      Array.from({ length: count }, () => 'altered-in-transit'),
    );
  });
