/** The entry point `sso-rehearsal/conformance`, with the options of the command. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { personaCodes } from '../../mock-idp/personas/codes.ts';
import {
  type ConformanceOptions,
  type ConformanceReport,
  conformance,
  HostNotAllowed,
  InvalidConfig,
  idpMetadata,
  NothingSelected,
  type ProductModule,
  SignInFailed,
} from './conformance.ts';
import { type Gullible, type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { startStand } from './stand.ts';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
after(() => rmSync(folder, { recursive: true }));
const stateFile = join(folder, 'stand.json');

/** The sign-on URL of the IdP at a port that is free now: the service provider must know it. */
async function freePlace(): Promise<{ port: number; ssoUrl: string }> {
  await using stand = await startStand({ port: 0, stateFile });
  return { port: Number(stand.url.port), ssoUrl: stand.connection.ssoUrl };
}
const { port, ssoUrl } = await freePlace();

interface Played {
  sp?: Partial<GullibleOptions>;
  recipe?: Partial<ProductModule>;
  options?: Partial<ConformanceOptions>;
}

async function play({ sp: more = {}, recipe = {}, options = {} }: Played): Promise<ConformanceReport> {
  await using sp = await startGullible({ ssoUrl, ...more });
  const config: ProductModule = { ...recipeOf(sp), ...recipe };
  return await conformance({ config, port, stateFile, only: ['audience-wrong'], ...options });
}

const recipeOf = ({ url, config: { name, entityId, acs } }: Gullible): ProductModule => ({
  ...{ name, origin: url, entityId, acs, signIn: { page: '/login' } },
  signedIn: { page: '/', text: 'You are {user}' },
  people: { Sam: { email: 'alice@example.org' } },
});

test('reports rows, causes and a verdict', async () => {
  const rowsSoFar: string[] = [];
  const report = await play({
    options: { onRow: ({ code }, done, planned) => rowsSoFar.push(`${code} ${done}/${planned}`) },
  });
  assert.deepEqual(rowsSoFar, ['audience-wrong 1/1']);
  const { verdict, verified, counts, causes, rows, usedBrowser } = report;
  assert.deepEqual([verdict, verified, counts.fail, usedBrowser], ['failed', 1, 1, false]);
  assert.deepEqual(
    causes.map(({ cause, severity, findings }) => [cause, severity, findings[0]?.code]),
    [['accepts a response for another service provider', 'high', 'audience-wrong']],
  );
  assert.ok(rows[0]?.sent);
});

test('milder findings and known ones do not fail', async () => {
  const milder = await play({ options: { failOn: 'critical' } });
  assert.equal(milder.verdict, 'passed');
  const baseline = join(folder, 'known.json');
  const [{ phrase }] = milder.rows as unknown as [{ phrase: string }];
  const known = { phrase, severity: 'high', reason: 'accepted until spring', date: '2026-11-01' };
  writeFileSync(baseline, JSON.stringify({ accepted: [known] }));
  const { verdict, compared } = await play({ options: { baseline } });
  assert.deepEqual([verdict, compared.known.length, compared.fresh.length], ['passed', 1, 0]);
});

test('less than 95 % of the faults judged is incomplete', async () =>
  assert.equal(
    (await play({ sp: { rejects: 'elsewhere' }, options: { only: ['cross-tenant'] } })).verdict,
    'incomplete',
  ));

test('writes the report only if wanted', async () => {
  const reports = join(folder, 'reports');
  await play({ options: { reports } });
  for (const file of ['conformance.html', 'conformance.json', 'junit.xml', 'conformance.sarif', 'summary.md'])
    assert.ok(existsSync(join(reports, file)), file);
});

test('plays faults as a product writes, and the report names it', async () => {
  const reports = join(folder, 'as-okta');
  const { rows, notes } = await play({ options: { persona: 'okta', reports } });
  assert.match(Buffer.from(rows[0]!.sent!, 'base64').toString(), /<saml2:Assertion /);
  assert.deepEqual(notes, ['Every response was written as Okta writes it.']);
  for (const file of ['conformance.html', 'summary.md'])
    assert.match(readFileSync(join(reports, file), 'utf8'), /written as Okta writes it/, file);
});

test('says what a persona sends that trips the service provider', async () => {
  const unspecified = 'nameid-format:unspecified';
  await assert.rejects(play({ sp: { rejects: unspecified }, options: { persona: 'okta' } }), (error: Error) => {
    assert.ok(error instanceof SignInFailed);
    assert.match(error.message, /\n {2}NameID Format urn:.*:unspecified\n/);
    assert.match(error.message, /works without --persona\. As Okta .* trips over:\n +NameID: `unspecified`/);
    assert.match(error.message, /To go on:\n.*identity-providers\.md#okta/);
    return true;
  });
});

test('a sign-in that fails without the persona, too, is explained without it', async () => {
  await assert.rejects(play({ sp: { rejectsAll: true }, options: { persona: 'okta' } }), (error: Error) => {
    assert.ok(error instanceof SignInFailed);
    assert.match(error.message, /Check:\n/);
    assert.doesNotMatch(error.message, /Okta|saml2p/);
    return true;
  });
});

test('tries each product, and says which facts trip the service provider', async () => {
  await using sp = await startGullible({ ssoUrl, rejects: 'ID="id' });
  const soFar: string[] = [];
  const { verdict, rows } = await conformance({
    config: recipeOf(sp),
    ...{ port, stateFile, persona: 'all' },
    onRow: ({ persona }) => soFar.push(persona),
  });
  assert.deepEqual(soFar, [...personaCodes]);
  assert.equal(verdict, 'failed');
  assert.deepEqual(
    rows.flatMap(({ persona, works, trips }) => (works ? [] : [[persona, ...trips.map(({ fact }) => fact)]])),
    [
      ['okta', 'ids'],
      ['pingone', 'ids', 'nameId'],
    ],
  );
});

test('faults are chosen in upper or lower case', async () => {
  const { rows } = await play({ options: { only: ['AUDIENCE-wrong'] } });
  assert.ok(rows.some(({ code }) => code === 'audience-wrong'));
});

test('throws with what is wrong', async () => {
  await assert.rejects(play({ options: { persona: 'octa' as never } }), (error) => {
    assert.ok(error instanceof InvalidConfig);
    assert.match(error.message, /unknown persona “octa”: the nearest are okta/);
    return true;
  });
  await assert.rejects(play({ recipe: { people: undefined } as never }), InvalidConfig);
  await assert.rejects(play({ recipe: { signIn: { page: 'https://sp.example/' } } }), HostNotAllowed);
  await assert.rejects(play({ options: { only: ['no such fault'] } }), NothingSelected);
  await assert.rejects(play({ sp: { rejectsAll: true } }), (error) => {
    assert.ok(error instanceof SignInFailed);
    assert.match(error.message, /No fault was tried: .*did not sign the user in.*Check:/s);
    return true;
  });
  await assert.rejects(conformance({ config: join(folder, 'nowhere.json'), port, stateFile }), InvalidConfig);
});

const format = (name: string): string => `urn:oasis:names:tc:SAML:${name}`;
const sam = { email: 'alice@example.org', attributes: { mail: 'alice@example.org' } };

test('a requested NameID is sent, and the report says what the user is known by instead', async () => {
  const sp = { nameIdFormat: format('2.0:nameid-format:transient'), knownBy: 'mail' };
  const { notes, verdict } = await play({ sp, recipe: { people: { Sam: sam } } });
  assert.deepEqual([notes?.length, verdict], [1, 'failed']);
  assert.match(notes![0]!, /ask for a transient NameID.*in place of “alice@example.org”/);
  assert.deepEqual((await play({})).notes, []);
});

test('a service provider that shows a requested NameID is explained', async () => {
  for (const [name, words] of [
    ['2.0:nameid-format:transient', /ask for a transient NameID: each response has a new one/],
    ['2.0:nameid-format:persistent', /ask for a persistent NameID/],
  ] as const)
    await assert.rejects(play({ sp: { nameIdFormat: format(name) } }), words);
  const wrong = { Sam: { ...sam, nameId: 'u-4711', shownAs: 'alice@example.org' } };
  const asked = { sp: { nameIdFormat: format('1.1:nameid-format:emailAddress') }, recipe: { people: wrong } };
  await assert.rejects(play(asked), /ask for an email as NameID, and the recipe has “u-4711”, which is sent/);
});

test('the metadata to load belongs to the first organization, or to the second', async () => {
  const entityIds = await Promise.all(
    [false, true].map(async (second) => {
      const text = await idpMetadata({ port: 0, stateFile: join(folder, `${second}.json`), second });
      return /entityID="[^"]*\/(\S+)\/metadata"/.exec(text)?.[1];
    }),
  );
  assert.deepEqual(entityIds, ['stand', 'stand-2']);
});
