/** A product is not visited before its addresses are allowed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NotReady } from '../idp/identity-provider.ts';
import { TooMuch } from './limits.ts';
import { openTarget } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'target-'));
after(() => rmSync(folder, { recursive: true }));

function recipeWith(fields: object): string {
  const file = join(folder, 'board.json');
  const signIn = { page: '/login' };
  const signedIn = { page: '/', text: 'Hi {user}!' };
  const people = { domain: 'acme.example' };
  writeFileSync(file, JSON.stringify({ name: 'Board', metadata: '/metadata', signIn, signedIn, people, ...fields }));
  return file;
}

test('no request is sent before the addresses are checked', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const checked: string[] = [];
    const check = (addresses: readonly string[]): never => {
      checked.push(...addresses);
      throw new TooMuch('not allowed');
    };
    await assert.rejects(openTarget(recipeWith({ origin, origins: ['https://login.acme.test'] }), check), TooMuch);
    assert.deepEqual([checked, requests], [[origin, 'https://login.acme.test'], 0]);
  } finally {
    server.close();
  }
});

test('an error names the file as the person did, and not another way to name it', async () => {
  const file = recipeWith({ origin: 'http://127.0.0.1:9', idp: { by: 'metadata-url' } });
  await assert.rejects(openTarget(file), (error) => {
    assert.ok(error instanceof NotReady);
    assert.ok(error.message.startsWith(`${file}: `), error.message);
    return true;
  });
});

test('a recipe that cannot be read, or has no origin, is an error with its file', async () => {
  await assert.rejects(openTarget(recipeWith({})), (error) => {
    assert.ok(error instanceof NotReady);
    assert.match(error.message, /board\.json: the recipe needs origin/);
    return true;
  });
  await assert.rejects(openTarget(join(folder, 'none.json')), /none\.json: Cannot read the recipe/);
});
