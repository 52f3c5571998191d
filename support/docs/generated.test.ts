/** The generated pages say what the code says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stalePages } from './generated.ts';
import { stepEntries } from './steps.ts';

test('no generated page is stale (npm run docs writes them anew)', async () => {
  assert.deepEqual(await stalePages(), []);
});

test('every step is used by a scenario, and so has an example', async () => {
  const unused = (await stepEntries()).filter(({ example, expression }) => example === undefined && !/\{(fault|rejection|case|mail trouble|demand|metadata flaw)\}/.test(expression));
  assert.deepEqual(unused.map(({ expression }) => expression), []);
});
