/** A long run of hostile-input.ts with a new seed, and its memory. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountant } from '../stack/accountant.fixture.ts';

/** In its own process, whose memory is measured. */
async function play(script: string): Promise<void> {
  const module = JSON.stringify(fileURLToPath(new URL('hostile-input.ts', import.meta.url)));
  const whole = `
    import fc from 'fast-check';
    const { captures, diagnoseAny, pages, parameters, readAnyPage, replies, startAnyServer } = await import(${module});
    ${script}`;
  // Garbage may stay as long as there is room, so there is little room.
  const args = [
    '--max-old-space-size=160',
    '--max-semi-space-size=8',
    '--import',
    accountant,
    '--input-type=module',
    '--eval',
    whole,
  ];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const { megabytes } = JSON.parse(/^TOOK (.*)$/m.exec(stderr)![1]!) as { megabytes: number };
  assert.ok(megabytes < 300, `${megabytes} MB`);
}

test('thousands of pages are parsed to their end', () =>
  play('fc.assert(fc.property(pages, readAnyPage), parameters(20_000));'));

test('thousands of replies end with a page or with a sentence', () =>
  play(`
    const server = await startAnyServer();
    await fc.assert(fc.asyncProperty(replies, (reply) => server.visit(reply)), parameters(10_000));
    await server[Symbol.asyncDispose]();`));

test('thousands of captures end with a diagnosis or with a sentence', () =>
  play(`
    // Memory of failed decompressions is released only between two turns of the event loop.
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const diagnosed = fc.asyncProperty(captures, (capture) => turn().then(() => diagnoseAny(capture)));
    await fc.assert(diagnosed, parameters(10_000));`));
