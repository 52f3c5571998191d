/** Canonical XML 1.0 and 1.1. A peer test compares hundreds of documents with xmlsec1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uris } from './message.fixture.ts';
import { canonicalizedAs, isCarriedOut } from './other-canonicalization.ts';
import { parse } from './read.ts';

const elementOf = (xml: string): Element =>
  Array.from(parse(xml).getElementsByTagName('*')).find((one) => one.getAttribute('ID') === 'x')!;
const version10 = uris.inclusive;
const version11 = 'http://www.w3.org/2006/12/xml-c14n11';

const rows: Readonly<Record<string, readonly [xml: string, form10: string, form11?: string]>> = {
  'every namespace of the ancestors is written at the apex, used or not': [
    '<r xmlns="urn:d" xmlns:b="urn:b" xmlns:a="urn:a"><a:e ID="x"><f/></a:e></r>',
    '<a:e xmlns="urn:d" xmlns:a="urn:a" xmlns:b="urn:b" ID="x"><f></f></a:e>',
  ],
  'a namespace is written again only where it changes': [
    '<e xmlns:a="urn:1" ID="x"><f xmlns:a="urn:1"/><f xmlns:a="urn:2"/></e>',
    '<e xmlns:a="urn:1" ID="x"><f></f><f xmlns:a="urn:2"></f></e>',
  ],
  'the default namespace is undeclared only where an ancestor wrote one': [
    '<r><e xmlns="" ID="x"><f xmlns="urn:d"><g xmlns=""/></f></e></r>',
    '<e ID="x"><f xmlns="urn:d"><g xmlns=""></g></f></e>',
  ],
  'xml:lang and xml:space of the nearest ancestor': [
    '<r xml:lang="de" xml:space="preserve"><s xml:lang="fr"><e ID="x"><f/></e></s></r>',
    '<e ID="x" xml:lang="fr" xml:space="preserve"><f></f></e>',
  ],
  'xml:lang of the element itself': ['<r xml:lang="de"><e xml:lang="it" ID="x"/></r>', '<e ID="x" xml:lang="it"></e>'],
  'other attributes of the XML namespace': [
    '<r xml:q="1"><e ID="x"/></r>',
    '<e ID="x" xml:q="1"></e>',
    '<e ID="x"></e>',
  ],
  'no comments, and not the signature of the element itself': [
    '<e ID="x"><!-- c --><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/><f/></e>',
    '<e ID="x"><f></f></e>',
  ],
};
for (const [what, [xml, form10, form11 = form10]] of Object.entries(rows))
  test(`Canonical XML: ${what}`, () => {
    const element = elementOf(xml);
    for (const comments of ['', '#WithComments']) {
      assert.equal(canonicalizedAs(version10 + comments, element, []), form10);
      assert.equal(canonicalizedAs(version11 + comments, element, []), form11);
    }
  });

test('Canonical XML 1.1 is not carried out where it would have to join xml:base', () => {
  const element = elementOf('<r xml:base="http://x.example/"><e ID="x"/></r>');
  assert.deepEqual([isCarriedOut(version10, element), isCarriedOut(version11, element)], [true, false]);
  assert.deepEqual(
    ['constructor', '', 'urn:x'].filter((uri) => isCarriedOut(uri, element)),
    [],
  );
});
