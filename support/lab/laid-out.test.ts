/** XML laid out for editing can be closed up again, to the same text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closeUp, layOut } from './laid-out.ts';

const cases: Readonly<Record<string, readonly [xml: string, laidOut: string | undefined]>> = {
  'a line for each tag, and one for an element with text': [
    '<a b="1"><c>x</c><d/><e></e><f><g>y</g></f></a>',
    '<a b="1">\n  <c>x</c>\n  <d/>\n  <e></e>\n  <f>\n    <g>y</g>\n  </f>\n</a>',
  ],
  'a > in an attribute does not end a tag': ['<a b=">"><c d=\'/>\'/></a>', '<a b=">">\n  <c d=\'/>\'/>\n</a>'],
  'text between tags stays where it is': ['<a>x<b/>y<c/><d/></a>', '<a>x<b/>y<c/>\n  <d/>\n</a>'],
  'comments and CDATA are text': ['<a><!--x--><b/><![CDATA[>]]><c/></a>', '<a><!--x--><b/><![CDATA[>]]><c/>\n</a>'],
  'an XML declaration': ['<?xml version="1.0"?><a><b/></a>', '<?xml version="1.0"?><a>\n  <b/>\n</a>'],
  'line breaks of its own, which closing up would lose': ['<a>\n<b/></a>', undefined],
  'no XML': ['<a><b></a>', undefined],
};
for (const [words, [xml, laidOut]] of Object.entries(cases))
  test(`laid out: ${words}`, () => assert.equal(layOut(xml), laidOut));

test('closing up undoes laying out, also if the browser has changed the line breaks', () => {
  const name = fc.constantFrom('a', 'b', 'q:c');
  const text = fc.constantFrom('x', ' ', ' > ', '&amp;', '');
  const { element } = fc.letrec<{ element: string }>((tie) => ({
    element: fc
      .tuple(name, fc.array(fc.oneof({ depthSize: 'small' }, text, tie('element')), { maxLength: 4 }))
      .map(([tag, parts]) => `<${tag} d="${tag}>">${parts.join('')}</${tag}>`),
  }));
  fc.assert(
    fc.property(element, (xml) => {
      const laidOut = layOut(xml);
      assert.ok(laidOut !== undefined);
      assert.equal(closeUp(laidOut.replaceAll('\n', '\r\n')), xml);
    }),
    { numRuns: 100 },
  );
});
