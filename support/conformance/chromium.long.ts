/** Pages that need JavaScript: Chromium signs in where a page has no form for what the recipe says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfigOf } from './config.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { alreadyRunning } from './peer.ts';
import { type ConformanceReport, runExamination } from './run-examination.ts';
import { startStand } from './stand.ts';

const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
after(() => rmSync(folder, { recursive: true }));

const scripted =
  '<!doctype html><title>Start</title><div id="app"></div><script>' +
  'const button = document.createElement("button"); button.textContent = "Sign in with SSO";' +
  'button.onclick = () => { location = "/login" }; app.append(button)</script>';

async function play(sso: string, only: string): Promise<ConformanceReport> {
  await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
  await using sp = await startGullible({
    ssoUrl: stand.connection.ssoUrl,
    instead: ({ path }) => (path === '/start' ? scripted : undefined),
  });
  const { name, entityId, acs } = sp.config;
  const config = await readConfigOf({
    ...{ name, origin: sp.url, entityId, acs, signIn: { page: '/start', sso } },
    signedIn: { page: '/', text: 'You are {user}' },
    people: { Sam: { email: 'alice@example.org' } },
  });
  return await runExamination({ stand, peer: alreadyRunning(config), only: [only] });
}

test('a button that a script makes is pressed in Chromium', async () => {
  const { verdict, usedBrowser, rows } = await play('Sign in with SSO', 'audience-wrong');
  assert.deepEqual([verdict, usedBrowser], ['failed', true]);
  const { url, status, text } = rows[0]!.reply!;
  assert.deepEqual([new URL(url).pathname, status], ['/acs', 303], 'the reply is that of the ACS');
  assert.match(text, /^Redirected to \/, which shows: You are alice@example\.org/);
});

test('a response by GET was sent, too', async () => {
  const { rows } = await play('Sign in with SSO', 'samlresponse-by-get');
  const { result, why, sent } = rows[0]!;
  assert.notEqual(result, 'not verified', why);
  assert.match(Buffer.from(sent ?? '', 'base64').toString(), /^<.*samlp:Response /s);
});

test('a button that is missing there, too, is named', () =>
  assert.rejects(play('Single sign-on', 'audience-wrong'), /no button “Single sign-on”/));
