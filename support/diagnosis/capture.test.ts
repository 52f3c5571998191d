/** Browser exports: every message is found, with its time and the request it responds to. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { messagesIn } from './capture.ts';
import { parseSamlJson } from './saml-json.ts';
import { type Captured, type CapturedSignIns, captureSignIns, diagnosed } from './sign-in.fixture.ts';
import { Unreadable } from './unreadable.ts';

interface Entry {
  startedDateTime: string;
  request: { method: string; url: string; postData?: { text?: string; params: unknown[] } };
}

interface Har {
  log: { entries: Entry[] };
}

let captured: CapturedSignIns;
let good: Captured;
before(async () => {
  captured = await captureSignIns();
  good = captured.good;
});
after(() => captured[Symbol.asyncDispose]());

const postOf = (entries: readonly Entry[]): Entry =>
  entries.find(({ request }) => request.postData?.text?.includes('SAMLResponse'))!;
/** The good sign-in with changed entries. */
const har = (change: (entries: Entry[]) => readonly Entry[]): string => {
  const tree = JSON.parse(good.har) as Har;
  return JSON.stringify({ log: { ...tree.log, entries: change(tree.log.entries) } });
};
/** The good sign-in with a changed POST of the response. */
const harWithPost = (change: (post: Entry) => void): string =>
  har((entries) => {
    change(postOf(entries));
    return entries;
  });
/** The good sign-in with a changed body of that POST. */
const harWithBody = (change: (body: string) => string): string =>
  harWithPost(({ request: { postData } }) => {
    postData!.text = change(postData!.text!);
  });
const verdicts = async (text: string): Promise<unknown[]> =>
  (await diagnosed(text, captured.everything)).map(({ diagnosis: { verdict, findings, notVerified } }) => [
    verdict,
    ...findings.map(({ code }) => code),
    ...notVerified,
  ]);

test('the request is paired with its response, and provides its ID, time and RelayState', async () => {
  const [only, ...more] = await diagnosed(good.har, captured.everything);
  assert.deepEqual([only?.diagnosis.verdict, only?.request?.pending?.id, more.length], ['accept', good.requestId, 0]);
  assert.ok(only?.request?.pending?.relayState && only.request.pending.issuedAt);
  const otherState = harWithBody((body) => body.replace(/RelayState=[^&]*/, 'RelayState=another'));
  assert.deepEqual(await verdicts(otherState), [['reject', 'relay-state-mismatch']]);
  const toAnother = await captured.during('a response to an unknown request');
  assert.deepEqual(
    (await verdicts(toAnother.har)).map((one) => (one as string[]).slice(0, 2)),
    [['reject', 'in-response-to-mismatch']],
  );
  assert.deepEqual(
    await verdicts(har((entries) => entries.filter((entry) => !entry.request.url.includes('SAMLRequest')))),
    [['undetermined', 'in-response-to']],
  );
});

test('a response is judged at the time of its capture', async () => {
  const later = harWithPost((post) => {
    post.startedDateTime = new Date(Date.parse(post.startedDateTime) + 3_600_000).toISOString();
  });
  assert.deepEqual(
    (await verdicts(later)).map((one) => (one as string[]).slice(0, 2)),
    [['reject', 'assertion-expired']],
  );
  for (const text of [good.har, good.tracer])
    assert.ok(
      Math.abs(
        (await diagnosed(text))[0]!.judgedAt.getTime() - Date.parse(/IssueInstant="([^"]*)/.exec(good.xml)![1]!),
      ) < 10_000,
    );
  const withoutTimes = JSON.stringify(JSON.parse(good.tracer), (key, value: unknown) =>
    ['timestamp', 'responseHeaders'].includes(key) ? undefined : value,
  );
  const issued = /IssueInstant="([^"]*)/.exec(good.xml)![1]!;
  assert.equal((await diagnosed(withoutTimes))[0]!.judgedAt.getTime(), Date.parse(issued));
});

test('the second POST of a response is a replay', async () => {
  assert.deepEqual(await verdicts(har((entries) => [...entries, postOf(entries)])), [
    ['accept'],
    ['reject', 'replay-detected'],
  ]);
});

test('a request without a response is reported', async () => {
  assert.deepEqual(await verdicts(har((entries) => entries.filter((entry) => entry !== postOf(entries)))), [
    ['undetermined', 'response'],
  ]);
  const abandoned = deflateRawSync(
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_abandoned" Version="2.0"/>`,
  ).toString('base64');
  const entry = {
    startedDateTime: new Date().toISOString(),
    request: { method: 'GET', url: `https://idp.example/sso?SAMLRequest=${encodeURIComponent(abandoned)}` },
  };
  // The IdP redirects the browser to itself with the same request: it counts once.
  assert.deepEqual(await verdicts(har((entries) => [entry, entry, ...entries])), [
    ['undetermined', 'response'],
    ['accept'],
  ]);
});

test('a response in a query string uses HTTP-Redirect; logout messages next to a sign-in are ignored', async () => {
  const inQuery = (xml: string): object => {
    const packed = encodeURIComponent(deflateRawSync(xml).toString('base64'));
    return { request: { method: 'GET', url: `https://sp.example/acs?SAMLResponse=${packed}&RelayState=x` } };
  };
  assert.deepEqual(await verdicts(JSON.stringify({ log: { entries: [inQuery(good.xml)] } })), [
    ['reject', 'response-by-redirect'],
  ]);
  const logout = '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"/>';
  assert.deepEqual(await verdicts(har((entries) => [...entries, inQuery(logout) as never])), [['accept']]);
  await assert.rejects(diagnosed(JSON.stringify({ log: { entries: [inQuery(logout)] } })), /only single logout/);
});

test('a repeated form field is rejected as the SP would reject it', async () => {
  assert.deepEqual(await verdicts(`${good.form}&SAMLResponse=PHg%2B`), [['reject', 'response-duplicated']]);
  assert.deepEqual(await verdicts(harWithBody((body) => `${body}&RelayState=again`)), [
    ['reject', 'response-duplicated'],
  ]);
});

test('a tracer export with hashed fields still contains the decoded message', async () => {
  const hashed = {
    requests: [
      {
        method: 'POST',
        url: 'https://sp.example/acs',
        post: [
          ['SAMLResponse', '{HASH}0123456789abcdef'],
          ['RelayState', '{HASH}00'],
        ],
        saml: good.xml,
        protocol: 'SAML-P',
      },
    ],
  };
  assert.deepEqual(await verdicts(JSON.stringify(hashed)), [['undetermined', 'in-response-to']]);
  assert.deepEqual(
    await verdicts(JSON.stringify({ requests: [{ method: 'POST', url: 'https://sp.example/acs', saml: good.xml }] })),
    [['undetermined', 'in-response-to']],
  );
});

test('a HAR body without text is read from its params, still percent-encoded', async () => {
  assert.deepEqual(
    await verdicts(
      harWithPost(({ request }) => {
        delete request.postData!.text;
      }),
    ),
    [['accept']],
  );
});
describe('the JSON reader keeps only SAML', () => {
  const parsed = (value: unknown): unknown => parseSamlJson(Buffer.from(JSON.stringify(value)));

  test('values that mention SAML are returned unchanged', () => {
    const entry = {
      name: 'SAMLResponse',
      value: 'x'.repeat(10_000),
      'quotes "and" \\': '\\"',
      at: 1_700_000_000_123,
      ü: '€',
    };
    assert.deepEqual(parsed({ a: [entry] }), { a: [entry] });
    assert.deepEqual(parseSamlJson(Buffer.from('{"SAML\\u0052esponse":"\\u0041","empty":{},"none":[ ],"t":true}')), {
      SAMLResponse: 'A',
    });
  });

  test('other values are dropped, and array positions stay', () => {
    const page = { headers: Array.from({ length: 20 }, (_, index) => ({ name: String(index), value: 'x' })) };
    const kept = parsed([page, { SAMLart: 'x' }, page]) as unknown[];
    assert.deepEqual(Object.entries(kept), [['1', { SAMLart: 'x' }]]);
    assert.equal(parsed({ page }), undefined);
  });

  test('malformed JSON is reported with the position of the error', () => {
    for (const text of [
      '{"SAML":',
      '{"SAML":1',
      '{"SAML" 1}',
      '["SAML",]',
      '{"SAML":"x}',
      '["SAML"] x',
      '{"SAML":"\\x"}',
      '{SAML:1}',
    ])
      assert.throws(() => parseSamlJson(Buffer.from(text)), /truncated or malformed JSON at byte \d+/, text);
  });
});

test('a file without a SAML message is rejected', () => {
  for (const text of [
    '',
    ' \n',
    'hello world',
    '<html><body>hello</body></html>',
    '{"log":{"entries":[]}}',
    'a=b&c=d',
    'aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxk',
  ])
    assert.throws(() => messagesIn(Buffer.from(text)), Unreadable, text);
});

test('a message that cannot be read is still reported', () => {
  const codes = (text: string): unknown =>
    messagesIn(Buffer.from(text)).map(
      (message) => message.kind === 'response' && !message.outcome.ok && message.outcome.finding.code,
    );
  assert.deepEqual(codes('<!DOCTYPE a><samlp:Response/>'), ['xml-doctype']);
  assert.deepEqual(codes('<samlp:Response'), ['xml-malformed']);
  assert.deepEqual(codes('SAMLResponse='), ['response-missing']);
  assert.deepEqual(codes('SAMLResponse=PHNhbWw!!'), ['response-not-base64']);
  assert.deepEqual(codes('PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1!!'), ['response-not-base64']);
  assert.deepEqual(
    codes(deflateRawSync('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64')),
    ['response-deflated'],
  );
  assert.deepEqual(
    codes(
      Buffer.from(
        Buffer.from('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64'),
      ).toString('base64'),
    ),
    ['response-encoded-twice'],
  );
});
