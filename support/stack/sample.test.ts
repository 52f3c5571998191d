/** A sample is what it says, and npm run test:long plays every case. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inFull, sample } from './sample.fixture.ts';

const cases = Array.from({ length: 40 }, (_, index) => index);

test('a sample has the requested number of cases, in order, without repeats, and covers every case over time', () => {
  const played = new Set<number>();
  for (let times = 0; times < 1_000; times++) {
    const chosen = sample(cases, 5);
    assert.equal(chosen.length, inFull ? 40 : 5);
    assert.deepEqual(
      chosen,
      [...new Set(chosen)].toSorted((one, other) => one - other),
    );
    for (const one of chosen) played.add(one);
  }
  assert.equal(played.size, 40);
  assert.deepEqual(sample([1, 2], 5), [1, 2]);
});

test('npm run test:long plays every case', () => {
  const fixture = JSON.stringify(new URL('sample.fixture.ts', import.meta.url).href);
  const script = `import { sample } from ${fixture}; console.log(sample([1, 2, 3], 1).length);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, TEST_IN_FULL: '1' },
  });
  assert.equal(stdout.trim(), '3');
});
