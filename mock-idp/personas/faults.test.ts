/** Each fault strikes in each persona's response as in a response without one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import { keys, messages, run } from '../faults/messages.fixture.ts';
import { type FaultPhrase, faults } from '../faults.ts';
import { buildResponse } from '../response/build-response.ts';
import { verifiedByXmlCrypto, verifiedByXmldsigjs } from '../response/verify-signatures.fixture.ts';
import { type PersonaCode, personaCodes } from './codes.ts';
import { faultIn, inputTo } from './persona-response.fixture.ts';

const cases = personaCodes.flatMap((persona) => messages.map((phrase) => ({ persona, phrase })));

/** Phrases that say what the product does anyway. */
const usual: Readonly<Partial<Record<PersonaCode, readonly FaultPhrase[]>>> = {
  okta: ['Issuers with an explicit entity format', 'a NameID in unspecified format'],
  google: ['a NameID in unspecified format', 'an unspecified AuthnContext'],
  'keycloak-2022': ['an unspecified AuthnContext'],
  'keycloak-26': ['an unspecified AuthnContext', 'a NameID in unspecified format'],
  pingfederate: ['a NameID in unspecified format', 'signatures without KeyInfo'],
  pingone: ['a NameID without Format'],
  shibboleth: [
    'a NameID with NameQualifier',
    'a NameID with the right SPNameQualifier',
    'a response with an XML declaration',
  ],
  simplesamlphp: ['a NameID with the right SPNameQualifier'],
  'simplesamlphp-1': ['a NameID with the right SPNameQualifier'],
  lemonldap: ['an unspecified AuthnContext'],
  auth0: ['a NameID in unspecified format', 'an unspecified AuthnContext'],
  zitadel: ['Issuers with an explicit entity format', 'a response with an XML declaration'],
  cyberark: ['a NameID in unspecified format', 'an unspecified AuthnContext'],
};
const isUsual = (persona: PersonaCode, phrase: FaultPhrase): boolean => usual[persona]?.includes(phrase) ?? false;

/** Others each time; all with TEST_IN_FULL=1. */
const isPlayed = (): boolean => process.env.TEST_IN_FULL === '1' || Math.random() < 25 / cases.length;

for (const { persona, phrase } of cases.filter(isPlayed))
  test(`${phrase}, as ${persona}`, { skip: isUsual(persona, phrase) && 'it does so anyway' }, async () => {
    const fault: Fault = faults[phrase];
    const { honest, faulty, set } = faultIn(persona, phrase, fault);
    assert.notDeepEqual(sent(faulty), sent(honest), 'it differs from the correct one');
    if (beyondLibraries[phrase] !== undefined) return;
    const validity = await validityOf(faulty.xml);
    if (fault.signedProperly) assert.ok(Object.values(validity).includes(true), 'its signatures are valid');
    else if (set.signed === 'both')
      assert.deepEqual(validity, await validityOf(run(phrase, fault).faulty.xml), 'as valid as without a persona');
  });

const sent = ({ struck: _, struckForm: __, ...form }: ReturnType<typeof faultIn>['honest']): object => form;

/** Signatures for which the libraries depend on the writing, and why. */
const beyondLibraries: Readonly<Partial<Record<FaultPhrase, string>>> = {
  'signatures with inclusive canonicalization': 'they know only their own scope; xmlsec1 verifies it, in a peer test',
  'a Reference with two Transforms elements': 'they read the first list only, and so canonicalize inclusively',
};

/** A text that a library cannot read is not valid for it. */
const validityOf = async (xml: string): Promise<Record<string, boolean>> => ({
  'by xml-crypto': verifiedByXmlCrypto(xml, keys.certificate),
  'by xmldsigjs': await verifiedByXmldsigjs(xml, keys.certificate).catch(() => false),
});

test('unpadded base64 lacks its padding at any length, also after a declaration', () => {
  for (const length of [1, 2, 3]) {
    const { input, in: inPersona } = inputTo({ persona: 'okta', attributes: { a: ['x'.repeat(length)] } });
    const phrase = 'a response with unpadded base64';
    const arranged = { phrase, fault: faults[phrase] as Fault, amount: 0 };
    const [field] = buildResponse(inPersona({ ...input, faults: [arranged] })).fields;
    assert.notEqual(field![1].length % 4, 0);
  }
});

test('timestamps with milliseconds are times also where a product has milliseconds already', () => {
  const phrase = 'timestamps with milliseconds';
  const { faulty } = faultIn('okta', phrase, faults[phrase]);
  const times = [...faulty.xml.matchAll(/ (?:IssueInstant|NotBefore|NotOnOrAfter)="([^"]+)"/g)].map(
    ([, time]) => time!,
  );
  assert.ok(times.length >= 5, String(times.length));
  for (const time of times) assert.match(time, /T\d\d:\d\d:\d\d\.\d{3}Z$/);
});
