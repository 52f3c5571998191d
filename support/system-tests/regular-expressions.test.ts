/** No regular expression of ours takes a time that grows faster than its text: most texts come from somebody else. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Built, builtDuring, growthOf, ourExpressions, placesThatBuild } from './regular-expressions.ts';

/** Judged without trying texts out, and skipped where that takes long: regular-expressions.long.ts judges all. */
const quickly = { checker: 'automaton', timeout: 500 } as const;

test('every regular expression that can be judged quickly is linear', () => {
  const growths = [...ourExpressions()].map(([written, places]) => ({
    written,
    places,
    growth: growthOf(written, quickly),
  }));
  const judged = growths.filter(({ growth }) => growth !== 'unknown');
  assert.ok(judged.length > 50, `${judged.length} of ${growths.length} were judged`);
  assert.deepEqual(
    judged.filter(({ growth }) => growth !== 'linear'),
    [],
  );
});

test('one that is not linear is noticed', () => {
  for (const written of ['/(a+)+$/', '/<[^>]*>/g', '/\\s+$/'])
    assert.match(growthOf(written), /polynomial|exponential/, written);
  assert.equal(growthOf('/<[^<>]*>/g'), 'linear');
});

/** Files whose expressions come from elsewhere than from foreign text, and cannot be built here. */
const reviewed: Readonly<Record<string, string>> = {
  'support/commands/bdd.ts': 'what the user types is only read',
  'support/evidence/last-run.ts': 'what the user types is matched with names of their own scenarios',
  'support/scenario/parameter-types.ts': 'the words of a closed vocabulary, one or another',
  'steps/mailbox.ts': 'a name of the cast',
};

const root = fileURLToPath(new URL('../..', import.meta.url));

const places = placesThatBuild();

/** Loads what builds expressions, and does what makes it build the others. */
async function buildAll(): Promise<void> {
  const builders = new Set(places.map(({ file }) => file));
  for (const file of builders) if (!Object.hasOwn(reviewed, file)) await import(join(root, file));
  const { arrange, faultPattern } = await import('../../mock-idp/faults.ts');
  faultPattern();
  arrange('an assertion that expired 3 minutes ago');
  const { adviseOn } = await import('../gherkin/undefined-steps.ts');
  const { vocabularies } = await import('../catalogue/vocabularies.ts');
  const [parameter] = Object.keys(vocabularies);
  adviseOn('Nobody tries the connection', [`{${parameter}} tries the connection`]);
  const { createRedactor } = await import('../diagnosis/redact.ts');
  createRedactor().xml(
    '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><NameID>sam@acme.example</NameID></Assertion>',
  );
  const { messagesIn } = await import('../diagnosis/capture.ts');
  messagesIn(Buffer.from('<form method="post"><input name="SAMLResponse" value="PGE+"></form>'));
  const { certificateOfSigner } = await import('../conformance/pinned-certificate.ts');
  const { n, e } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((part) => Buffer.from(part!, 'base64url').toString('base64'));
  const value = `<ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>${exponent}</ds:Exponent>`;
  await certificateOfSigner(Buffer.from(value).toString('base64'));
}

let built: Built[];
before(async () => {
  built = await builtDuring(buildAll);
});

test('every expression that is built while the program runs is seen here, or its file has been reviewed', () => {
  assert.ok(places.length > 20, `${places.length} places`);
  const unseen = places.filter(
    ({ file, lines: [from, to] }) =>
      !Object.hasOwn(reviewed, file) && !built.some((one) => one.file === file && one.line >= from && one.line <= to),
  );
  assert.deepEqual(unseen, []);
  assert.deepEqual(
    Object.keys(reviewed).filter((file) => !places.some((place) => place.file === file)),
    [],
  );
});

test('every one that is built and can be judged quickly is linear', () => {
  // Of those that one place builds from a list of words, such as all faults, the longest stands for all.
  const longest = new Map<string, Built>();
  for (const one of built) {
    const place = `${one.file}:${one.line}`;
    if (one.written.length > (longest.get(place)?.written.length ?? 0)) longest.set(place, one);
  }
  const growths = [...longest.values()]
    .filter(({ written }) => written.length < 1_000)
    .map((one) => ({ ...one, growth: growthOf(one.written, quickly) }));
  assert.deepEqual(
    growths.filter(({ growth }) => growth !== 'linear' && growth !== 'unknown'),
    [],
  );
});
