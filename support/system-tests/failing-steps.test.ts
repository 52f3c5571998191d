/** Steps whose sentence cannot come true fail at once, with what is missing and what the person sees. */
import { test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { assertAllFail, type FailingRow } from './failing-scenarios.ts';

/** Each scenario begins with Acme's SSO profile; its last step fails with this message. */
const rows: readonly FailingRow[] = [
  [
    ['Given Ada has enforced SSO'],
    /^Ada could not enforce SSO\. The button “Enforce SSO” is disabled\. Ada sees “.*” at \S+\/enforce: “/,
  ],
  [
    ['Given Sam has taken the SSO test', 'When Ada enforces SSO'],
    /^Ada could not enforce SSO\. The button “Enforce SSO” is disabled\. Ada sees “/,
  ],
  [['When Ada sends Nora an SSO test'], /^Ada could not send an SSO test to nora@\S+ Ada sees “.*” at \S+\/test: “/],
  [
    ['Given Ada has sent Sam an SSO test', 'When Ada marks the test as passed'],
    /^Ada could not mark the test as passed\. The button “Mark as passed” is disabled\. Ada sees “.*” at \S+\/result/,
  ],
  [
    ['When Sam signs in at the IdP'],
    /^Sam could not sign in at the IdP\. Sam is not on the IdP login page\. Sam has no page open\.$/,
  ],
  [
    ["When Sam enters Sam's email", 'And Sam signs in at the IdP'],
    /^Sam could not sign in at the IdP\. Sam is not on the IdP login page\. Sam sees “.*” at http:\/\/sp\./,
  ],
  [
    ['When Sam enters a wrong password at the IdP'],
    /^Sam could not get to the IdP login page\. Sam has no page open\.$/,
  ],
  [
    ["When Sam enters Sam's email in the test"],
    /^Sam could not enter the email sam@\S+ Sam is not on the SP login page\. Sam has no page open\.$/,
  ],
  [
    ['When Sam cannot sign in and reports a locked account'],
    /^Sam could not report what the tester saw\. Sam signed in, so the test is finished\. Sam sees “The test worked”/,
  ],
  [
    ['Given Sam is already signed in at the IdP', 'When Sam cannot sign in and reports a wrong password'],
    /^Sam could not get to the IdP login page\. Sam sees “.*” at \S+\/console/,
  ],
  [
    ['Given the IdP has issued a response for Sam', "When Mallory's browser posts Nora's response"],
    /There is no response for Nora to post\. Put “the IdP has issued a response for Nora” first\.$/,
  ],
  [
    ['When Ada turns off SSO enforcement'],
    /^Ada could not turn off SSO enforcement\. Ada is not on the page that enforces SSO: .* Ada sees “/,
  ],
  [
    ['When Sam signs in as a recovery administrator'],
    /^Sam could not get back in with the recovery sign-in\. Sam sees “.*” at \S+\/recovery: “/,
  ],
  [
    [
      'Given Sam is not assigned to the app',
      'And Sam is on the IdP login page',
      'When Sam signs in at the IdP',
      'Then the test passes',
    ],
    /^Expected the test to pass, received “/,
  ],
  [
    ['Given the IdP is down', 'And Sam is on the IdP login page'],
    /^Sam could not get to the IdP login page\. Sam sees a page at \S+: “The page could not be opened/,
  ],
  [
    ['When Sam goes back in the browser'],
    /^Sam acts over HTTP here, and only a browser can go back in its history\. Remove @scripted from the scenario\.$/,
  ],
];

test('a step that cannot come true fails in plain words', () => assertAllFail(sample(rows, 8)));
