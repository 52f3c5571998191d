/** For each habit of a product, a weak service provider that trips over it; the sign-ins find the fact. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import type { Plan } from '../../mock-idp/personas/persona.ts';
import { sample } from '../stack/sample.fixture.ts';
import { readConfig } from './config.ts';
import { examine } from './examine.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { type Stand, startStand } from './stand.ts';
import { onStand, type PersonaRow, tryPersonas } from './try-personas.ts';

const folder = mkdtempSync(join(tmpdir(), 'try-personas-'));
let stand: Stand;
before(async () => {
  stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
});
after(async () => {
  await stand[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const groups = Array.from({ length: 151 }, (_, index) => `group-${index}`);
const user = { nameId: 'alice@example.org', attributes: { email: ['alice@example.org'], Role: ['a', 'b'], groups } };
const others = { nameId: 'bob@example.org', attributes: { department: ['Research'] } };

type Accepts = (xml: string) => boolean;

/** Signs in the user of a response that it accepts, without verifying its signature. */
async function play<Result>(
  accepts: Accepts,
  act: (config: Awaited<ReturnType<typeof readConfig>>) => Promise<Result>,
): Promise<Result> {
  await using sp = await startGullible({
    ssoUrl: stand.connection.ssoUrl,
    readName({ field }) {
      const xml = Buffer.from(field, 'base64').toString();
      return accepts(xml) ? /<(?:\w+:)?NameID\b[^>]*>([^<]+)</.exec(xml)?.[1] : undefined;
    },
  });
  const file = join(folder, 'weak.json');
  writeFileSync(file, JSON.stringify({ ...sp.config, user, victim: others }));
  return await act(await readConfig(file));
}

const matrixOf = (accepts: Accepts): Promise<PersonaRow[]> => play(accepts, (config) => tryPersonas({ config, stand }));

const lasts = (xml: string): number => {
  const [, from = '', to = ''] = /Conditions[^>]*NotBefore="([^"]*)"[^>]*NotOnOrAfter="([^"]*)"/.exec(xml) ?? [];
  return (Date.parse(to) - Date.parse(from)) / 60_000;
};
const namesOf = (xml: string): string[] =>
  [...xml.matchAll(/<(?:\w+:)?Attribute\b[^>]* Name="([^"]*)"/g)].map((one) => one[1]!);

const traps: readonly { words: string; accepts: Accepts; persona: PersonaCode; fact: keyof Plan; with?: keyof Plan }[] =
  [
    {
      words: 'finds elements by the prefix',
      accepts: (xml) => xml.includes('<saml:Assertion'),
      persona: 'entra',
      fact: 'prefixes',
    },
    {
      words: 'rejects two attributes of one name',
      accepts: (xml) => new Set(namesOf(xml)).size === namesOf(xml).length,
      persona: 'keycloak-26',
      fact: 'repeatedAttributes',
    },
    {
      words: 'rejects an attribute without a value',
      accepts: (xml) => !/<(?:\w+:)?Attribute\b[^>]*(?:\/>|><\/)/.test(xml),
      persona: 'google',
      fact: 'emptyAttributes',
    },
    {
      words: 'reads the attribute email',
      accepts: (xml) => namesOf(xml).includes('email'),
      persona: 'entra',
      fact: 'attributeNames',
    },
    {
      words: 'rejects a NameID of an unspecified format',
      accepts: (xml) => !/NameID [^>]*nameid-format:unspecified/.test(xml),
      persona: 'okta',
      fact: 'nameId',
    },
    {
      words: 'rejects assertions that last over 15 minutes',
      accepts: (xml) => lasts(xml) <= 15,
      persona: 'entra',
      fact: 'conditions',
    },
    {
      words: 'requires the Destination',
      accepts: (xml) => /<\w+:Response\b[^>]* Destination=/.test(xml),
      persona: 'pingfederate',
      fact: 'destination',
      with: 'signed',
    },
    {
      words: 'requires the certificate in KeyInfo',
      accepts: (xml) => xml.includes('X509Certificate>'),
      persona: 'pingfederate',
      fact: 'keyInfo',
    },
    {
      words: 'rejects a KeyInfo with more than the certificate',
      accepts: (xml) => !xml.includes('X509SubjectName'),
      persona: 'google',
      fact: 'keyInfo',
    },
    {
      words: 'rejects line breaks in the certificate',
      accepts: (xml) => !/X509Certificate>[^<]*\n/.test(xml),
      persona: 'google',
      fact: 'lines',
    },
    {
      words: 'requires a signed response',
      accepts: (xml) => xml.search(/Signature\b/) < xml.search(/<(?:\w+:)?Assertion\b/),
      persona: 'entra',
      fact: 'signed',
    },
    {
      words: 'takes a session index like the request’s ID for a replay',
      accepts: (xml) => !xml.includes(`SessionIndex="${/InResponseTo="([^"]*)"/.exec(xml)?.[1]}"`),
      persona: 'okta',
      fact: 'sessionIndex',
    },
    {
      words: 'expects the authentication statement first',
      accepts: (xml) => xml.search(/AuthnStatement\b/) < xml.search(/AttributeStatement\b/),
      persona: 'entra',
      fact: 'statements',
    },
    {
      words: 'cannot parse milliseconds',
      accepts: (xml) => !/IssueInstant="[^"]*\.\d/.test(xml),
      persona: 'okta',
      fact: 'decimals',
    },
    {
      words: 'requires the groups',
      accepts: (xml) => namesOf(xml).some((name) => /groups$/.test(name)),
      persona: 'entra',
      fact: 'groups',
      with: 'attributeNames',
    },
  ];

test('a service provider that reads any valid response works with all, unless the name is another', async () => {
  const rows = await matrixOf(() => true);
  assert.equal(rows.length, 19);
  assert.deepEqual(
    rows.flatMap(({ persona, works, trips }) => (works ? [] : [[persona, ...trips.map(({ fact }) => fact)]])),
    [['pingone', 'nameId']],
  );
});

for (const { words, accepts, persona, fact, with: other } of sample(traps, 2))
  test(`a service provider that ${words} trips over ${fact} of ${persona}`, async () => {
    const row = (await matrixOf(accepts)).find((one) => one.persona === persona)!;
    assert.deepEqual(
      row.trips.map((trip) => trip.fact).toSorted(),
      [fact, ...(other === undefined ? [] : [other])].toSorted(),
      JSON.stringify(row),
    );
    assert.equal(row.together, other !== undefined);
    assert.match(row.trips[0]!.reply, /that did not work/);
  });

test('plays faults as a product writes', async () => {
  const received: string[] = [];
  const { rows } = await play(
    (xml) => received.push(xml) > 0,
    (config) => examine({ config, stand, only: ['audience-wrong'], persona: onStand('okta') }),
  );
  assert.deepEqual(
    rows.map(({ result }) => result),
    ['fail'],
  );
  assert.ok(
    received.every((xml) => xml.includes('<saml2:Assertion')),
    'prefixes of Okta',
  );
});
