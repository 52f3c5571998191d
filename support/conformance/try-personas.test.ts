/** For each habit of a product, a weak service provider that trips over it; the sign-ins find the fact. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { personas } from '../../mock-idp/personas/catalogue.ts';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import type { Plan } from '../../mock-idp/personas/persona.ts';
import { sample } from '../stack/sample.fixture.ts';
import { readConfig, type StandConfig } from './config.ts';
import { examine } from './examine.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { personaLines, personaSummary, tripLine } from './persona-lines.ts';
import { standForTests } from './stand.fixture.ts';
import { isGood, onStand, type PersonaRow, tryPersonas } from './try-personas.ts';
import { hasSignature } from './weak-reader.fixture.ts';

const { stand, folder } = await standForTests();

const groups = Array.from({ length: 151 }, (_, index) => `group-${index}`);
const user = { nameId: 'alice@example.org', attributes: { email: ['alice@example.org'], Role: ['a', 'b'], groups } };
const others = { nameId: 'bob@example.org', attributes: { department: ['Research'] } };

type Accepts = (xml: string) => boolean;

/** How the service provider of a row differs from the usual one. */
interface Needs {
  entityId?: string;
  user?: { nameId: string; address?: string; attributes: Record<string, string[]> };
  /** It publishes an encryption certificate. */
  decrypts?: boolean;
  /** It accepts only encrypted assertions. */
  encrypts?: boolean;
  /** It reads the metadata before each sign-in, and starts none if it does not accept them. */
  readsMetadata?: boolean;
  /** It reads the metadata before each sign-in, and verifies signatures by some of the certificates. */
  trusts?: (certificates: readonly string[]) => readonly string[];
  /** It verifies a signature only if there is one. */
  acceptsUnsigned?: boolean;
  /** It signs in whom the NameID names; otherwise the user of the recipe. */
  readsName?: boolean;
}

/** Signs in the user of a response that it accepts; verifies its signature only if it `trusts` certificates. */
async function play<Result>(
  accepts: Accepts,
  act: (config: StandConfig) => Promise<Result>,
  needs: Needs = {},
): Promise<Result> {
  const { entityId, decrypts, encrypts, readsMetadata, trusts, acceptsUnsigned, readsName, ...changes } = needs;
  const person = changes.user ?? user;
  let trusted: readonly string[] = [];
  await using sp = await startGullible({
    ssoUrl: stand.connection.ssoUrl,
    ...(entityId !== undefined && { entityId }),
    ...((readsMetadata || trusts) && {
      pages: (app) =>
        void app.use('/login', async (_request, response, next) => {
          const metadata = await stand.metadata();
          trusted = trusts?.(certificatesIn(metadata)) ?? [];
          if (!readsMetadata || accepts(metadata)) next();
          else response.send('Sorry, that did not work.');
        }),
    }),
    readName({ field }) {
      const xml = Buffer.from(field, 'base64').toString();
      if (!readsMetadata && !accepts(xml)) return undefined;
      const isVerified = trusts && !(acceptsUnsigned && !/Signature\b/.test(xml));
      if (isVerified && !trusted.some((certificate) => hasSignature(xml, certificate))) return undefined;
      return readsName ? /<(?:\w+:)?NameID\b[^>]*>([^<]+)</.exec(xml)?.[1] : person.nameId;
    },
  });
  const file = join(folder, 'weak.json');
  const { entityId: name, acs, ...config } = sp.config;
  const known = encrypts || decrypts ? { metadata: metadataWithCertificate(name, acs) } : { entityId: name, acs };
  const demands = encrypts ? ['encryption'] : [];
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      ...known,
      demands,
      user: person,
      victim: changes.user === plainUser ? undefined : others,
    }),
  );
  return await act(await readConfig(file));
}

function metadataWithCertificate(entityId: string, acs: string): string {
  const file = join(folder, 'weak.xml');
  const certificate = stand.connection.certificates[0]!.replace(/-----[^-]+-----|\s/g, '');
  writeFileSync(
    file,
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
      <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
          <X509Certificate>${certificate}</X509Certificate>
        </X509Data></KeyInfo></KeyDescriptor>
        <AssertionConsumerService index="0" Location="${acs}"
          Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
      </SPSSODescriptor>
    </EntityDescriptor>`,
  );
  return file;
}

const certificatesIn = (metadata: string): string[] =>
  metadata
    .split('KeyDescriptor use="signing">')
    .slice(1)
    .map(
      (key) => `-----BEGIN CERTIFICATE-----\n${/X509Certificate>([^<]+)/.exec(key)?.[1]}\n-----END CERTIFICATE-----`,
    );

const matrixOf = (accepts: Accepts, only: readonly PersonaCode[], needs?: Needs): Promise<PersonaRow[]> =>
  play(accepts, (config) => tryPersonas({ config, stand }, { only }), needs);

const timeOf = (name: string, xml: string): number =>
  Date.parse(new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1] ?? '') / 60_000;
const conditionsIn = (xml: string): string => /<(?:\w+:)?Conditions\b[^>]*>/.exec(xml)?.[0] ?? '';
const confirmationIn = (xml: string): string => /<(?:\w+:)?SubjectConfirmationData\b[^>]*>/.exec(xml)?.[0] ?? '';
const lasts = (xml: string): number => endOf(xml) - timeOf('NotBefore', conditionsIn(xml));
const endOf = (xml: string): number => timeOf('NotOnOrAfter', conditionsIn(xml));
const confirmedUntil = (xml: string): number => timeOf('NotOnOrAfter', confirmationIn(xml));
/** Minutes from now; undefined without SessionNotOnOrAfter. */
const session = (xml: string): number | undefined =>
  xml.includes('SessionNotOnOrAfter=') ? timeOf('SessionNotOnOrAfter', xml) - Date.now() / 60_000 : undefined;
const namesOf = (xml: string): string[] =>
  [...xml.matchAll(/<(?:\w+:)?Attribute\b[^>]* Name="([^"]*)"/g)].map((one) => one[1]!);
const nameIdOf = (xml: string): string | undefined => /<(?:\w+:)?NameID\b[^>]*>[^<]*/.exec(xml)?.[0];
const firstIn = (name: string, xml: string): string | undefined =>
  new RegExp(`<(?:\\w+:)?${name}\\b[^>]*>\\s*<(?:\\w+:)?(\\w+)`).exec(xml)?.[1];

interface Trap {
  /** The weak service provider. */
  words: string;
  accepts: Accepts;
  persona: PersonaCode;
  fact: keyof Plan;
  /** Another fact, without which this one does no harm. */
  with?: keyof Plan;
  needs?: Needs;
}

const traps: readonly Trap[] = [
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
    words: 'takes an OID for no name of an attribute',
    accepts: (xml) => !namesOf(xml).some((name) => name.startsWith('urn:oid:')),
    persona: 'shibboleth',
    fact: 'attributeNames',
  },
  {
    words: 'rejects a NameID of an unspecified format',
    accepts: (xml) => !/NameID [^>]*nameid-format:unspecified/.test(xml),
    persona: 'okta',
    fact: 'nameId',
  },
  {
    words: 'requires the Format of the NameID',
    accepts: (xml) => nameIdOf(xml)?.includes(' Format=') === true,
    persona: 'pingone',
    fact: 'nameId',
  },
  {
    words: 'rejects qualifiers of the NameID',
    accepts: (xml) => nameIdOf(xml)?.includes('Qualifier=') === false,
    persona: 'shibboleth',
    fact: 'nameId',
  },
  {
    words: 'requires an email in a NameID of that format',
    accepts: (xml) => /emailAddress[^>]*>[^<]*@/.test(nameIdOf(xml) ?? ''),
    persona: 'zitadel',
    fact: 'nameId',
    needs: { user: { ...user, address: 'alice' } },
  },
  {
    words: 'requires a NameID',
    accepts: (xml) => nameIdOf(xml) !== undefined,
    persona: 'adfs',
    fact: 'nameId',
    needs: { user: { ...user, nameId: 'alice', address: 'alice' } },
  },
  {
    words: 'has a clock half a minute behind, and no tolerance',
    accepts: (xml) => timeOf('NotBefore', conditionsIn(xml)) < Date.now() / 60_000 - 0.5,
    persona: 'adfs',
    fact: 'conditions',
  },
  {
    words: 'rejects assertions that end within two minutes',
    accepts: (xml) => endOf(xml) - Date.now() / 60_000 > 2,
    persona: 'keycloak-26',
    fact: 'conditions',
  },
  {
    words: 'rejects assertions that last over 15 minutes',
    accepts: (xml) => lasts(xml) <= 15,
    persona: 'entra',
    fact: 'conditions',
  },
  {
    words: 'rejects a confirmation that outlasts the assertion',
    accepts: (xml) => confirmedUntil(xml) <= endOf(xml) + 0.01,
    persona: 'keycloak-2022',
    fact: 'conditions',
  },
  {
    words: 'rejects a confirmation that ends before the assertion',
    accepts: (xml) => confirmedUntil(xml) >= endOf(xml) - 0.01,
    persona: 'adfs',
    fact: 'conditions',
  },
  {
    words: 'rejects sessions of less than ten minutes',
    accepts: (xml) => (session(xml) ?? 10) >= 10,
    persona: 'pingone',
    fact: 'session',
  },
  {
    words: 'rejects sessions of more than a day',
    accepts: (xml) => (session(xml) ?? 0) <= 24 * 60,
    persona: 'authentik',
    fact: 'session',
  },
  {
    words: 'requires the end of the session',
    accepts: (xml) => session(xml) !== undefined,
    persona: 'okta',
    fact: 'session',
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
    words: 'reads the first part of KeyInfo',
    accepts: (xml) => firstIn('KeyInfo', xml) === 'X509Data',
    persona: 'keycloak-26',
    fact: 'keyInfo',
  },
  {
    words: 'takes a KeyValue for another key',
    accepts: (xml) => !xml.includes('RSAKeyValue'),
    persona: 'pingone',
    fact: 'keyInfo',
  },
  {
    words: 'rejects line breaks in the certificate',
    accepts: (xml) => !/X509Certificate>[^<]*\n/.test(xml),
    persona: 'google',
    fact: 'lines',
  },
  {
    words: 'decodes base64 with references to characters',
    accepts: (xml) => !xml.includes('&#13;'),
    persona: 'keycloak-2022',
    fact: 'lines',
  },
  {
    words: 'finds the certificate by the prefix of the signature',
    accepts: (xml) => xml.includes('<ds:KeyInfo'),
    persona: 'adfs',
    fact: 'keyInfoPrefixes',
  },
  {
    words: 'canonicalizes without a PrefixList',
    accepts: (xml) => !xml.includes('PrefixList='),
    persona: 'okta',
    fact: 'prefixList',
    with: 'signedElements',
  },
  {
    words: 'requires a signed response',
    accepts: (xml) => xml.search(/Signature\b/) < xml.search(/<(?:\w+:)?Assertion\b/),
    persona: 'entra',
    fact: 'signed',
  },
  {
    words: 'requires a signed assertion',
    accepts: (xml) => /Signature\b/.test(xml.slice(xml.search(/<(?:\w+:)?Assertion\b/))),
    persona: 'keycloak-26',
    fact: 'signed',
  },
  {
    words: 'looks for the encrypted key in the encrypted data',
    accepts: (xml) => firstIn('KeyInfo', xml.slice(xml.search(/EncryptedData\b/))) === 'EncryptedKey',
    persona: 'okta',
    fact: 'encryption',
    needs: { encrypts: true },
  },
  {
    words: 'requires the digest of RSA-OAEP',
    accepts: (xml) => firstIn('EncryptionMethod', xml.slice(xml.search(/EncryptedKey\b/))) === 'DigestMethod',
    persona: 'pingfederate',
    fact: 'encryption',
    needs: { encrypts: true },
  },
  {
    words: 'does not know its key by issuer and serial number',
    accepts: (xml) => !xml.includes('X509IssuerSerial'),
    persona: 'adfs',
    fact: 'encryption',
    needs: { encrypts: true },
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
    words: 'cannot parse microseconds',
    accepts: (xml) => !/IssueInstant="[^"]*\.\d{4}/.test(xml),
    persona: 'zitadel',
    fact: 'decimals',
  },
  {
    words: 'compares the Audience with its own entity ID',
    accepts: (xml) => xml.includes('Audience>weak-app<'),
    persona: 'entra',
    fact: 'audience',
    needs: { entityId: 'weak-app' },
  },
  {
    words: 'requires the groups',
    accepts: (xml) => namesOf(xml).some((name) => /groups$/.test(name)),
    persona: 'entra',
    fact: 'groups',
    with: 'attributeNames',
  },
  {
    words: 'expects https in an entity ID',
    accepts: (xml) => !/Issuer\b[^>]*>http:\/\/www\./.test(xml),
    persona: 'okta',
    fact: 'entityId',
  },
  {
    words: 'stores an entity ID without the slash at its end',
    accepts: (xml) => !/Issuer\b[^>]*>[^<]*\/</.test(xml),
    persona: 'entra',
    fact: 'entityId',
  },
  {
    words: 'stores an entity ID without its query',
    accepts: (xml) => !/Issuer\b[^>]*>[^<]*\?/.test(xml),
    persona: 'google',
    fact: 'entityId',
  },
  {
    words: 'requires a URL as entity ID in the metadata',
    accepts: (xml) => /entityID="https?:/.test(xml),
    persona: 'authentik',
    fact: 'entityId',
    needs: { readsMetadata: true },
  },
  {
    words: 'requires an HTTP-Redirect endpoint in the metadata',
    accepts: (xml) => /SingleSignOnService [^>]*HTTP-Redirect/.test(xml),
    persona: 'jumpcloud',
    fact: 'metadata',
    needs: { readsMetadata: true },
  },
  {
    words: 'rejects metadata with two HTTP-POST endpoints',
    accepts: (xml) => (xml.match(/SingleSignOnService [^>]*HTTP-POST/g)?.length ?? 0) < 2,
    persona: 'onelogin',
    fact: 'metadata',
    needs: { readsMetadata: true },
  },
  {
    words: 'rejects metadata that expire',
    accepts: (xml) => !xml.includes('validUntil='),
    persona: 'google',
    fact: 'metadata',
    needs: { readsMetadata: true },
  },
  {
    words: 'takes the first certificate of the metadata, although it is that of their own signature',
    accepts: (xml) => !/<EntityDescriptor\b[^>]*><(?:\w+:)?Signature\b/.test(xml),
    persona: 'entra',
    fact: 'metadata',
    needs: { readsMetadata: true },
  },
  {
    words: 'trusts the last certificate of the metadata alone',
    accepts: () => true,
    persona: 'entra',
    fact: 'metadata',
    needs: { trusts: (certificates) => certificates.slice(-1) },
  },
];

test('a service provider that reads any valid response works with all, unless the name is another', async () => {
  const rows = await matrixOf(() => true, personaCodes, { readsName: true });
  assert.equal(rows.length, personaCodes.length);
  assert.deepEqual(
    rows.flatMap(({ persona, works, trips }) => (works ? [] : [[persona, ...trips.map(({ fact }) => fact)]])),
    [['pingone', 'nameId']],
  );
});

test('one that knows the entity ID of the stand alone works with all under that entity ID', async () => {
  const { entityId } = stand.connection;
  const rows = await matrixOf((xml) => xml.includes(`>${entityId}<`), ['adfs', 'entra', 'google', 'okta']);
  assert.deepEqual(
    rows.filter(({ works }) => !works),
    [],
  );
});

for (const { words, accepts, persona, fact, with: other, needs } of sample(traps, 4))
  test(`one that ${words} trips over ${fact} of ${persona}, and its repaired twin does not`, async () => {
    const [row] = await matrixOf(accepts, [persona], needs);
    assert.deepEqual(
      row!.trips.map((trip) => trip.fact).toSorted(),
      [fact, ...(other === undefined ? [] : [other])].toSorted(),
      JSON.stringify(row),
    );
    assert.equal(row!.together, other !== undefined);
    assert.match(row!.trips[0]!.reply, /that did not work/);
    const [repaired] = await matrixOf(() => true, [persona], {
      ...needs,
      ...(needs?.trusts && { trusts: (all) => all }),
    });
    assert.equal(repaired!.works, true);
  });

const plainUser = { nameId: 'alice@example.org', attributes: { email: ['alice@example.org'] } };

for (const words of ['rejects two attributes of one name', 'rejects an attribute without a value'])
  test(`one that ${words} is found without such attributes in the recipe`, async () => {
    const { accepts, persona, fact } = traps.find((one) => one.words === words)!;
    const [row] = await matrixOf(accepts, [persona], { user: plainUser });
    assert.deepEqual(
      row!.trips.map((trip) => trip.fact),
      [fact],
    );
  });

test('one that rejects attributes that it does not know works with all the same', async () => {
  const knowsAll: Accepts = (xml) => namesOf(xml).every((name) => !/^(?:Role|rehearsal)$/.test(name));
  const rows = await matrixOf(knowsAll, ['keycloak-26', 'google'], { user: plainUser });
  assert.deepEqual(
    rows.map(({ works }) => works),
    [true, true],
  );
});

const trustsAll: Needs = { trusts: (certificates) => certificates };

test('one that verifies only what is signed accepts authentik until it is set up; its twin does not', async () => {
  const [row] = await matrixOf(() => true, ['authentik'], { ...trustsAll, acceptsUnsigned: true });
  assert.deepEqual([row!.works, row!.untilSetUp?.isAccepted, isGood(row!)], [true, true, false]);
  assert.match(personaLines(row!).join('\n'), /It ACCEPTS .*\n +signed: nothing\n +Audience: there is none/);
  const [repaired] = await matrixOf(() => true, ['authentik'], trustsAll);
  assert.deepEqual([repaired!.works, repaired!.untilSetUp?.isAccepted, isGood(repaired!)], [true, false, true]);
  assert.match(
    personaLines(repaired!).join('\n'),
    /Until this product is set up, the service provider rejects it: “.*did not work/,
  );
});

test('one that requires the Audience rejects authentik until it is set up, and no other product', async () => {
  const rows = await matrixOf((xml) => /Audience\b/.test(xml), personaCodes);
  assert.deepEqual(
    rows.filter(({ works }) => !works),
    [],
  );
  assert.deepEqual(
    rows.flatMap(({ persona, untilSetUp }) => (untilSetUp === undefined ? [] : [[persona, untilSetUp.isAccepted]])),
    [['authentik', false]],
  );
});

test('a failure that does not repeat is blamed on no fact', async () => {
  let isFirst = true;
  const rejectsFirst: Accepts = (xml) => {
    if (!xml.includes('<saml2p:Response') || !isFirst) return true;
    isFirst = false;
    return false;
  };
  const [row] = await matrixOf(rejectsFirst, ['okta']);
  assert.deepEqual([row!.works, row!.trips, row!.together, row!.failsAgain], [false, [], false, false]);
  assert.match(personaLines(row!).join('\n'), /^FAILS .*\n +It works when it is played again/s);
});

test('says so if no fact explains a failure', async () => {
  let responses = 0;
  // Fails as the product, works for each search of its facts, and fails as the product again.
  const rejectsPersona: Accepts = (xml) => !xml.includes('<saml2p:Response') || ![1, 4].includes(++responses);
  const [row] = await matrixOf(rejectsPersona, ['okta']);
  assert.deepEqual([row!.works, row!.trips, row!.failsAgain], [false, [], true]);
  assert.match(personaLines(row!).join('\n'), /\n +It fails again, but no fact .* was found/);
});

test('a product of which no message was seen fails by what is known of it alone', async () => {
  const isOlder: Accepts = (xml) => timeOf('NotBefore', conditionsIn(xml)) < (Date.now() - 20_000) / 60_000;
  const rows = await matrixOf(isOlder, ['jumpcloud', 'salesforce', 'duo', 'authentik', 'adfs']);
  assert.deepEqual(
    rows.map(({ works }) => works),
    [true, true, true, true, false],
  );
  for (const row of rows.slice(0, 3)) assert.match(personaLines(row).join('\n'), /^maybe .*no message .* was seen/);
  assert.match(personaLines(rows[3]!).join('\n'), /^works {2}authentik, as its source code writes; no message/);
});

test('products of which no message was seen are counted apart', async () => {
  const rows = await matrixOf((xml) => xml.includes('Assertion'), ['jumpcloud', 'okta', 'duo']);
  assert.equal(
    personaSummary(rows),
    '3 products: a valid sign-in works with 1, and fails with 0.\n' +
      'It may work with 2 more, of which no message was seen.',
  );
});

test('every fact is shown in the words of the docs', () => {
  for (const [code, { facts }] of Object.entries(personas))
    for (const [fact, known] of Object.entries(facts)) {
      const line = tripLine({ fact: fact as keyof Plan, value: known?.value });
      assert.match(line, /^ {7}[^:]+: \S/, `${code}: ${fact}`);
      assert.doesNotMatch(line.replaceAll(/`[^`]*`/g, ''), /[{}[\]]|undefined|: (?:true|false)$/, `${code}: ${line}`);
    }
});

test('says where a sign-in fails that is encrypted as by a product', async () => {
  const isInData: Accepts = (xml) => !/<\/xenc:EncryptedData><xenc:EncryptedKey\b/.test(xml);
  const [okta, google] = await matrixOf(isInData, ['okta', 'google'], { decrypts: true });
  assert.deepEqual([okta!.works, okta!.encrypted?.fact, google!.encrypted], [true, 'encryption', undefined]);
  assert.match(
    personaLines(okta!).join('\n'),
    /^works {2}Okta\n.*encrypted as by this product:\n +encryption: the assertion by aes256-cbc/,
  );
});

test('a service provider may reject an assertion that a product encrypts with CBC, and no other', async () => {
  const results = async (name: string): Promise<string[]> => {
    const isPlain: Accepts = (xml) => !xml.includes('EncryptedAssertion');
    const act = (config: StandConfig) => examine({ config, stand, only: ['encrypted-ok'], persona: onStand(name) });
    const { rows } = await play(isPlain, act, { decrypts: true });
    return rows.map(({ result }) => result);
  };
  assert.deepEqual(await results('okta'), ['pass']);
  assert.deepEqual(await results('google'), ['fail']);
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
