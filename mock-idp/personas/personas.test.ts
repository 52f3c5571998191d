/** Each persona writes as its product does: the skeletons of its messages are those of the captures. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keys } from '../faults/messages.fixture.ts';
import { verifiedByXmlCrypto, verifiedByXmldsigjs } from '../response/verify-signatures.fixture.ts';
import { personaOf, personas } from './catalogue.ts';
import { responseTo } from './persona-response.fixture.ts';
import { skeletonOf } from './skeleton.ts';
import { questions, skeletonOfCapture } from './skeletons.fixture.ts';

describe('the skeleton of a response is that of the capture', () => {
  for (const question of questions)
    test(`${question.capture}, by ${question.persona}`, async () => {
      const { xml } = responseTo(question);
      assert.deepEqual(skeletonOf(xml, { isRelaid: question.isRelaid !== undefined }), skeletonOfCapture(question));
      assert.equal(verifiedByXmlCrypto(xml, keys.certificate), true);
      assert.equal(await verifiedByXmldsigjs(xml, keys.certificate), true);
    });
});

test('a persona is found by its code and its names, and an unknown name leads to the nearest', () => {
  for (const { code, name, alsoNamed = [] } of Object.values(personas))
    for (const one of [code, name, ...alsoNamed]) assert.equal(personaOf(one).code, code);
  assert.throws(() => personaOf('octa'), { message: /^unknown persona “octa”: the nearest are okta, / });
});
