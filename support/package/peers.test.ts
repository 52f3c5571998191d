/** Packages that users install next to this one: a sentence for each one that is missing or does not fit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Installed, type Peer, whyPeersUnfit } from './peers.ts';

const both: readonly Peer[] = ['@cucumber/cucumber', 'playwright'];
const ranges: Readonly<Record<Peer, string>> = { '@cucumber/cucumber': '>=13.0.0 <14', playwright: '>=1.59.1 <2' };

/** With these versions, or these folders of Cucumber. */
function unfit(versions: Partial<Record<Peer, string>>, { ours = '/a', theirs = '/a' } = {}): string | undefined {
  const find =
    (folder: string) =>
    (peer: Peer): Installed | undefined =>
      versions[peer] === undefined ? undefined : { version: versions[peer], folder };
  return whyPeersUnfit('bdd', both, { range: (peer) => ranges[peer], find: find(ours), findForUser: find(theirs) });
}

const cases: readonly (readonly [versions: Partial<Record<Peer, string>>, sentence: string | undefined])[] = [
  [
    {},
    'bdd needs @cucumber/cucumber and playwright, which are not installed. ' +
      'Run: npm install --save-dev @cucumber/cucumber@13 playwright@1',
  ],
  [
    { '@cucumber/cucumber': '13.0.0' },
    'bdd needs playwright, which is not installed. Run: npm install --save-dev playwright@1',
  ],
  [
    { '@cucumber/cucumber': '12.9.0', playwright: '1.65.1' },
    'bdd needs @cucumber/cucumber >=13.0.0 <14, and 12.9.0 is installed. ' +
      'Run: npm install --save-dev @cucumber/cucumber@13',
  ],
  [
    { '@cucumber/cucumber': '14.0.0', playwright: '1.9.9' },
    'bdd needs @cucumber/cucumber >=13.0.0 <14, and 14.0.0 is installed; ' +
      'playwright >=1.59.1 <2, and 1.9.9 is installed. ' +
      'Run: npm install --save-dev @cucumber/cucumber@13 playwright@1',
  ],
  [{ '@cucumber/cucumber': '13.10.2', playwright: '1.100.0-beta.1' }, undefined],
];

for (const [versions, sentence] of cases)
  test(`installed: ${JSON.stringify(versions)}`, () => assert.equal(unfit(versions), sentence));

test('steps that load another Cucumber would be lost', () => {
  const sentence = unfit({ '@cucumber/cucumber': '13.3.0', playwright: '1.65.1' }, { ours: '/b', theirs: '/a' });
  assert.match(
    sentence ?? '',
    /^Your steps would load Cucumber from \/a, but sso-rehearsal loads it from \/b.*dedupe$/,
  );
});

test('the versions that this repository installs are in the tested range, and optional', () => {
  assert.equal(whyPeersUnfit('bdd', both), undefined);
  const { peerDependenciesMeta } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    peerDependenciesMeta: Record<string, { optional: boolean }>;
  };
  for (const peer of both) assert.equal(peerDependenciesMeta[peer]?.optional, true, peer);
});
