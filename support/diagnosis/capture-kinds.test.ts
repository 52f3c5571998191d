/** Exports of tools and copied text: the command and the paste page read the same message from each. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { messagesIn } from './capture.ts';
import { anywhere, damage, ofContainer } from './capture-damage.fixture.ts';
import { harWith, messageOnly, type Sources, withoutRequest, withRequest } from './capture-kinds.fixture.ts';
import { readConnectionOptions } from './connection-options.ts';
import { diagnose } from './diagnose.ts';
import { diagnosePastedText } from './pasted.ts';
import { createRedactor } from './redact.ts';
import { type Captured, type CapturedSignIns, captureSignIns, diagnosed } from './sign-in.fixture.ts';
import { Unreadable } from './unreadable.ts';
import { zip } from './zip.fixture.ts';

let captured: CapturedSignIns;
let good: Sources;
let bad: Sources;
before(async () => {
  captured = await captureSignIns();
  good = sourcesOf(captured.good);
  bad = sourcesOf(await captured.during('an assertion with a different Audience'));
});
after(() => captured[Symbol.asyncDispose]());

/** With a RelayState that holds percent signs itself. */
function sourcesOf({ har, xml, form }: Captured): Sources {
  const sent = new URLSearchParams(form).get('RelayState')!;
  const relayState = 'https%3A%2F%2Fsp%2Fdeep';
  return {
    har: har.replaceAll(sent, encodeURIComponent(relayState)),
    xml,
    relayState,
    acsUrl: captured.everything.acs!,
  };
}

const requestId = (): string => captured.good.requestId;

type Outcome = [verdict: string, ...codes: string[]];

async function byCommand(capture: string | Buffer, options: object = captured.everything): Promise<Outcome[]> {
  return (await diagnosed(capture, options)).map(({ diagnosis: { verdict, findings } }) => [
    verdict,
    ...findings.map(({ code }) => code),
  ]);
}

const byPage = async (capture: string | Buffer): Promise<Outcome[]> => {
  const { sp, idp } = await readConnectionOptions(captured.everything);
  return diagnosePastedText(capture.toString(), { sp, idp }).map(({ verdict, findings }) => [
    verdict,
    ...findings.map(({ code }) => code),
  ]);
};

const isText = (capture: string | Buffer): capture is string => typeof capture === 'string';

describe('a sign-in with its request is judged from', () => {
  for (const [name, capture] of sample(Object.entries(withRequest), 6))
    test(name, async () => {
      assert.deepEqual(await byCommand(capture(good)), [['accept']]);
      if (isText(capture(good))) assert.deepEqual(await byPage(capture(good)), [['accept']]);
      // Without a single option, but for the certificate.
      assert.deepEqual(await byCommand(capture(bad), {}), [['reject', 'audience-mismatch']]);
    });
});

describe('a response without its request is judged from', () => {
  for (const [name, capture] of sample(Object.entries({ ...withoutRequest, ...messageOnly }), 12))
    test(name, async () => {
      const at = /IssueInstant="([^"]*)/.exec(good.xml)![1]!;
      const all = { ...captured.everything, 'request-id': requestId(), at, policy: ['requireRelayState=false'] };
      assert.deepEqual(await byCommand(capture(good), all), [['accept']]);
      if (isText(capture(good))) assert.deepEqual(await byPage(capture(good)), [['undetermined']]);
      assert.deepEqual(await byPage(capture(bad).toString()).catch(() => [['reject', 'audience-mismatch']]), [
        ['reject', 'audience-mismatch'],
      ]);
    });
});

test('the settings that a capture tells are named with their source; options come first', async () => {
  const { acs, 'sp-entity-id': entityId } = captured.everything;
  const [first] = await diagnosed(good.har);
  const where = `the request in ${first!.request!.where}`;
  assert.deepEqual(first!.diagnosis.fromCapture, [
    { option: 'sp-entity-id', value: entityId, source: `Issuer of ${where}` },
    { option: 'acs', value: acs, source: `AssertionConsumerServiceURL of ${where}` },
  ]);
  assert.deepEqual(first!.diagnosis.notVerified, ['signature', 'issuer']);
  assert.equal((await diagnosed(good.har, captured.everything))[0]!.diagnosis.fromCapture, undefined);
  const other = { 'sp-entity-id': 'https://other.example' };
  assert.deepEqual(await byCommand(good.har, other), [['reject', 'audience-mismatch']]);
  const [alone] = await diagnosed(withoutRequest['cURL for bash']!(good));
  assert.deepEqual(alone!.diagnosis.fromCapture, [
    { option: 'acs', value: acs, source: 'the URL to which the browser sent the response' },
  ]);
});

describe('a capture that lost the message blames no party:', () => {
  const form = (value: string, state = 'x'): string => `SAMLResponse=${value}&RelayState=${state}`;
  const cut = (text: string): string => text.slice(0, Math.floor(text.length / 2 / 4) * 4);
  const harOf = (text: string): string =>
    harWith(good, ({ request: { postData } }) => Object.assign(postData!, { text, params: undefined }));
  const base64 = (): string => Buffer.from(good.xml).toString('base64');
  const damaged: Readonly<Record<string, () => [capture: string, note: RegExp]>> = {
    'a sanitised HAR': () => [harOf(form('[SAMLResponse REDACTED]', '[RelayState REDACTED]')), /was sanitised/],
    'a HAR with hashes': () => [harOf(form('a1'.repeat(32), 'a1')), /was sanitised/],
    'a HAR with stars': () => [harOf(form('********')), /was sanitised/],
    'a HAR whose body was taken out': () => [harOf('[redacted]'), /was sanitised/],
    'a HAR without the body': () => [
      harWith(good, ({ request }) => delete request.postData),
      /has a request to http.*\/acs, but not its body/,
    ],
    'a shortened value': () => [harOf(`SAMLResponse=${cut(base64())}…`), /shortened SAMLResponse/],
    'half of a base64 value': () => [cut(base64()), /ends in the middle of the response \(xml-malformed\)/],
    'half of a form': () => [`RelayState=x&SAMLResponse=${encodeURIComponent(cut(base64()))}`, /ends in the middle/],
    'half of the XML': () => [cut(good.xml), /ends in the middle/],
    'foreign characters': () => [
      form(`${cut(base64())}!!${base64().slice(cut(base64()).length)}`),
      /is damaged \(response-not-base64\)/,
    ],
  };
  for (const [name, capture] of Object.entries(damaged))
    test(name, async () => {
      const [text, note] = capture();
      for (const all of [await diagnosed(text, captured.everything), diagnosePastedText(text)]) {
        const [one, ...more] = all.map((each) => ('diagnosis' in each ? each.diagnosis : each));
        assert.deepEqual([one!.verdict, one!.findings, one!.notVerified], ['undetermined', [], ['message']]);
        assert.match(one!.note!, note);
        assert.deepEqual(more, []);
      }
    });

  test('a sanitised RelayState is not a mismatch', async () => {
    const [one] = await diagnosed(harOf(form(encodeURIComponent(base64()), '[REDACTED]')), captured.everything);
    assert.deepEqual([one!.diagnosis.verdict, one!.diagnosis.findings], ['accept', []]);
  });
});

test('a file of another kind is unreadable, and the sentence says what to do', async () => {
  const metadata = readFileSync(captured.everything['idp-metadata']!);
  const files: [file: string | Buffer, sentence: RegExp][] = [
    ['hello', /^No SAML message found\. Supported: /],
    ['<!DOCTYPE html><html><title>Error</title><br>Sign-in failed</html>', /^No SAML message found/],
    ['<note><to>x</to>', /^No SAML message found/],
    ['<wst:RequestSecurityTokenResponse xmlns:wst="x"><a>', /^No SAML message found/],
    [metadata, /is SAML metadata, not a response\. Give the metadata of the IdP as --idp-metadata\.$/],
    [
      Buffer.from('4c6fa7949340a58599a2899695', 'hex'),
      /^The file is in EBCDIC, which is not read\. Save it in UTF-8\.$/,
    ],
    ['+ADw-samlp:Response', /^The file is in UTF-7, which is not read\. Save it in UTF-8\.$/],
    ['PK\x03\x04 no zip', /^The zip file is damaged, incomplete or has a password\./],
    [zip({ 'picture.png': 'x' }), /^The zip file contains neither a HAR,/],
    [zip({ 'sign-in.har': 'x'.repeat(26 * 1024 * 1024) }), /^The zip file is larger than 25 MB when unpacked\./],
    [Buffer.from([0x1f, 0x8b, 0, 0]), /^The gzip file is damaged, or larger than 25 MB/],
    [`${good.har.slice(0, -9)}`, /^The file is truncated or malformed JSON at byte \d+\.$/],
  ];
  for (const [file, sentence] of files)
    await assert.rejects(diagnosed(file), (error) => {
      assert.ok(error instanceof Unreadable, String(error));
      assert.match(error.message, sentence);
      return true;
    });
});

test('the IdP’s own damage is still a finding if the capture shows what the browser sent', async () => {
  const base64 = Buffer.from(good.xml).toString('base64');
  const harOf = (text: string): string =>
    harWith(good, ({ request: { postData } }) => Object.assign(postData!, { text, params: undefined }));
  const rows: [value: string, code: string][] = [
    [encodeURIComponent(`${base64.slice(0, 200)}!!`), 'response-not-base64'],
    [encodeURIComponent(encodeURIComponent(base64)), 'response-encoded-twice'],
    [encodeURIComponent(Buffer.from(base64).toString('base64')), 'response-encoded-twice'],
    [encodeURIComponent(base64.slice(0, 400)), 'xml-malformed'],
  ];
  for (const [value, code] of rows)
    assert.deepEqual(
      await byCommand(harOf(`SAMLResponse=${value}&RelayState=${encodeURIComponent(good.relayState)}`)),
      [['reject', code]],
      code,
    );
});

describe('300 malformed variants', () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed + 1);
  let all: Buffer[] = [];
  before(() => {
    const kinds = Object.values({ ...withRequest, ...withoutRequest, ...messageOnly });
    all = kinds.map((capture) => Buffer.from(capture(good) as string));
  });
  /** By the command and by the page: the verdicts, or the sentence. */
  async function outcomes(capture: Buffer, seed: string): Promise<[verdict: string, text: string][]> {
    const settings = await readConnectionOptions({});
    const readers = [
      () => diagnose(messagesIn(capture), { settings, redactor: createRedactor() }),
      () => diagnosePastedText(capture.toString()),
    ];
    return readers.flatMap((read): [string, string][] => {
      try {
        return read().map((one) => {
          const { verdict, note = '', findings } = 'diagnosis' in one ? one.diagnosis : one;
          return [verdict, `${note} ${findings.map(({ code, received }) => `${code} ${received}`).join(', ')}`];
        });
      } catch (error) {
        assert.ok(error instanceof Unreadable, `${seed}: ${(error as Error).stack}`);
        assert.match(error.message, /^[A-Z][^\n]*\.$/, seed);
        assert.doesNotMatch(error.message, /unexpected|invalid (?:zip|distance|block)|EOF|undefined|\[object/i, seed);
        return [['unreadable', error.message]];
      }
    });
  }

  test('of the container give no finding, no stack and no text of a library', async () => {
    for (const seed of sample(seeds, 40)) {
      const { capture, how } = damage(all, ofContainer, seed);
      for (const [verdict, text] of await outcomes(capture, `seed ${seed}`))
        assert.notEqual(verdict, 'reject', `seed ${seed}, ${how}: ${text}\n${capture.toString().slice(0, 300)}`);
    }
  });

  test('of anything give a diagnosis or a sentence', async () => {
    for (const seed of sample(seeds, 40)) await outcomes(damage(all, anywhere, seed).capture, `seed ${seed}`);
  });
});

test('an accent in a quoted-printable email is one character', () => {
  const namespace = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"';
  const xml = `<samlp:Response ${namespace} ID="_1"><samlp:A>Zoé €</samlp:A></samlp:Response>`;
  const escaped = xml.replaceAll('=', '=3D').replace('é', '=C3=A9').replace('€', '=E2=82=AC');
  const [only] = messagesIn(Buffer.from(`Here it is:\r\n${escaped.replaceAll(' ', ' =\r\n')}`));
  assert.equal(only?.xml, xml);
});
