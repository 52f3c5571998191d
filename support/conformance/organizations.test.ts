/** A service provider with two organizations: weak ones are critical, the repaired one passes. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from './config.ts';
import type { Row } from './examination.ts';
import { examine } from './examine.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { standForTests } from './stand.fixture.ts';
import type { Connection } from './stand.ts';
import { judgeOrganization } from './try-organizations.ts';
import { readName } from './weak-reader.fixture.ts';

const { stand, folder } = await standForTests();
const { privateKey: decryptionKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const connections: Record<Organization, Connection> = {
  first: stand.connection,
  second: (await stand.second()).connection,
};

type Organization = 'first' | 'second';
type Weakness = 'takes any user from an IdP' | 'trusts every IdP that it knows' | 'trusts every key that it knows';

const domains = { first: '@example.org', second: '@second.example' };

/** Reads a response to one of the organizations. */
function readAt(
  at: Organization,
  weakness: Weakness | undefined,
): NonNullable<Parameters<typeof startGullible>[0]['readName']> {
  return (received) => {
    const xml = Buffer.from(received.field, 'base64').toString();
    const issuer = /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1];
    const all = Object.values(connections);
    const own = connections[at];
    const trusted = weakness === 'trusts every IdP that it knows' ? all.find((one) => one.entityId === issuer) : own;
    if (trusted === undefined || trusted.entityId !== issuer) return undefined;
    const keys = weakness === 'trusts every key that it knows' ? all : [trusted];
    const names = keys.map(({ certificates }) =>
      readName(received, { weakness: undefined, certificate: certificates[0]!, decryptionKey }),
    );
    const name = names.find((one) => one !== undefined);
    return weakness === 'takes any user from an IdP' || name?.endsWith(domains[at]) ? name : undefined;
  };
}

/** The cookies of both are those of one host, so they are one service provider. */
async function rowsOf(
  weakness: Weakness | undefined,
  only: readonly string[] = [' organization-'],
): Promise<readonly Row[]> {
  const [first, second] = [connections.first, connections.second];
  await using one = await startGullible({ ssoUrl: first.ssoUrl, readName: readAt('first', weakness) });
  await using other = await startGullible({ ssoUrl: second.ssoUrl, readName: readAt('second', weakness) });
  const { entityId, acs, signIn, signedIn } = other.config;
  const file = join(folder, 'config.json');
  const user = { nameId: 'bob@second.example' };
  writeFileSync(file, JSON.stringify({ ...one.config, second: { entityId, acs, signIn, signedIn, user } }));
  return (await examine({ config: await readConfig(file), stand, only })).rows;
}

const outcomes = (rows: readonly Row[]): string[] =>
  rows.map(({ code, result, severity }) => `${code}: ${severity ?? result}`);

for (const [weakness, ...critical] of [
  ['takes any user from an IdP', 'organization-user-of-other'],
  ['trusts every IdP that it knows', 'organization-idp-of-other'],
  ['trusts every key that it knows', 'organization-key-of-other'],
] as const)
  test(`a service provider is critical if it ${weakness}`, async () => {
    const expected = ['user', 'idp', 'key'].map((what) => {
      const code = `organization-${what}-of-other`;
      return `${code}: ${(critical as readonly string[]).includes(code) ? 'critical' : 'pass'}`;
    });
    assert.deepEqual(outcomes(await rowsOf(weakness)), expected);
  });

test('without these weaknesses, it passes, also where a response is posted to the other ACS', async () => {
  const rows = await rowsOf(undefined, [' organization-', 'cross-tenant-issuer']);
  assert.deepEqual(outcomes(rows).toSorted(), [
    'cross-tenant-issuer: pass',
    'organization-idp-of-other: pass',
    'organization-key-of-other: pass',
    'organization-user-of-other: pass',
  ]);
});

test('a session that may be an account of the attacking organization is a policy', () => {
  const signedIn = { as: 'bob@second.example' };
  const attempt = { signedIn, broken: undefined, ledAway: undefined };
  const judge = (situation: object): string => {
    const { result, severity } = judgeOrganization(attempt, {
      at: 'first',
      user: signedIn.as,
      showsOrganization: false,
      isShared: false,
      ...situation,
    });
    return severity ?? result;
  };
  assert.equal(judge({}), 'policy');
  assert.equal(judge({ showsOrganization: true }), 'critical');
  assert.equal(judge({ showsOrganization: true, user: 'carol@second.example' }), 'pass');
  assert.equal(judge({ at: 'second' }), 'critical');
  assert.equal(judge({ at: 'second', isShared: true }), 'policy');
  assert.equal(judge({ at: 'second', isShared: true, forgesIssuer: true }), 'critical');
});
