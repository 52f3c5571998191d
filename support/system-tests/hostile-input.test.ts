/** A short run of hostile-input.ts with a new seed; hostile-input.long.ts is the long one. */
import { test } from 'node:test';
import fc from 'fast-check';
import { captures, diagnoseAny, pages, parameters, readAnyPage, replies, startAnyServer } from './hostile-input.ts';

test('any page is parsed to its end', () => {
  fc.assert(fc.property(pages, readAnyPage), parameters(500));
});

test('any reply ends with a page or with a sentence', async () => {
  await using server = await startAnyServer();
  await fc.assert(
    fc.asyncProperty(replies, (reply) => server.visit(reply)),
    parameters(500),
  );
});

test('any capture ends with a diagnosis or with a sentence', () => {
  fc.assert(fc.property(captures, diagnoseAny), parameters(500));
});
