/** Steps whose sentence is false or impossible never pass: each fails with what is missing. */
import { test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { assertAllFail, type FailingRow } from './failing-scenarios.ts';

/** Each scenario begins with Acme's SSO profile, and fails with this message. */
const rows: readonly FailingRow[] = [
  [
    ['Given Sam is already signed in at the IdP', 'Then the IdP does not ask Sam to sign in again'],
    /^Sam has not come back to the IdP after the first sign-in, so the IdP could not ask again\.$/,
  ],
  [
    [
      'Given Ada has sent Sam an SSO test',
      'When Ada marks the test as failed',
      'Then Ada cannot mark the test as passed: no sign-in was observed',
    ],
    /sign-in/,
  ],
  [
    [
      'When Sam reaches the IdP with a malformed request',
      'And Sam takes the SSO test',
      'Then the IdP rejects the request as request-malformed',
    ],
    /request-malformed/,
  ],
  [
    ['Given Ada has sent Sam an SSO test', 'And Sam has opened the test link', 'Then Sam is back on the SP login page'],
    /^Sam has not entered anything yet, so Sam cannot be back on the SP login page\.$/,
  ],
  [
    ['Given Sam is on the IdP login page', "And Acme's tenant at the IdP is disabled", 'When Sam signs in at the IdP'],
    /^Sam could not sign in at the IdP\./,
  ],
  [
    ['Given Sam has taken the SSO test', "When Mallory's browser posts the same response again"],
    / Mallory's browser has posted no response yet, so it cannot post the same response again\.$/,
  ],
  [['When Sam continues in the Console'], /^Sam has not been signed in yet, so Sam cannot continue in the Console\.$/],
  [
    ['Given the IdP behaves correctly again'],
    /^The IdP behaves correctly already: the scenario has arranged no fault\.$/,
  ],
  [['When -10 minutes pass'], /at least 1/],
  [['When 0 hours pass'], /at least 1/],
  [["Given the IdP's clock is 0 minutes ahead"], /at least 1/],
  [['When 999999999999 minutes pass'], /at most/],
  [['Given Nora is not assigned to the app'], /^Nora has no account at the IdP\.$/],
  [
    ['Given the mail server rejects email to Grace', 'And Ada has sent Sam an SSO test'],
    /mail server rejects email to Grace/,
  ],
  [
    ['Given Sam is not assigned to the app', "When Sam signs in from the IdP's app portal"],
    /^Sam could not sign in from the IdP's app portal\. Sam sees “/,
  ],
  [
    ['Given the IdP is down', "When Sam signs in from the IdP's app portal"],
    /^Sam could not sign in from the IdP's app portal\. Sam sees/,
  ],
  [
    ['Given the IdP is down', 'When the IdP rolls over its signing key'],
    /^The IdP is down, so it cannot roll over its signing key\.$/,
  ],
  [
    ['Given Ada has sent Sam an SSO test', 'When 25 hours pass', "And Sam's browser prefetches the test link"],
    /expired/,
  ],
  [
    ['Given Ada has sent Sam an SSO test', 'When 25 hours pass', "And Sam's email client checks the test link"],
    /expired/,
  ],
  [
    ['Given Ada has sent Sam an SSO test', 'When 25 hours pass', "And an email scanner opens Sam's test link"],
    /expired/,
  ],
  [['Given Ada has tried ten wrong passwords for Nora'], /^Nora has no account at the SP\.$/],
  [['Given Acme no longer has a verified domain', 'And Acme no longer has a verified domain'], /already/],
  [['Given the app is not registered at the IdP', 'And the app is not registered at the IdP'], /already/],
  [
    [
      'Given Sam is not assigned to the app',
      'And Grace is not assigned to the app',
      'And Sam is on the IdP login page',
      'When Sam signs in at the IdP',
      'Then the test passes',
    ],
    /^Expected the test to pass, received “/,
  ],
  [['Given the IdP sends the attribute displayName'], /already/],
  [["Given Ada has added the IdP's next certificate", "And Ada has added the IdP's next certificate"], /already/],
  [['Given Nora is already signed in at the IdP'], /^Nora has no account at the IdP/],
  [
    [
      "Given Ada has marked Sam's SSO test as passed",
      'And Ada has enforced SSO',
      'And Sam is signed in with a password',
    ],
    /^Sam could not sign in with a password\. Sam is covered, and is signed in through the IdP already\. Sam sees “/,
  ],
  [
    ['Given the SSO profile requires a smart card', 'And the SSO profile requires a smart card'],
    /^The SSO profile has these settings already, so there is nothing to change\.$/,
  ],
  [
    ['Given Ada has edited the SSO profile', 'And Ada has edited the SSO profile'],
    /^The SSO profile has these settings already, so there is nothing to change\.$/,
  ],
  [['Given the IdP is down', 'And the IdP is down'], / The IdP is down already\.$/],
];

test('a step with a false or impossible sentence fails in plain words', () => assertAllFail(sample(rows, 15)));
