/** Scenarios in the handwriting of the message: the steps, and what the SSO profile accepts for them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProductId } from '../../sp/products/product.ts';
import type { RejectionCode } from '../../sp/rejection-advice.ts';
import { asFeature } from './as-scenario.ts';
import type { Diagnosis } from './diagnose.ts';
import { writtenAs } from './products/written-as.fixture.ts';
import { type LearnedFile, learnedFile } from './scenario-persona.ts';

interface Replay {
  products?: readonly ProductId[];
  code?: RejectionCode;
  learned?: LearnedFile;
  /** The message. */
  xml?: string;
}

/** The steps before the test. */
function given({ products = [], code, learned, xml }: Replay): string[] {
  const diagnosis = {
    verdict: code === undefined ? 'accept' : 'reject',
    findings: code === undefined ? [] : [{ code }],
    notVerified: [],
    writtenBy: products.map((product) => ({ product, name: product, because: [] })),
  } as unknown as Diagnosis;
  const steps = [
    ...asFeature([{ diagnosis, message: { xml } }], learned).matchAll(/^ +(?:Given|And|When) (.*)$/gm),
  ].map(([, step]) => step!);
  return steps.slice(1, steps.indexOf('Sam takes the SSO test'));
}

const anyFormat = 'the SSO profile accepts any NameID format';
const unsigned = 'the SSO profile accepts responses without a signature of their own';
const wrongAudience = 'the IdP sends an assertion with a different Audience';

describe('a scenario is in the persona of the product', () => {
  const cases: readonly (readonly [why: string, replay: Replay, expected: readonly string[]])[] = [
    ['whose response is signed, with an email', { products: ['saml-idp'] }, ["Acme's identity provider is saml-idp"]],
    [
      'of which the newest version is played',
      { products: ['keycloak'], code: 'audience-mismatch' },
      ["Acme's identity provider is Keycloak 26", anyFormat, wrongAudience],
    ],
    [
      'which signs the assertion only',
      { products: ['google'], code: 'audience-mismatch' },
      ["Acme's identity provider is Google Workspace", anyFormat, unsigned, wrongAudience],
    ],
    [
      'which does by default what was rejected, so no fault is arranged',
      { products: ['google'], code: 'message-not-signed' },
      ["Acme's identity provider is Google Workspace", anyFormat],
    ],
    [
      'which does by default what was rejected, for its NameID',
      { products: ['okta'], code: 'nameid-format-wrong' },
      ["Acme's identity provider is Okta"],
    ],
    ['unless two may have written it', { products: ['okta', 'google'], code: 'audience-mismatch' }, [wrongAudience]],
    ['unless none is known', { code: 'audience-mismatch' }, [wrongAudience]],
    [
      'unless its NameID belongs to no user here',
      { products: ['pingone'], code: 'audience-mismatch' },
      [wrongAudience],
    ],
    [
      'also then, where just that was rejected',
      { products: ['zitadel'], code: 'subject-confirmation-error' },
      ["Acme's identity provider is Zitadel"],
    ],
  ];
  for (const [why, replay, expected] of cases) test(why, () => assert.deepEqual(given(replay), expected));
});

test('a comment says why the persona does not replay other rejections', () => {
  const diagnosis = {
    findings: [],
    notVerified: [],
    writtenBy: [{ product: 'pingone', name: 'PingOne', because: [] }],
  };
  assert.match(
    asFeature([{ diagnosis: diagnosis as unknown as Diagnosis }]),
    /^ +# The persona is used only to replay nameid-user-mismatch, because the SP rejects .* that: its NameID is an /m,
  );
});

test('a scenario is in the version of the product that writes like the message', () => {
  const guid = '0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9';
  const written = (parts: string): string =>
    writtenAs({
      prefixes: ['samlp', 'saml', 'dsig'],
      ids: [`ID_${guid}`, `ID_${guid.toUpperCase()}`],
      signed: ['response'],
      keyInfo:
        '<dsig:KeyInfo><dsig:KeyName>x</dsig:KeyName><dsig:X509Data><dsig:X509Certificate>AAAA' +
        `</dsig:X509Certificate></dsig:X509Data>${parts}</dsig:KeyInfo>`,
    });
  for (const [parts, words] of [
    ['<dsig:KeyValue/>', 'Keycloak of 2022'],
    ['', 'Keycloak 26'],
  ] as const)
    assert.deepEqual(given({ products: ['keycloak'], xml: written(parts) })[0], `Acme's identity provider is ${words}`);
});

describe('a scenario is in a learned persona', () => {
  const nameId = { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', value: 'as configured' };
  const learned = (persona: object): LearnedFile => learnedFile('acme.json', JSON.stringify(persona));
  const step = 'Acme\'s identity provider writes as in "acme.json"';

  test('instead of the product, with what it sets itself', () => {
    const persona = learned({ name: 'google', set: { signed: 'both', nameId } });
    assert.deepEqual(given({ products: ['google'], learned: persona }), [step, anyFormat]);
  });

  test('with what is known of its product otherwise, or without one', () => {
    assert.deepEqual(given({ learned: learned({ name: 'google', set: {} }) }), [step, anyFormat, unsigned]);
    assert.deepEqual(given({ learned: learned({ set: {} }) }), [step]);
  });

  test('which must be one, at a path that a step can name', () => {
    for (const text of ['', '[]', 'null', '{"name":1,"set":{}}', '{"set":null}'])
      assert.throws(() => learnedFile('acme.json', text), {
        message: /^acme\.json is not a persona\. Write it with: /,
      });
    assert.throws(() => learnedFile('a"b.json', '{"set":{}}'), { message: /has a character that a step cannot have/ });
  });
});
