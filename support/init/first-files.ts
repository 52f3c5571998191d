/** The texts of the files that `init` writes beside the recipe. */

import { editorSettings } from '../gherkin/editor-settings.ts';
import { isSetUpByRun, usualIdpPort } from '../product/recipe-people.ts';
import type { RecipeInput } from './examine.ts';

/** One success, one user who may not sign in, one fault. */
export const firstFeature = (name: string): string => `Feature: Signing in to ${oneLine(name)} through the IdP
  Sam is a user, and the IdP is a mock that behaves correctly until a scenario says otherwise.

  Background:
    Given Acme uses SSO

  Rule: A user signs in through the IdP

    Scenario: Sam signs in
      When Sam tries to sign in through the IdP
      Then Sam is signed in through the IdP

  Rule: Without a response from the IdP, no user is signed in

    Scenario: An unassigned user is not signed in
      Given Sam is not assigned to the app
      When Sam tries to sign in through the IdP
      Then Sam is not signed in

  Rule: A response signed with an unknown key is rejected

    Scenario: The response is signed with an unknown key
      Given the IdP sends signatures by an unknown key
      When Sam tries to sign in through the IdP
      Then the SP rejects the response
`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export type CiName = 'github' | 'gitlab';

/** Name of the variable with the key of the IdP, which is outside the repository. */
const secret = 'SSO_REHEARSAL_IDP';

interface ForCi {
  /** The file with the IdP's key, relative to the project. */
  keyFile: string;
  /** True if a person tells the product of the IdP, once. */
  isByHand: boolean;
  /** True if the product runs on this machine. */
  isLocal: boolean;
}

export function forCi({ origin, idp }: RecipeInput): ForCi {
  const { hostname } = new URL(origin!);
  return {
    keyFile: `.sso-rehearsal/idp-${idp.port ?? usualIdpPort}.json`,
    isByHand: !isSetUpByRun(idp),
    isLocal: /^(localhost|127\..*|\[::1\])$|\.localhost$/.test(hostname),
  };
}

const beforeRun = (indent: number, isLocal: boolean): string =>
  [
    ...(isLocal ? ['# Start your product here, and wait until it responds.'] : []),
    '# More skipped scenarios than this number fail the job.',
  ]
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');

export const githubJob = ({
  keyFile,
  isByHand,
  isLocal,
}: ForCi): string => `# Plays the scenarios in features/ against the product that sso-rehearsal.json describes.
name: SSO rehearsal

on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:

permissions:
  contents: read

jobs:
  scenarios:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 24, cache: npm }
      - run: npm ci
      - run: npx playwright install --with-deps --only-shell chromium
${isByHand ? githubKey(keyFile) : ''}${beforeRun(6, isLocal)}      - run: npx sso-rehearsal bdd --expect-skipped 0
      - uses: actions/upload-artifact@v5
        if: \${{ !cancelled() }}
        with:
          name: sso-rehearsal
          path: |
            reports/rehearsal.html
            reports/junit.xml
`;

const githubKey = (
  keyFile: string,
): string => `      # The product trusts the key of the mock IdP on your machine. Save it as a secret of the repository:
      #   gh secret set ${secret} < ${keyFile}
      - run: mkdir -m 700 .sso-rehearsal && printenv ${secret} > ${keyFile}
        env:
          ${secret}: \${{ secrets.${secret} }}
`;

export const gitlabJob = ({
  keyFile,
  isByHand,
  isLocal,
}: ForCi): string => `# Plays the scenarios in features/ against the product that sso-rehearsal.json describes.
sso-rehearsal:
  image: node:24
  timeout: 20 minutes
  script:
    - npm ci
    - npx playwright install --with-deps --only-shell chromium
${isByHand ? gitlabKey(keyFile) : ''}${beforeRun(4, isLocal)}    - npx sso-rehearsal bdd --expect-skipped 0
  artifacts:
    when: always
    paths: [reports/rehearsal.html]
    reports:
      junit: reports/junit.xml
`;

const gitlabKey = (
  keyFile: string,
): string => `    # The product trusts the key of the mock IdP on your machine. Save ${keyFile}
    # as the CI/CD variable ${secret} of type File.
    - mkdir -m 700 .sso-rehearsal && cp "$${secret}" ${keyFile}
`;

/** Undefined if the settings are not JSON, such as JSON with comments. Keeps what they have. */
export function withEditorSettings(text: string): string | undefined {
  let settings: Record<string, unknown>;
  try {
    settings = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return undefined;
  for (const [key, ours] of Object.entries(editorSettings())) {
    const theirs = settings[key];
    settings[key] = [...new Set([...(Array.isArray(theirs) ? theirs : []), ...ours])];
  }
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** Adds the lines that are missing. */
export function withLines(text: string, lines: readonly string[]): string {
  const missing = lines.filter((line) => !text.split(/\r?\n/).includes(line));
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return start + missing.map((line) => `${line}\n`).join('');
}
