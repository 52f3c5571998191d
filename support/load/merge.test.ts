/** Raw outputs of several k6 are merged by their values. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ownRecipe } from '../product/own-product.ts';
import { legLine, ownLine, signInLine } from './lines.fixture.ts';
import { makePlan } from './make-plan.ts';
import { mergeRuns, UnusableOutput } from './merge.ts';
import { writePlan } from './played/plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'merge-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const idp = { origin: 'http://idp.localhost', tenant: 'acme', form: { username: 'Username', button: 'Sign in' } };
const recipe = { ...ownRecipe, people: { domain: 'acme.example', shownAs: '{email}', nameId: '{email}' } };
const url = 'http://sp.localhost';
const plan = file(
  'plan.json',
  writePlan(makePlan({ recipe, url, values: {}, idp, profile: 'monday', rate: 5, seconds: 60 })),
);

test('percentiles come from the values of all, not from their averages', async () => {
  // Nine fast sign-ins at one generator, one slow at the other: the mean of both medians would be 505 ms.
  const one = [...Array(9)].flatMap((_, at) => [signInLine({ at, phase: 'peak' }), legLine('acs', 10), ownLine(10)]);
  const two = [signInLine({ at: 9, phase: 'peak' }), legLine('acs', 1_000), ownLine(1_000)];
  const files = [file('one.json', one.join('\n')), file('two.json.gz', gzipSync(two.join('\n')))];
  const result = await mergeRuns(files, plan);
  assert.deepEqual([result.signIns, result.took, result.at], [10, 10, '2026-11-30T09:00:00.000Z']);
  const [acs] = result.legs;
  assert.deepEqual([acs?.count, acs?.p50, acs?.p95], [10, 10, 1_000]);
  assert.deepEqual([result.profile, result.generators], ['monday', ['one.json', 'two.json.gz']]);
});

test('a mix-up between users of two generators has both messages', async () => {
  const one = file('a.json', signInLine({ outcome: 'mix-up', person: 'a', shown: 'b', message: 'YQ==' }));
  const two = file('b.json', signInLine({ person: 'b', message: 'Yg==' }));
  const { incidents } = await mergeRuns([one, two], plan);
  assert.deepEqual([incidents[0]?.message, incidents[0]?.otherMessage], ['YQ==', 'Yg==']);
});

test('a file that cannot be merged is named', async () => {
  const good = file('good.json', signInLine());
  await assert.rejects(mergeRuns([good, join(folder, 'missing.json')], plan), /missing\.json \(ENOENT\)/);
  await assert.rejects(mergeRuns([file('empty.json', 'hello')], plan), /empty\.json has no sign-in/);
  await assert.rejects(mergeRuns([file('bad.json.gz', 'hello')], plan), UnusableOutput);
  await assert.rejects(mergeRuns([good], join(folder, 'no-plan.json')), /Cannot read the plan/);
});
