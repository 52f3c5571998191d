/** The example in which Playwright starts the identity provider and the application, with the packed archive. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { freePort } from '../stack/free-port.fixture.ts';
import { unpack } from './unpacked.fixture.ts';

test('Playwright: green with a correct application, red with a mistake', async () => {
  using there = await unpack();
  const { NODE_TEST_CONTEXT: _, ...clean } = process.env;
  const play = async (env: Record<string, string> = {}): Promise<{ status: number; output: string }> => {
    const ports = { IDP_PORT: String(await freePort()), APP_PORT: String(await freePort()) };
    const args = ['node_modules/playwright/cli.js', 'test', '--config', 'playwright-webserver', '--reporter', 'line'];
    const child = spawn(process.execPath, args, { cwd: there.folder, env: { ...clean, ...ports, ...env } });
    const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { status, output: `${stdout}${stderr}` };
  };
  const right = await play();
  assert.equal(right.status, 0, right.output);
  assert.match(right.output, /3 passed/);
  const wrong = await play({ SAML_AUDIENCE: 'any' });
  assert.equal(wrong.status, 1, wrong.output);
  assert.match(wrong.output, /Expected: "The assertion has a different Audience"\s+Received: "Welcome, sam@/);
  assert.match(wrong.output, /1 failed\n[\s\S]*2 passed/);
});
