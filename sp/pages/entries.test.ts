/** The troubleshooting entries: search, the stage of a test first, the way back, and who sees which menu. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type CaseCode, caseCodes, caseStages, cases, casesAt, findCases } from '../troubleshooting.ts';
import { type Browser, openWorld, type World } from '../two-organizations.fixture.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
});
after(() => world[Symbol.asyncDispose]());

/** The codes of the linked entries, in their order. */
const linked = (text: string): string[] => [...text.matchAll(/href="\/cases\/([\w-]+)/g)].map(([, code]) => code!);

test('each stage has all its entries, the most likely first', () => {
  for (const stage of caseStages) {
    const codes = caseCodes.filter((code) => cases[code].stage === stage);
    assert.deepEqual(casesAt(stage).toSorted(), codes.toSorted(), stage);
  }
  assert.equal(casesAt('idp')[0], 'app-not-assigned');
  assert.equal(casesAt('test-email')[0], 'test-mail-missing');
});

const searches: readonly (readonly [query: string, first: CaseCode | undefined])[] = [
  ['audience', 'audience-mismatch'],
  ['ASSIGNED app', 'app-not-assigned'],
  ['nameid-user-mismatch', 'nameid-user-mismatch'],
  ['no-such-word', undefined],
];
for (const [query, first] of searches)
  test(`a search for “${query}”`, async () => {
    assert.equal(findCases(query)[0], first);
    const { text } = await ada.get(`/cases?q=${encodeURIComponent(query)}`);
    assert.deepEqual(linked(text), findCases(query));
    if (first === undefined) assert.match(text, /No entry contains “no-such-word”/);
  });

test('the stage of a test comes first, the others are folded, and each entry leads back to the result', async () => {
  const { text, words } = await ada.get('/cases?stage=idp&result=7');
  assert.equal(linked(text)[0], 'app-not-assigned');
  assert.ok(text.indexOf('<details>') > text.indexOf('idp-unreachable'));
  assert.deepEqual(linked(text).toSorted(), caseCodes.toSorted());
  assert.match(words, /The test stopped here/);
  assert.match(text, /href="\/admin\/sso\/7\/result">← Back to the result/);
  assert.match(text, /href="\/cases\/app-unknown\?result=7"/);
  const entry = await ada.get('/cases/app-unknown?result=7');
  assert.match(entry.text, /href="\/admin\/sso\/7\/result">.*href="\/cases\?result=7">All entries/s);
});

test('a malformed way back is left out', async () => {
  for (const result of ['x', '1/../..', '//evil.example', '9'.repeat(16), ''])
    assert.doesNotMatch((await ada.get(`/cases?result=${encodeURIComponent(result)}`)).text, /Back to the result/);
  assert.doesNotMatch((await ada.get('/cases?stage=nonsense')).text, /The test stopped here/);
});

test('administrators keep the tabs of the Admin Center; other readers have neither tabs nor a way back', async () => {
  assert.match((await ada.get('/cases/app-unknown')).text, /aria-label="Admin Center"/);
  const sam = await world.signedIn('sam@acme.example');
  for (const browser of [sam, world.browser()])
    assert.doesNotMatch((await browser.get('/cases?result=7')).text, /aria-label="Admin Center"|Back to the result/);
});

test('an entry says which scenarios replay it, or why none can', async () => {
  for (const code of caseCodes) {
    const { staging } = cases[code];
    const words = staging.staged ? /replay it\./ : /Cannot be staged, because ([a-z]|[A-Z]{2})/;
    assert.match((await ada.get(`/cases/${code}`)).words, words, code);
  }
});
