/** Explanations of a failed first sign-in: the setting, the URL or the metadata to correct. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { readConfig } from './config.ts';
import { type Gullible, type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { alreadyRunning } from './peer.ts';
import { runExamination, SignInFailed } from './run-examination.ts';
import { standForTests } from './stand.fixture.ts';
import { metadataCommand, standPort, standStateFile } from './stand.ts';

const { stand, folder } = await standForTests();

/** The message of a run that plays nothing, as the first sign-in fails. */
async function messageAbout({ config }: Gullible, changed: object, { browser = false } = {}): Promise<string> {
  const file = join(folder, 'sp.json');
  writeFileSync(file, JSON.stringify({ ...config, ...changed }));
  const peer = alreadyRunning(await readConfig(file));
  return await runExamination({ stand, peer, browser }).then(
    () => assert.fail('it signed in'),
    (error: unknown) => {
      assert.ok(error instanceof SignInFailed, String(error));
      return error.message;
    },
  );
}

const slowAt = (slow: string): Pick<GullibleOptions, 'instead'> => ({
  instead: ({ path }) => (path === slow ? '/silent' : undefined),
});

for (const [where, path] of [
  ['page', '/login'],
  ['reply to a response', '/acs'],
] as const)
  test(`names the time limit if the ${where} is too slow for it`, async () => {
    await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...slowAt(path) });
    const message = await messageAbout(sp, { timeoutSeconds: 1.1 });
    assert.match(message, /did not finish its reply within 1\.1 s/);
    assert.doesNotMatch(message, /Does that page show/);
    assert.match(message, /Is it only slow\? Then raise .*: timeoutSeconds is 1\.1\./);
  });

test('does not name the time limit otherwise', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, rejectsAll: true });
  assert.doesNotMatch(await messageAbout(sp, {}), /timeoutSeconds/);
});

test('names the sign-on URL if the request came to the logout URL', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.sloUrl });
  const message = await messageAbout(sp, {});
  assert.match(message, /is not a samlp:LogoutRequest but a samlp:AuthnRequest, which goes to the sign-on URL\./);
  const { ssoUrl, sloUrl } = stand.connection;
  assert.ok(
    message.includes(`Is ${ssoUrl} the sign-on URL at the service provider? Its request went to ${sloUrl}.`),
    message,
  );
});

test('does not doubt the sign-on URL if the request came there', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl });
  const message = await messageAbout(sp, { entityId: 'https://another.example/' });
  assert.match(message, /Read the error on the IdP page/);
  assert.doesNotMatch(message, /Its request went to/);
});

test('says what to check in the second organization if the sign-in fails there', async () => {
  const second = await stand.second();
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl });
  await using other = await startGullible({ ssoUrl: second.connection.ssoUrl, rejectsAll: true });
  const { entityId, acs, signIn, signedIn } = other.config;
  const user = { nameId: 'bob@second.example' };
  const message = await messageAbout(sp, { second: { entityId, acs, signIn, signedIn, user } });
  assert.match(
    message,
    /^No fault was tried: in the second organization, the service provider did not sign the user in/,
  );
  assert.match(message, /--idp-metadata --second --port \d+ /);
});

test('the metadata command has the options under which the stand runs, unless they are the usual ones', () => {
  const options = { port: standPort, stateFile: standStateFile, isSecond: false };
  const args = (changed: Partial<typeof options>): string =>
    metadataCommand({ ...options, ...changed }).replace('npm run -s conformance -- ', '');
  assert.equal(args({}), '--idp-metadata');
  assert.equal(args({ stateFile: relative(process.cwd(), standStateFile) }), '--idp-metadata');
  assert.equal(args({ isSecond: true, port: 18_500 }), '--idp-metadata --second --port 18500');
  assert.equal(args({ stateFile: 'my keys.json' }), '--idp-metadata --state "my keys.json"');
});

test('names the time limit also if Chromium waits for a page', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...slowAt('/login') });
  const message = await messageAbout(sp, { timeoutSeconds: 2.5 }, { browser: true });
  assert.match(message, /the browser timed out waiting for a page after 2\.5 s/);
  assert.match(message, /timeoutSeconds is 2\.5\./);
});
