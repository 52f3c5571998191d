/** Six troubleshooting cases with each of three products: Ada sees the entry, and the fix in the product’s words. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CaseCode } from '../../sp/troubleshooting.ts';
import { playedProducts } from '../catalogue/identity-products.ts';
import { scenarioOutcomes } from './scenario-outcomes.ts';

const rejected = (code: string): string[] => [
  'When Sam takes the SSO test',
  `Then the SP rejects the response as ${code}`,
];

/** Steps of each case. */
const played = {
  'app-not-assigned': [
    'Given Sam is not assigned to the app',
    'When Sam cannot sign in and reports a missing app assignment',
    'And 31 minutes pass',
    'Then the test is unanswered, and the likely cause is app-not-assigned',
  ],
  'app-unknown': [
    'Given the app is not registered at the IdP',
    'When Sam cannot sign in and reports an unknown-app error',
    'And 31 minutes pass',
    'Then the test is unanswered, and the likely cause is app-unknown',
  ],
  'signing-cert-mismatch': ['When the IdP rolls over its signing key', ...rejected('signing-cert-mismatch')],
  'audience-mismatch': ['Given the IdP sends an Audience with a trailing slash', ...rejected('audience-mismatch')],
  'recipient-mismatch': [
    'Given the IdP sends a SubjectConfirmationData with a different Recipient',
    ...rejected('recipient-mismatch'),
  ],
  'nameid-missing': ['Given the IdP sends a Subject without NameID', ...rejected('nameid-missing')],
} as const satisfies Partial<Record<CaseCode, readonly string[]>>;

const products = playedProducts.filter(({ code }) => ['entra', 'okta', 'google'].includes(code));
const cases = Object.keys(played) as (keyof typeof played)[];

const scenarios = products.flatMap(({ words }) =>
  cases.map((code) => [
    `Scenario: ${code} with ${words}`,
    "Given Acme's SSO profile is set up",
    `And Acme's identity provider is ${words}`,
    'And the SSO profile accepts any NameID format',
    'And the SSO profile accepts responses without a signature of their own',
    ...played[code],
    `And Ada sees where ${words} fixes ${code}`,
  ]),
);

test(`${scenarios.length} scenarios: six cases with each of ${products.length} products`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'identity-products-'));
  try {
    const file = join(folder, 'cases.feature');
    writeFileSync(file, ['Feature: Cases', ...scenarios.flat()].join('\n'));
    const outcomes = await scenarioOutcomes({ paths: [file] });
    assert.equal(outcomes.length, 18);
    assert.deepEqual(
      outcomes.filter(({ status }) => status !== 'PASSED'),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
