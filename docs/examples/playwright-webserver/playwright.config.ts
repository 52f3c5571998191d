/**
 * Playwright starts both: the identity provider, and your application. `npx playwright test`; Chromium at
 * CHROMIUM_PATH, or the one that `npx playwright install` brought.
 */
import { defineConfig } from '@playwright/test';
import { app, idp } from './addresses.ts';

const { CHROMIUM_PATH } = process.env;

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  workers: 1, // one tenant, so one fault at a time
  use: {
    launchOptions: {
      ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}),
      ...(process.getuid?.() === 0 ? { args: ['--no-sandbox'] } : {}),
    },
  },
  webServer: [
    {
      command: `npx sso-rehearsal idp --port ${idp.port} --control-token ${idp.token}`,
      url: idp.metadataUrl,
      cwd: '..',
    },
    { command: `node app.ts ${app.port} ${idp.ssoUrl}`, url: app.loginUrl, cwd: '..' },
  ],
});
