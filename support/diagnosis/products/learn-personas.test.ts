/**
 * Products as the mock plays them, by facts of their own: each is recognized, and what is learned from one response
 * makes the mock write alike.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersonaSetting } from '../../../mock-idp/api.ts';
import { personas } from '../../../mock-idp/personas/catalogue.ts';
import type { PersonaCode } from '../../../mock-idp/personas/codes.ts';
import { inputTo, responseTo } from '../../../mock-idp/personas/persona-response.fixture.ts';
import { type PlanChange, planKeys } from '../../../mock-idp/personas/plan.ts';
import { skeletonOf } from '../../../mock-idp/personas/skeleton.ts';
import type { Question } from '../../../mock-idp/personas/skeletons.fixture.ts';
import { buildResponse } from '../../../mock-idp/response/build-response.ts';
import { inputInPersona } from '../../../mock-idp/response/in-persona.ts';
import { nameIdFormats } from '../../../mock-idp/response/saml-values.ts';
import { startMockIdp } from '../../../mock-idp/start.ts';
import { personaSchema } from '../../../mock-idp/tenants/persona-schema.ts';
import { readPersona } from '../../../mock-idp/tenants/tenant-persona.ts';
import { read } from '../../../sp/saml/read.ts';
import { playedProducts } from '../../catalogue/identity-products.ts';
import { brokenHabits } from './habits.ts';
import { type LearnedPersona, learnPersona } from './learn.ts';
import { learnable } from './learned.ts';
import { factsOf } from './message-facts.ts';
import { versionLike } from './persona-version.ts';
import { recognizeXml } from './recognize.ts';

type Setting = Exclude<PersonaSetting, string>;
const codes = Object.keys(personas) as PersonaCode[];
const productOf = (code: PersonaCode) => playedProducts.find((one) => one.code === code)?.product;
const attributes = { email: ['sam@acme.example'], displayName: ['Sam'] };
const questions = [true, false].flatMap((isAsked) => [
  { attributes, isAsked },
  { isAsked },
  { attributes, isAsked, isEncrypted: true },
]);
const username = 'sam@acme.example';
// As a tenant has it.
const session = '_0a1b2c3d4e5f40618273';
const xmlOf = (xml: string | Buffer): string => xml.toString().replaceAll('"_session"', `"${session}"`);

function learn(xml: string, code?: PersonaCode): LearnedPersona {
  const outcome = read(xml);
  assert.ok(outcome.ok, xml);
  return learnPersona(outcome.message, { personaFor: () => code });
}

describe('a response in a persona of the mock', () => {
  for (const code of codes)
    test(`as ${code} is taken for no other product`, () => {
      for (const question of questions) {
        const { candidates } = recognizeXml(xmlOf(responseTo({ persona: code, ...question }).xml));
        for (const { product } of candidates) assert.equal(product, productOf(code));
      }
    });

  test('is recognized, except where nothing of the product was seen', () => {
    const isUnknown = (code: PersonaCode): boolean =>
      recognizeXml(xmlOf(responseTo({ persona: code, attributes }).xml)).candidates.length === 0;
    assert.deepEqual(codes.filter(isUnknown), ['jumpcloud']);
  });
});

describe('of several versions of a product, the one that writes like the message is found', () => {
  for (const code of codes)
    test(code, () => {
      for (const isEncrypted of [false, true]) {
        const outcome = read(xmlOf(responseTo({ persona: code, attributes, isEncrypted }).xml));
        assert.ok(outcome.ok);
        // Encrypted, both versions of SimpleSAMLphp write alike.
        const expected = isEncrypted && code === 'simplesamlphp-1' ? 'simplesamlphp' : code;
        assert.equal(versionLike(productOf(code)!, outcome.message)?.code, expected);
      }
    });
});

/** Settings of the products' administrators. */
const configured: readonly PlanChange[] = [
  ...(['assertion', 'response', 'both', 'neither'] as const).map((signed) => ({ signed })),
  { signatureAlgorithm: 'rsa-sha1' },
  { conditions: [7, 777], confirmation: 777, session: 7777 },
  { nameId: { format: nameIdFormats.persistent, value: 'as configured' } },
  { attributeNames: { email: 'urn:acme:mail' }, attributeFormat: { usual: 'uri' } },
  { authnContext: 'urn:acme:strong', encryption: { content: 'aes128-gcm' } },
];

describe('what a product writes always, it writes also', () => {
  for (const code of codes)
    test(`as ${code}, however it is set up`, () => {
      const all = [...questions, ...configured.map((set) => ({ set, attributes }))];
      for (const question of all) {
        const outcome = read(xmlOf(responseTo({ persona: code, ...question }).xml));
        assert.ok(outcome.ok);
        assert.deepEqual(brokenHabits(productOf(code)!, factsOf(outcome.message)), []);
      }
    });
});

/** Skeletons keep the identifiers of Auth0, whose random characters are of no known pattern. */
const shapeOf = (xml: string): string[] =>
  skeletonOf(xml).map((line) => line.replace(/ ID="_[\w.-]{32}"/, ' ID="_{letters:32}"'));

/** The skeleton of a response, and that of one by what was learned from it. */
function skeletons(question: Omit<Question, 'capture'>, base?: PersonaCode): [string[], string[]] {
  const xml = xmlOf(responseTo(question).xml);
  const { plan } = readPersona(learn(xml, base) as Setting);
  const { input } = inputTo(question);
  const again = buildResponse(
    inputInPersona({ ...input, sessionIndex: session }, { plan, seed: 'acme', username }),
  ).xml;
  return [shapeOf(xmlOf(again)), shapeOf(xml)];
}

describe('what is learned of a persona makes the mock write alike', () => {
  for (const persona of codes)
    test(`with ${persona} as the base`, () => {
      for (const question of questions) {
        const [again, first] = skeletons({ persona, ...question }, persona);
        assert.deepEqual(again, first);
      }
    });

  // Without the product, the attributes of its own are unknown, and prefixes of what is encrypted.
  const needTheirProduct = ['entra', 'pingone', 'authentik'];
  for (const persona of codes.filter((code) => !needTheirProduct.includes(code)))
    test(`without ${persona} as the base`, () => {
      for (const question of questions.filter(({ isEncrypted }) => !isEncrypted)) {
        const [again, first] = skeletons({ persona, ...question });
        assert.deepEqual(again, first);
      }
    });
});

test('what can be learned are settings of a persona, and the mock takes what is learned', async () => {
  for (const setting of learnable) assert.ok((planKeys as readonly string[]).includes(setting), setting);
  for (const code of codes)
    for (const question of questions)
      assert.equal(
        personaSchema.safeParse(learn(responseTo({ persona: code, ...question }).xml.toString())).error,
        undefined,
      );

  await using idp = await startMockIdp({ hostname: '127.0.0.1' });
  const persona = learn(responseTo({ persona: 'google', attributes }).xml.toString()) as Setting;
  const tenant = await idp.createTenant({
    persona: JSON.parse(JSON.stringify(persona)),
    users: [{ username: 'sam', password: 'x' }],
    apps: [{ entityId: 'https://sp.example', acs: ['https://sp.example/acs'] }],
  });
  assert.match((await tenant.signIn('sam', { unsolicited: true })).xml, /<saml2p:Response [^>]*Destination=/);
  assert.match(await (await fetch(tenant.ssoUrl)).text(), /Rehearsal: this is not a real identity provider\./);
});
