/** Scenarios are green at a correct product, and red at one that is wrong in one respect. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotReady } from '../idp/identity-provider.ts';
import { sample } from '../stack/sample.fixture.ts';
import { playSmallProduct, type Scenarios } from './play-small-product.ts';
import type { Wrong } from './small-product.fixture.ts';

const tries = 'Sam tries to sign in through the IdP';
const rejected = ['the IdP sends an assertion with a different Audience', tries, 'the SP rejects the response'];
const graceInSamsBrowser = ["Grace is already signed in at the IdP in Sam's browser", 'Sam starts to sign in'];

const scenarios = {
  'A response is rejected': rejected,
  'A response is rejected, and Sam is not signed in': [...rejected.slice(0, 2), 'Sam is not signed in'],
  'A response is rejected after a sign-in': ['Sam has signed in through the IdP', ...rejected],
  'Grace has a session at the IdP': [...graceInSamsBrowser, "Sam's browser is signed in as Grace, or not at all"],
  'Grace has a session at the IdP, and no step looks': graceInSamsBrowser,
  'Grace and Sam sign in': ['Grace has signed in through the IdP', tries, 'Sam is signed in through the IdP'],
} satisfies Scenarios;

/** A step fails, or else an invariant after the scenario. */
type Red = readonly [wrong: Wrong, scenario: keyof typeof scenarios, step: string | undefined, message: RegExp];

const acs = String.raw`Sam sees a page at \S+`;
const reds: readonly Red[] = [
  [
    'signs in the NameID of every response',
    'A response is rejected',
    'the SP rejects the response',
    /^Expected the SP to reject the newest response, and no session, .* sessions: “sam@acme\.example”\.$/,
  ],
  [
    'signs in the NameID of every response',
    'A response is rejected, and Sam is not signed in',
    'Sam is not signed in',
    /^Expected Sam not to be signed in, received address: “sam@acme\.example”, method: “sso”\. Sam sees /,
  ],
  [
    'takes the typed email for the user',
    'Grace has a session at the IdP',
    "Sam's browser is signed in as Grace, or not at all",
    /^Expected Sam's browser to be signed in as Grace, or not at all, received “sam@acme\.example”\.$/,
  ],
  [
    'takes the typed email for the user',
    'Grace has a session at the IdP, and no step looks',
    undefined,
    /Sam's browser is signed in as sam@acme\.example, who has not signed in there$/,
  ],
  [
    'keeps the earlier session when it rejects a response',
    'A response is rejected after a sign-in',
    'the SP rejects the response',
    /^Expected the SP to reject the newest response, and no session, .* sessions: “sam@acme\.example”\.$/,
  ],
  [
    'shows the newest user in every browser',
    'Grace and Sam sign in',
    undefined,
    /Grace's browser is signed in as sam@acme\.example, who has not signed in there$/,
  ],
  [
    'fails to show a user whom it should have rejected',
    'A response is rejected',
    'the SP rejects the response',
    new RegExp(
      '^Sam could not see who is signed in\\. The page failed with the status 500, so it shows no user whether one ' +
        `is signed in or not\\. Sam sees “Something went wrong” at `,
    ),
  ],
  [
    'ends when it should reject a response',
    'A response is rejected, and Sam is not signed in',
    tries,
    new RegExp(`^Sam could not sign in at the IdP\\. ${acs}/acs: “The page could not be opened: .* cut the connection`),
  ],
  [
    'ends after it has rejected a response',
    'A response is rejected',
    'the SP rejects the response',
    new RegExp(
      `^Sam could not see who is signed in\\. ${acs}/: “The page could not be opened: .* no server is listening`,
    ),
  ],
  [
    'sends a rejected user back to the IdP',
    'A response is rejected',
    tries,
    /^Sam's browser is passed on without an end, 8 times so far\. Sam sees “One moment” at /,
  ],
  [
    'redirects a rejected user without an end',
    'A response is rejected',
    tries,
    new RegExp(`^Sam could not sign in at the IdP\\. ${acs}/failed: “.* led to more than 12 redirects`),
  ],
];

for (const [wrong, name, step, message] of sample(reds, 4))
  test(`a product that ${wrong}: ${name}`, async () => {
    const [outcome] = await playSmallProduct({ wrong, scenarios: { [name]: scenarios[name] } });
    assert.deepEqual([outcome?.status, outcome?.failed], ['FAILED', step], outcome?.message);
    assert.match(outcome!.message, message);
  });

const unready: readonly (readonly [Wrong, RegExp])[] = [
  [
    'always shows the same page',
    /signedIn finds no user: it looks for “Logged in: .* on \/, which says “Board”[\s\S]* correct signedIn\.$/,
  ],
  ['shows Sam before any sign-in', /Before it, signedIn already finds the user sam@acme\.example\.$/],
  ['shows an error page when a sign-in starts', /The SP did not send Sam to the IdP\. Sam sees “Out of order” at /],
];
for (const [wrong, message] of sample(unready, 1))
  test(`a product that ${wrong}: no scenario is played`, () =>
    assert.rejects(playSmallProduct({ wrong, scenarios: { 'A response is rejected': rejected } }), (error: Error) => {
      assert.ok(error instanceof NotReady, error.stack);
      assert.match(error.message, message);
      return true;
    }));

test('a product that rejects every response after the first wrong one: the run fails', async () => {
  const outcomes = await playSmallProduct({
    wrong: 'rejects every response after the first wrong one',
    scenarios: { 'A response is rejected': rejected },
  });
  assert.deepEqual(
    outcomes.map(({ name, status }) => [name, status]),
    [
      ['A response is rejected', 'PASSED'],
      ['a hook of the run', 'FAILED'],
    ],
  );
  assert.match(
    outcomes[1]!.message,
    /^Board: Sam’s last sign-in failed, so responses may have been rejected for another reason\. After it, /,
  );
});

test('a correct product: the same scenarios are green', async () => {
  const outcomes = await playSmallProduct({ scenarios });
  assert.equal(outcomes.length, Object.keys(scenarios).length);
  assert.deepEqual(
    outcomes.filter(({ status }) => status !== 'PASSED'),
    [],
  );
});

test('a product that asks for its terms after the IdP, however a sign-in begins', async () => {
  const changes = {
    signIn: {
      page: '/login',
      email: 'Work email',
      next: 'Continue',
      finish: [{ tick: 'I accept' }, { press: 'Continue' }],
    },
    idpInitiated: 'accepted',
  };
  const outcomes = await playSmallProduct({
    asksForTerms: true,
    acceptsIdpInitiated: true,
    changes,
    scenarios: {
      'Sam signs in': [tries, 'Sam is signed in through the IdP'],
      'Sam has a session at the IdP': [
        'Sam is already signed in at the IdP',
        'Sam starts to sign in',
        'Sam is signed in through the IdP',
      ],
      'Sam starts in the portal': ["Sam signs in from the IdP's app portal", 'Sam is signed in through the IdP'],
      'Nora is not asked': ["Nora enters Nora's email", 'Nora is not sent to the IdP'],
    },
  });
  assert.deepEqual(
    outcomes.map(({ message }) => message),
    ['', '', '', ''],
  );
});

test('a correct product that shows the user only at the end of a sign-in, and then ends', async () => {
  const changes = { signedIn: { text: 'Logged in: {user}!' } };
  const [outcome] = await playSmallProduct({
    wrong: 'ends after it has rejected a response',
    changes,
    scenarios: { 'A response is rejected': rejected },
  });
  assert.match(
    outcome!.message,
    /Board does not respond any more\. The page could not be opened: .* no server is listening/,
  );
});
