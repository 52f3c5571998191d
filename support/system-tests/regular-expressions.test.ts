/** All our regular expressions take linear time: most of the texts they match are foreign. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { inFull, sample } from '../stack/sample.fixture.ts';
import {
  type Built,
  builtDuring,
  builtExpressions,
  growthOf,
  ourExpressions,
  placesThatBuild,
  reviewed,
} from './regular-expressions.ts';

/** Judged without matching texts, and skipped if that takes long: regular-expressions.long.ts judges all. */
const quickly = { checker: 'automaton', timeout: 500 } as const;

test('every regular expression that can be judged quickly is linear', async () => {
  const growths = await Promise.all(
    sample([...ourExpressions()], 40).map(async ([written, places]) => ({
      written,
      places,
      growth: await growthOf(written, quickly),
    })),
  );
  const judged = growths.filter(({ growth }) => growth !== 'unknown');
  assert.ok(judged.length > (inFull ? 50 : 5), `${judged.length} of ${growths.length} were judged`);
  assert.deepEqual(
    judged.filter(({ growth }) => growth !== 'linear'),
    [],
  );
});

test('one that is not linear is detected', async () => {
  const [one] = await builtDuring(async () => new RegExp(`(${'a'}+)+$`));
  assert.match(await growthOf(one!.written), /exponential/);
  for (const written of ['/(a+)+$/', '/<[^>]*>/g', '/\\s+$/'])
    assert.match(await growthOf(written), /polynomial|exponential/, written);
  assert.equal(await growthOf('/<[^<>]*>/g'), 'linear');
});

const places = placesThatBuild();
let built: Built[];
before(async () => {
  built = await builtExpressions();
});

test('every expression built at run time is recorded here, or its file has been reviewed', () => {
  assert.ok(places.length > 20, `${places.length} places`);
  const unseen = places.filter(
    ({ file, lines: [from, to] }) =>
      !Object.hasOwn(reviewed, file) && !built.some((one) => one.file === file && one.line >= from && one.line <= to),
  );
  assert.deepEqual(unseen, []);
  assert.deepEqual(
    Object.keys(reviewed).filter((file) => !places.some((place) => place.file === file)),
    [],
  );
});

test('every built one that can be judged quickly is linear', async () => {
  const growths = await Promise.all(
    sample(built, 40).map(async (one) => ({
      ...one,
      growth: await growthOf(one.written, { ...quickly, timeout: 100 }),
    })),
  );
  assert.deepEqual(
    growths.filter(({ growth }) => growth !== 'linear' && growth !== 'unknown'),
    [],
  );
});
