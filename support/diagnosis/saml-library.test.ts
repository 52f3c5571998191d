/** The library explains what the command explains, limits what it reads, and touches nothing outside its arguments. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rejections } from '../../sp/rejection-advice.ts';
import { type DiagnoseOptions, type Diagnosis, diagnose, explain, rejectionCodes, Unreadable } from './saml-library.ts';
import { type Captured, type CapturedSignIns, captureSignIns, diagnosed } from './sign-in.fixture.ts';

let captured: CapturedSignIns;
let faulty: Captured;
let connection: DiagnoseOptions;
before(async () => {
  captured = await captureSignIns();
  faulty = await captured.during('an assertion with a different Audience');
  const { 'sp-entity-id': spEntityId, acs: acsUrl, 'idp-metadata': metadataFile } = captured.everything;
  connection = { spEntityId, acsUrl, idpMetadata: readFileSync(metadataFile!, 'utf8') };
});
after(() => captured[Symbol.asyncDispose]());

const posted = ({ form }: Captured) => Object.fromEntries(new URLSearchParams(form)) as { SAMLResponse: string };
const asked = ({ form, requestId: id }: Captured) => ({ id, relayState: new URLSearchParams(form).get('RelayState')! });

describe('diagnose', () => {
  test('returns what the command prints as JSON', async () => {
    for (const text of [captured.good.har, faulty.har, faulty.tracer, faulty.form, faulty.xml]) {
      const printed = (await diagnosed(text, captured.everything)).map(({ diagnosis }) => diagnosis);
      assert.deepEqual(await diagnose(text, connection), printed);
      assert.deepEqual(await diagnose(Buffer.from(text), connection), printed);
    }
  });

  test('accepts a good response, and names the deciding finding of a bad one', async () => {
    const before = Date.now();
    const [good, ...more] = await diagnose(posted(captured.good), { ...connection, request: asked(captured.good) });
    const { judgedAt, ...others } = good!;
    assert.deepEqual([others, more], [{ verdict: 'accept', findings: [], notVerified: [] }, []]);
    assert.equal(judgedAt!.source, 'now, as the form has just arrived');
    const time = Date.parse(judgedAt!.time);
    assert.ok(time >= before && time <= Date.now());
    const [bad] = await diagnose(posted(faulty), { ...connection, request: asked(faulty) });
    assert.equal(bad!.verdict, 'reject');
    const [{ code, fixedBy, expected }] = bad!.findings as unknown as [Diagnosis['findings'][number]];
    assert.deepEqual([code, fixedBy, expected], ['audience-mismatch', 'idp-admin', connection.spEntityId]);
  });

  test('judges by the request that the product has sent', async () => {
    const codes = async (request: DiagnoseOptions['request']) =>
      (await diagnose(posted(captured.good), { ...connection, request })).flatMap(({ findings }) =>
        findings.map(({ code }) => code),
      );
    assert.deepEqual(await codes({ ...asked(captured.good), id: '_another' }), [
      'in-response-to-mismatch',
      'confirmation-in-response-to-mismatch',
    ]);
    assert.deepEqual(await codes({ ...asked(captured.good), relayState: 'another' }), ['relay-state-mismatch']);
  });

  test('judges by the time, policies and certificates of the options', async () => {
    const codes = async (options: DiagnoseOptions) => {
      const [one] = await diagnose(posted(captured.good), {
        ...connection,
        request: asked(captured.good),
        ...options,
      });
      return one!.findings.map(({ code }) => code);
    };
    assert.deepEqual(await codes({ at: new Date('2100-01-01') }), ['assertion-expired', 'confirmation-expired']);
    assert.deepEqual(await codes({ policies: { requireEncryption: true } }), ['encryption-required']);
    assert.deepEqual(await codes({ policies: { requiredAttributes: ['costCentre'] } }), ['required-attribute-missing']);
    const certificates = { idpMetadata: undefined, idpCertificates: readFileSync(captured.certificateFile, 'utf8') };
    assert.deepEqual(await codes({ ...certificates, idpEntityId: 'https://other.example' }), [
      'issuer-mismatch',
      'issuer-mismatch',
    ]);
  });

  test('keeps personal data out of the findings unless it is asked for', async () => {
    const { form } = await captured.during('a NameID with two at signs');
    const received = async (options: DiagnoseOptions) =>
      (await diagnose(form, options)).flatMap(({ findings }) => findings.map((one) => one.received));
    const [hidden] = await received({});
    const [shown] = await received({ showSecrets: true });
    assert.match(shown!, /^sam@.*acme/);
    assert.doesNotMatch(hidden!, /sam|acme/);
  });
});

describe('diagnose rejects with a sentence', () => {
  const cases: readonly [string, unknown, object, RegExp][] = [
    ['an empty input', '', {}, /empty/],
    ['an input without a message', 'hello', {}, /No SAML message found/],
    ['no input', undefined, {}, /The input must be text, bytes or the posted form\./],
    ['a form without the response', { RelayState: 'x' }, {}, /The form has no SAMLResponse\./],
    [
      'a form with two responses',
      { SAMLResponse: ['x', 'y'] as never },
      {},
      /^The form has SAMLResponse more than once, or not as text\.$/,
    ],
    ['no options', 'a', null as never, /^The options must be an object\.$/],
    ['too much', 'a'.repeat(11), { maxBytes: 10 }, /^The input has more than 10 bytes \(maxBytes\)\.$/],
    ['too much in a form', { SAMLResponse: 'é'.repeat(6) }, { maxBytes: 10 }, /more than 10 bytes/],
    ['too much by default', Buffer.alloc(3 * 1024 * 1024 + 1, 97), {}, /more than 3145728 bytes/],
    ['a limit that is too high', 'a', { maxBytes: 1e9 }, /maxBytes must be a whole number from 1 to 26214400/],
    [
      'metadata in place of a response',
      '<EntityDescriptor entityID="x"/>',
      {},
      /metadata of the IdP as idpMetadata\.$/,
    ],
    ['an unknown option', 'a', { audience: 'x' }, /^Unknown options: audience\. Use some of: spEntityId, /],
    ['an unknown policy', 'a', { policies: { allowAll: true } }, /^The policy allowAll is unknown/],
    ['a policy of another type', 'a', { policies: { allowSha1: 'yes' } }, /^The policy allowSha1 is unknown, or has/],
    ['a malformed ACS URL', 'a', { acsUrl: 'sp/acs' }, /^acsUrl must be a URL such as/],
    ['metadata without an IdP', 'a', { idpMetadata: '<a/>' }, /^idpMetadata: /],
    ['malformed certificates', 'a', { idpCertificates: 'x' }, /^idpCertificates: /],
    [
      'metadata and certificates',
      'a',
      { idpMetadata: '<a/>', idpCertificates: 'x' },
      /^Use either idpMetadata or idpCertificates/,
    ],
    ['a malformed key', 'a', { spKeys: ['x'] }, /^spKeys must be PEM private keys/],
    ['a request without an ID', 'a', { request: {} }, /^request must have the ID/],
    ['an invalid time', 'a', { at: new Date('x') }, /^at must be a valid Date/],
  ];
  for (const [name, input, options, sentence] of cases)
    test(name, () =>
      assert.rejects(diagnose(input as string, options), (error: Error) => {
        assert.ok(error instanceof Unreadable, String(error));
        assert.match(error.message, sentence);
        return true;
      }),
    );
});

describe('explain', () => {
  test('says for every code what it means, who fixes it, how, and which entry it leads to', () => {
    assert.deepEqual(rejectionCodes, Object.keys(rejections));
    for (const code of rejectionCodes) {
      const { message, fix, case: entry } = explain(code);
      for (const words of [message, fix, entry.title, entry.symptom, entry.cause, entry.fix])
        assert.match(words, /\S/, code);
    }
    const { message, fixedBy, stage, case: entry } = explain('audience-mismatch');
    assert.equal(message, rejections['audience-mismatch'].sentence);
    assert.deepEqual([fixedBy, stage, entry.code], ['idp-admin', 'conditions', 'audience-mismatch']);
  });

  test('gives the advice of a circumstance, and nothing for an unknown code', () => {
    const circumstance = 'byte-order-mark';
    assert.match(explain('xml-malformed', { circumstance }).message, /begins with a byte order mark/);
    assert.notEqual(explain('xml-malformed').message, explain('xml-malformed', { circumstance }).message);
    for (const unknown of ['audience', 'toString', '__proto__', '']) assert.equal(explain(unknown), undefined);
  });
});

test('two diagnoses at once do not disturb each other', async () => {
  const alone = await diagnose(faulty.har, connection);
  const together = await Promise.all([faulty, captured.good, faulty].map(({ har }) => diagnose(har, connection)));
  assert.deepEqual([together[0], together[2]], [alone, alone]);
  assert.deepEqual(
    together[1]!.map(({ verdict }) => verdict),
    ['accept'],
  );
});

test('no file of ours that the library loads reads files, starts programs or ends the process', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const loaded = new Map<string, string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    const text = readFileSync(join(root, file), 'utf8');
    loaded.set(file, text);
    for (const [, path, dynamic] of text.matchAll(
      /^(?:import|export)\s(?!type\s)[^;'"]*?from\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm,
    ))
      load(relative(root, resolve(root, dirname(file), (path ?? dynamic)!)));
  };
  load('support/diagnosis/saml-library.ts');
  assert.ok(loaded.size > 40 && loaded.has('sp/saml/idp-metadata.ts'), `${loaded.size} files`);
  const outside =
    /'(?:node:)?(?:fs|fs\/promises|child_process|worker_threads|net|http|https)'|\bprocess\.|\bglobalThis\b/;
  assert.deepEqual(
    [...loaded].flatMap(([file, text]) => (outside.test(text) ? [file] : [])),
    [],
  );
});
