/** Steps are found by the words that people use for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchSteps } from './search-steps.ts';
import { soughtWords, synonyms } from './synonyms.ts';

const wanted: Readonly<Record<string, RegExp>> = {
  phone: /in another browser/,
  certificate: /rolls over its signing key/,
  rollover: /rolls over its signing key/,
  portal: /signs in from the IdP's app portal/,
  MFA: /second factor/,
  group: /too-many-groups/,
  clock: /clock is \{int\} minutes ahead/,
  'logged in': /is still signed in/,
  'Sam logged in': /\{actor\} is signed in through the IdP/,
  unassigned: /is not assigned to the app/,
  phones: /in another browser/,
  keys: /rolls over its signing key/,
  policies: /policy/,
  emails: /test email/,
  browsers: /in another browser/,
};
for (const [query, step] of Object.entries(wanted))
  test(`“${query}” finds ${step.source}`, async () => {
    const { steps, words } = await searchSteps(query);
    const found = [...steps.map(({ expression }) => expression), ...words.map(({ word }) => word)];
    assert.match(found.join('\n'), step);
  });

test('a plural finds the same as the singular', async () => {
  const found = async (query: string) => {
    const { steps, words } = await searchSteps(query);
    return [steps.map(({ expression }) => expression), words.map(({ word }) => word)];
  };
  for (const [plural, singular] of [
    ['keys', 'key'],
    ['addresses', 'address'],
    ['certificates', 'certificate'],
    ['policies', 'policy'],
    ['cookies', 'cookie'],
    ['cases', 'case'],
  ] as const)
    assert.deepEqual(await found(plural), await found(singular));
  assert.deepEqual(
    soughtWords('is status success'),
    ['is', 'statu', 'success'].map((word, index) => ({
      typed: ['is', 'status', 'success'][index],
      any: [word],
    })),
  );
});

test('every synonym finds something', async () => {
  const nothing = [];
  for (const query of Object.keys(synonyms)) {
    const { steps, words } = await searchSteps(query);
    if (steps.length + words.length === 0) nothing.push(query);
  }
  assert.deepEqual(nothing, []);
  const others = [...new Set(Object.values(synonyms).flat())];
  assert.ok(others.every((word) => word === word.toLowerCase()));
});

test('words without synonyms are searched literally, and all must match', async () => {
  const { steps, widened } = await searchSteps('marks failed');
  assert.deepEqual([steps.map(({ expression }) => expression), widened], [['Ada marks the test as failed'], []]);
  assert.ok((await searchSteps('')).steps.length > 100);
  assert.deepEqual(
    soughtWords('  Sam LOGGED  in twice').map(({ typed }) => typed),
    ['sam', 'logged in', 'twice'],
  );
});
