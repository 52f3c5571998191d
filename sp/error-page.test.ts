/** The page for a failed request, and the list of unexpected errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { errorPage, recordError } from './error-page.ts';
import { PageError } from './page-error.ts';
import type { ServiceProvider } from './service-provider.ts';

const issue = (path: string[]): z.core.$ZodIssue => ({ code: 'custom', path, message: 'must be short', input: 1 });

/** Errors that a handler throws, and what the user sees. */
const failures: readonly (readonly [words: string, error: unknown, status: number, says: RegExp])[] = [
  ['a path that cannot be decoded', new URIError('x'), 400, /The request is malformed/],
  ['a request that a parser rejects', { status: 400 }, 400, /The request is malformed/],
  ['a request that is too large', { status: 413 }, 413, /The request is too large/],
  [
    'a request that is too large by as much as its parser knows',
    { status: 413, length: 2_048_001, limit: 262_144 },
    413,
    /The request is too large\. It has 2,001 kB; at most 256 kB can be sent here\./,
  ],
  ['a request of unknown length', { status: 413, limit: 262_144 }, 413, /The request is too large\.</],
  ['a request with an unknown limit', { status: 413, length: 262_145 }, 413, /The request is too large\.</],
  ['a request of another kind with a length', { status: 400, length: 2, limit: 1 }, 400, /The request is malformed/],
  [
    'a page of its own',
    new PageError('form-cross-site', 'From elsewhere.'),
    403,
    /<title>Form from another site.*From elsewhere\./,
  ],
  [
    'input that does not fit',
    new z.ZodError([issue(['a', 'b']), issue([])]),
    400,
    /a\.b: must be short; input: must be short/,
  ],
  ['a request with too many fields', { status: 413, type: 'parameters.too.many' }, 413, /The form has too many fields/],
  ['a parser error with the highest client status', { status: 499 }, 499, /malformed/],
  ['a server error with a status', { status: 500 }, 500, /This is an error of the service provider/],
  ['a thrown redirect', { status: 399 }, 500, /This is an error of the service provider/],
  ['a status as a string', { status: '404' }, 500, /This is an error of the service provider/],
  ['an unexpected error', new Error('secret'), 500, /This is an error of the service provider/],
  ['nothing', undefined, 500, /This is an error of the service provider/],
];
const failing = async (
  error: unknown,
  { headersSent = false } = {},
): Promise<{ status?: number; text?: string; passedOn?: unknown; errors: ServiceProvider['errors'] }> => {
  const sp = { errors: [] } as unknown as ServiceProvider;
  const request = { method: 'POST', path: `/${'x'.repeat(1_000)}` } as Request;
  const sent: { status?: number; text?: string; passedOn?: unknown } = {};
  await new Promise<void>((resolve) => {
    const response = {
      headersSent,
      locals: {},
      status(status: number) {
        sent.status = status;
        return response;
      },
      type: () => response,
      send(body: string) {
        sent.text = body.replaceAll(/\s+/g, ' ');
        resolve();
      },
    };
    errorPage(sp)(error, request, response as unknown as Response, (passedOn) => {
      sent.passedOn = passedOn;
      resolve();
    });
  });
  return { ...sent, errors: sp.errors };
};
for (const [words, error, status, says] of failures)
  test(`a page fails with ${words}`, async () => {
    const sent = await failing(error);
    assert.equal(sent.status, status);
    assert.match(sent.text!, says);
    assert.match(sent.text!, /<a href="\/">Back to the start page<\/a>/);
    assert.doesNotMatch(sent.text!, /secret/);
    assert.match(sent.text!, status === 500 ? /<title>Something went wrong/ : /<title>(Invalid request|Form from)/);
    assert.equal(sent.errors.length, status === 500 ? 1 : 0);
    if (status === 500) assert.ok(sent.text!.includes(`<strong>${sent.errors[0]!.reference}</strong>`));
  });

test('an error after the response has started is passed on', async () => {
  const error = new Error('late');
  assert.deepEqual(await failing(error, { headersSent: true }), { passedOn: error, errors: [] });
});

test('the newest 200 errors are kept, each with stack and route, both cut', async ({ mock }) => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
  const { errors } = await failing(new Error('x'.repeat(20_000)));
  assert.match(errors[0]!.message, /^Error: x+… [\d,]+ characters in total$/);
  assert.ok(errors[0]!.message.length < 10_100);
  assert.match(errors[0]!.route, /^POST \/x{494}… 1,006 characters in total$/);
  const sp = { errors: [] } as unknown as ServiceProvider;
  const noStack = Object.assign(new Error('no stack'), { stack: undefined });
  const record = (error: unknown, index: number): void =>
    recordError(sp, { error, request: { method: 'GET', path: '/' } as Request, reference: String(index) });
  for (const [index, error] of [noStack, 'words', ...Array.from({ length: 198 }, () => 'x')].entries())
    record(error, index);
  assert.deepEqual(
    [sp.errors.length, sp.errors[0]!.message, sp.errors[1]!.message, sp.errors[0]!.at],
    [200, 'no stack', 'words', '2026-03-01T12:00:00.000Z'],
  );
  record('newest', 200);
  assert.deepEqual([sp.errors.length, sp.errors[0]!.reference, sp.errors.at(-1)!.reference], [200, '1', '200']);
});
