/** The canonical form, written out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml } from '../sign-in/parse.ts';
import { type CanonicalForm, canonicalize } from './exclusive-c14n.ts';

const rows: Readonly<Record<string, [xml: string, canonical: string, form?: CanonicalForm]>> = {
  'only namespaces that are used': [
    '<p:a xmlns:p="urn:p" xmlns:q="urn:q" xmlns="urn:d"><b q:c="1"/></p:a>',
    '<p:a xmlns:p="urn:p"><b xmlns="urn:d" xmlns:q="urn:q" q:c="1"></b></p:a>',
  ],
  'listed prefixes, and #default for the default namespace': [
    '<p:a xmlns:p="urn:p" xmlns:q="urn:q" xmlns="urn:d"><p:b/></p:a>',
    '<p:a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><p:b></p:b></p:a>',
    { prefixList: '#default\tq\n none' },
  ],
  'a default namespace that ends': [
    '<a xmlns="urn:d"><p:b xmlns:p="urn:p" xmlns=""><c/></p:b></a>',
    '<a xmlns="urn:d"><p:b xmlns="" xmlns:p="urn:p"><c></c></p:b></a>',
    { prefixList: '#default' },
  ],
  'prefixes and names by code point': [
    '<a xmlns:b="urn:1" xmlns:B="urn:2" xmlns:_b="urn:3" b:z="" B:y="" _b:x="" é="" z="" Z=""/>',
    '<a xmlns:B="urn:2" xmlns:_b="urn:3" xmlns:b="urn:1" Z="" z="" é="" b:z="" B:y="" _b:x=""></a>',
  ],
  'references, line breaks and sections': [
    '<a b="&lt;&quot;&gt;&#9;&#10;&#13;">&lt;&gt;"\n&#13;<![CDATA[<&]]></a>',
    '<a b="&lt;&quot;>&#x9;&#xA;&#xD;">&lt;&gt;"\n&#xD;&lt;&amp;</a>',
  ],
  'instructions, and no comments': ['<a><!-- c --><?p  d ?><?p?></a>', '<a><?p d ?><?p?></a>'],
  'comments if they are wanted': ['<a><!-- c --></a>', '<a><!-- c --></a>', { withComments: true }],
  'attributes of the prefix xml, and names that begin with xmlns': [
    '<a xml:lang="en" xmlnsx="1"/>',
    '<a xmlnsx="1" xml:lang="en"></a>',
  ],
};
for (const [name, [xml, canonical, form]] of Object.entries(rows))
  test(name, () => assert.equal(canonicalize(parseXml(xml).documentElement, form), canonical));

test('an element inside a document has the namespaces of its ancestors', () => {
  const [inside] = Array.from(parseXml('<p:a xmlns:p="urn:p" xmlns:q="urn:q"><p:b/></p:a>').documentElement.childNodes);
  assert.equal(canonicalize(inside as Element), '<p:b xmlns:p="urn:p"></p:b>');
  assert.equal(canonicalize(inside as Element, { prefixList: 'q' }), '<p:b xmlns:p="urn:p" xmlns:q="urn:q"></p:b>');
});
