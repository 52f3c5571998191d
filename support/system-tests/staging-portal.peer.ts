/**
 * A product with node-saml on a staging host: behind a TLS proxy with a certificate of a private authority, the
 * browser on a Playwright server. The mock IdP stays at http://idp.localhost: the https pages send requests to it, and
 * it posts the responses back.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCertutil, startPlaywrightServer } from './playwright-server.ts';
import type { ScenarioOutcome } from './scenario-outcomes.ts';
import { playAt, startStagingHost } from './staging-host.ts';
import { hasPortal, installPortal, portalRecipe, startPortal } from './staging-portal.ts';

const skip =
  (!hasCertutil() && 'the Debian package libnss3-tools is not installed') ||
  (!hasPortal() && 'docs/examples/products/node-saml or npm is missing');

/** node-saml accepts these, also without TLS: see its README. */
const findings = [
  'Sam signs in with an assertion with a different Issuer',
  'Sam signs in with a failure status with a valid assertion',
];

const having = (outcomes: readonly ScenarioOutcome[], status: ScenarioOutcome['status']): string[] =>
  outcomes.filter((one) => one.status === status).map(({ name }) => name);

test('node-saml on a staging host', { skip }, async (t) => {
  await using host = await startStagingHost();
  try {
    installPortal(host);
  } catch (error) {
    return t.skip((error as Error).message);
  }
  await using server = await startPlaywrightServer({ authority: host.authority });
  const recipe = await portalRecipe(host);
  const env = { BROWSER_WS: server.url };
  await t.test('requests by redirect: the scenarios for any product', async () => {
    await using _portal = await startPortal(host, 'redirect');
    const { outcomes, output } = await playAt(host, { recipe, env, args: ['--tags', '@any-product'] });
    assert.deepEqual(having(outcomes, 'FAILED'), findings, output);
    assert.ok(having(outcomes, 'PASSED').length >= 30, output);
    for (const { name, message } of outcomes.filter(({ status }) => status === 'SKIPPED')) assert.ok(message, name);
  });
  await t.test('requests by POST', async () => {
    await using _portal = await startPortal(host, 'post');
    const args = ['--name', '^Sam signs in$', '--name', '^Sam has a session at the IdP$'];
    const { outcomes, output } = await playAt(host, { recipe, env, args });
    assert.equal(having(outcomes, 'PASSED').length, 2, output);
  });
});
