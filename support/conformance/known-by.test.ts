/** Service providers that know their users by NameID or by an attribute, and sessions without a name. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from './config.ts';
import type { Examination, Row } from './examination.ts';
import { examine } from './examine.ts';
import { type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { standForTests } from './stand.fixture.ts';

const { stand, folder } = await standForTests();

const user = { nameId: 'u-4711', attributes: { mail: ['alice@example.org'] }, shownAs: 'alice@example.org' };

async function examineGullible(
  weakness: Omit<GullibleOptions, 'ssoUrl'>,
  only: readonly string[],
  changed: object = {},
): Promise<Examination> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...weakness });
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ ...sp.config, user, ...changed }));
  return await examine({ config: await readConfig(file), stand, only });
}

const judged = ({ rows }: Examination): [code: string, result: string, signedInAs: string | null][] =>
  rows.map(({ code, result, severity, signedInAs }: Row) => [
    code,
    severity === undefined ? result : `${result}, ${severity}`,
    signedInAs,
  ]);

test('who is signed in is compared with the attribute by which the service provider knows its users', async () => {
  const only = ['nameid-of-another', 'comment-in-nameid', 'xsw3', 'nameid-format-wrong'];
  assert.deepEqual(judged(await examineGullible({ knownBy: 'mail' }, only)).toSorted(), [
    // It reads the text up to the comment.
    ['comment-in-nameid', 'fail, critical', 'alice@example.org'],
    ['comment-in-nameid-after-signing', 'fail, critical', 'alice'],
    ['comment-in-nameid-whole', 'fail, critical', 'alice'],
    ['nameid-format-wrong', 'policy', 'alice@example.org'],
    ['nameid-of-another', 'policy', 'someone.else@example.org'],
    ['xsw3', 'fail, critical', 'mallory@elsewhere.example'],
  ]);
});

test('the email that the identity provider sends of every user may be the name, too', async () => {
  const withEmail = { user: { ...user, address: 'alice@example.org' } };
  assert.deepEqual(judged(await examineGullible({ knownBy: 'email' }, ['nameid-of-another'], withEmail)), [
    ['nameid-of-another', 'policy', 'someone.else@example.org'],
  ]);
});

test('forged content names the victim of the configuration', async () => {
  const victim = { nameId: 'u-1', attributes: { mail: ['ada@example.org'] } };
  const [row] = judged(await examineGullible({ knownBy: 'mail' }, ['xsw3'], { victim }));
  assert.deepEqual(row, ['xsw3', 'fail, critical', 'ada@example.org']);
});

test('a name that the configuration states is not searched for', async () => {
  const [row] = judged(await examineGullible({ knownBy: 'mail' }, ['nameid-of-another'], { knownBy: 'mail' }));
  assert.deepEqual(row, ['nameid-of-another', 'policy', 'someone.else@example.org']);
});

test('a session without a name is a finding, unless the page shows an empty name to everyone', async () => {
  const byName = { user: { nameId: 'alice@example.org' } };
  assert.deepEqual(judged(await examineGullible({ namesEmpty: true }, ['nameid-whitespace-only'], byName)), [
    ['nameid-whitespace-only', 'fail, medium', ''],
  ]);
  assert.deepEqual(
    judged(
      await examineGullible({ rejects: 'elsewhere.example/saml', namelessPage: true }, ['audience-wrong'], byName),
    ),
    [['audience-wrong', 'pass', null]],
  );
});

for (const reply of ['/reset', '/half'])
  test(`a connection that breaks (${reply}) hides no session, and is judged all the same`, async () => {
    const byName = { user: { nameId: 'alice@example.org' } };
    const after = (xml: string): string | undefined => (xml.includes('elsewhere.example/saml') ? reply : undefined);
    assert.deepEqual(judged(await examineGullible({ after }, ['audience-wrong'], byName)), [
      ['audience-wrong', 'fail, high', 'alice@example.org'],
    ]);
    assert.deepEqual(
      judged(await examineGullible({ after, rejects: 'elsewhere.example/saml' }, ['audience-wrong'], byName)),
      [['audience-wrong', 'pass', null]],
    );
  });
