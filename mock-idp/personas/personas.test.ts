/** Each persona writes as its product does: the skeletons of its messages are those of the captures. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keys } from '../faults/messages.fixture.ts';
import { verifiedByXmlCrypto, verifiedByXmldsigjs } from '../response/verify-signatures.fixture.ts';
import { personaOf, personas } from './catalogue.ts';
import { expand } from './expand.ts';
import type { Fact, Mark } from './persona.ts';
import { responseTo } from './persona-response.fixture.ts';
import { neutral, planOf } from './plan.ts';
import { skeletonOf } from './skeleton.ts';
import { questions, skeletonOfCapture } from './skeletons.fixture.ts';
import { type Source, sources } from './sources.ts';

const marks: readonly Mark[] = ['captured', 'source', 'documented', 'reported'];

describe('the skeleton of a response is that of the capture', () => {
  for (const question of questions)
    test(`${question.capture}, by ${question.persona}`, async () => {
      const { xml } = responseTo(question);
      assert.deepEqual(skeletonOf(xml, { isRelaid: question.isRelaid !== undefined }), skeletonOfCapture(question));
      assert.equal(verifiedByXmlCrypto(xml, keys.certificate), true);
      assert.equal(await verifiedByXmldsigjs(xml, keys.certificate), true);
    });
});

describe('each fact and each note has a source', () => {
  for (const { code, evidence, facts, untilSetUp = {}, notes = [] } of Object.values(personas))
    test(code, () => {
      const all: [string, Fact<unknown>][] = [
        ...(Object.entries(facts) as [string, Fact<unknown>][]),
        ...(Object.entries(untilSetUp) as [string, Fact<unknown>][]),
        ...notes.map((note): [string, Fact<unknown>] => [note.value, note]),
      ];
      for (const [name, { mark, source, year, note = '' }] of all) {
        assert.ok(marks.includes(mark), `${name}: ${mark}`);
        assert.ok(source in sources, `${name}: ${source}`);
        assert.ok(Number.isInteger(year) && year > 2004 && year <= new Date().getFullYear(), `${name}: ${year}`);
        assert.doesNotMatch(note, /\b(is unknown|guess\w*|not (noted|seen)|probably|perhaps)\b/, name);
      }
      assert.ok(
        all.some(([, { year }]) => year === evidence),
        `no fact of ${evidence}`,
      );
    });
});

test('each source has a fact', () => {
  const used = Object.values(personas).flatMap(({ facts, notes = [] }) =>
    [...(Object.values(facts) as Fact<unknown>[]), ...notes].map(({ source }) => source),
  );
  assert.deepEqual(
    Object.keys(sources).filter((one) => !used.includes(one as Source)),
    [],
  );
});

test('of metadata that is known in part, the other parts are neutral', () => {
  const { metadata } = planOf(personas.jumpcloud);
  assert.deepEqual(metadata, { ...neutral.metadata, signOn: ['post'] });
});

test('IDs are valid for each seed', () => {
  const isId = (text: string): boolean => /^[A-Za-z_][\w.-]*$/.test(text);
  for (const { code, facts } of Object.values(personas))
    for (const template of Object.values(facts.ids?.value ?? {}))
      for (let seed = 0; seed < 100; seed++) {
        const id = expand(template, `${seed} response`, {}, String(seed));
        assert.ok(isId(id), `${code}: ${id}`);
      }
});

test('a persona is found by its code and its names, and an unknown name leads to the nearest', () => {
  for (const { code, name, alsoNamed = [] } of Object.values(personas))
    for (const one of [code, name, ...alsoNamed]) assert.equal(personaOf(one).code, code);
  assert.throws(() => personaOf('octa'), { message: /^unknown persona “octa”: the nearest are okta, / });
});

test('IDs are names of XML, which begin with a letter or an underscore', () => {
  for (const { code } of Object.values(personas)) {
    const { ids } = planOf(personas[code]);
    for (let seed = 0; seed < 100; seed++)
      for (const template of Object.values(ids))
        assert.match(expand(template, `${seed}`), /^[A-Za-z_][\w.-]+$/, `${code}: ${template}`);
  }
});
