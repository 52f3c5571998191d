/** Chromium at CHROMIUM_PATH, or the one that `npx playwright install` brought. */
import { defineConfig } from '@playwright/test';

const { CHROMIUM_PATH } = process.env;

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  reporter: 'line',
  use: {
    launchOptions: {
      ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}),
      // Chromium demands this of root, as which many containers run.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
