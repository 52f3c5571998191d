/**
 * Our own service provider as a team's product on a staging host: in a process of its own, behind a TLS proxy with a
 * certificate of a private authority, its emails in Dovecot, the browser on a Playwright server. The run has neither
 * control routes nor a reset nor a clock.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { trustAuthority } from '../stack/trust.ts';
import { type Dovecot, hasDovecot, startDovecot } from './dovecot.ts';
import { hasCertutil, startPlaywrightServer } from './playwright-server.ts';
import type { ScenarioOutcome } from './scenario-outcomes.ts';
import { playAt, type Run, type StagingHost, stagingName, startStagingHost } from './staging-host.ts';
import { atSp, mailUser, recipeFor, secretsOf, startMailServer, startOwnSp, tellSp } from './staging-own-sp.ts';

const skip =
  (!hasDovecot() && 'the Debian package dovecot-imapd is not installed, or this is not root') ||
  (!hasCertutil() && 'the Debian package libnss3-tools is not installed');

const oldEmail = 'From: a@acme.example\nTo: grace@acme.example\nSubject: old\n\nhttps://staging.acme.test/try/old\n';

const started = new AsyncDisposableStack();
let dovecot: Dovecot;
let host: StagingHost;
let play: (...args: string[]) => Promise<Run>;
before(async () => {
  if (skip) return;
  dovecot = started.use(await startDovecot());
  const mailServer = started.use(await startMailServer(dovecot));
  host = started.use(await startStagingHost());
  started.use(await startOwnSp(host, mailServer.url));
  const server = started.use(await startPlaywrightServer({ authority: host.authority }));
  process.env.HOSTS = `${stagingName}=127.0.0.1`;
  trustAuthority(host.pem);
  await dovecot.deliver(mailUser, oldEmail);
  const recipe = await recipeFor(host, dovecot);
  const env = { BROWSER_WS: server.url, ...secretsOf(dovecot) };
  play = (...args) => playAt(host, { recipe, env, args });
});
after(() => started.disposeAsync());

interface State {
  users: object[];
  profiles: { id: number; revision: number; enforcedRevision?: number; settings: object }[];
}

/** The part of the records that users and administrators would notice. */
async function noticeable(): Promise<object> {
  const { users, profiles } = await atSp(host.productPort).get<State>('/organizations/acme?parts=users,profiles');
  return {
    users,
    profiles: profiles.map(({ id, revision, enforcedRevision, settings }) => ({
      id,
      revision,
      enforcedRevision,
      settings,
    })),
  };
}

const having = (outcomes: readonly ScenarioOutcome[], status: ScenarioOutcome['status']): ScenarioOutcome[] =>
  outcomes.filter((one) => one.status === status);

test('before it knows the IdP, a run says what it needs', { skip }, async () => {
  const { code, output } = await play();
  assert.equal(code, 2, output);
  assert.match(output, /must know this identity provider before the first run:\n {2}Metadata file +\S+metadata\.xml\n/);
  await tellSp(host);
});

const product = 'the service provider of sso-rehearsal';
const notOnPages = `${product} is not set up on its pages by this run`;

test('all scenarios pass but those that its recipe excludes, and it is as it was', { skip }, async (t) => {
  const first = await noticeable();
  const { code, output, outcomes } = await play('--tags', '@any-product');
  t.diagnostic(/\d+ scenarios in .*/.exec(output)?.[0] ?? 'no scenario');
  assert.deepEqual(having(outcomes, 'FAILED'), [], output);
  assert.deepEqual(
    having(outcomes, 'SKIPPED').map(({ name, message }) => [name, message]),
    [
      ['From setup to enforcement', notOnPages],
      ['Setup from IdP metadata', notOnPages],
      ['The app portal lets Sam in', `${product} has IdP-initiated sign-ins rejected, says its recipe`],
      ['The SP does not know the next key', `${product} may know the IdP's next certificate`],
    ],
  );
  assert.ok(having(outcomes, 'PASSED').length >= 49, output);
  assert.equal(code, 0, output);
  assert.deepEqual(await noticeable(), first);
  assert.ok(!dovecot.flags(mailUser).some((flags) => flags.includes('Seen')), 'no email is marked as read');
});

test('requests by POST, from the https page to the IdP at http', { skip }, async () => {
  await atSp(host.productPort).patch('/organizations/acme/profiles/Acme', { ssoBinding: 'post' });
  const { output, outcomes } = await play('--name', '^Sam signs in$');
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['PASSED'],
    output,
  );
});
