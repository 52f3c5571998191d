/** The command and the paste page judge a message at the same time, and name where that time comes from. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { make, now, swap } from '../../sp/saml/message.fixture.ts';
import { messagesIn } from './capture.ts';
import { diagnose } from './diagnose.ts';
import { explain } from './explain.ts';
import { diagnosePastedText } from './pasted.ts';
import { hardenedPolicies } from './policies.ts';
import { createRedactor } from './redact.ts';
import { zip } from './zip.fixture.ts';

const xml = make();
const issued = /IssueInstant="([^"]*)/.exec(xml)![1]!;
const form = (text = xml): string => `SAMLResponse=${encodeURIComponent(Buffer.from(text).toString('base64'))}`;
const url = 'https://sp.example/acs';
const raw = `POST ${url} HTTP/1.1\r\nHost: sp.example\r\n\r\n${form()}`;
const reply = 'HTTP/1.1 303 See Other\r\nDate: Sun, 01 Mar 2026 10:00:07 GMT\r\n\r\n<p>';
const post = { method: 'POST', url, postData: { text: form() } };
const date = { name: 'Date', value: 'Sun, 01 Mar 2026 10:00:07 GMT' };
const har = (...entries: object[]): string => JSON.stringify({ log: { entries } });
const request =
  '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_request" Version="2.0" ' +
  'IssueInstant="2026-03-01T09:59:00Z"/>';
const packed = encodeURIComponent(deflateRawSync(request).toString('base64'));
const asked = { request: { method: 'GET', url: `https://idp.example/sso?SAMLRequest=${packed}` } };
const malformed = xml.replaceAll(/\sIssueInstant="[^"]*"/g, ' IssueInstant="noon"');
const burp = (time: string): string =>
  `<items burpVersion="1"><item>${time}<url>${url}</url><request>${raw}</request><response>${reply}</response></item>`;

const capture = 'the time in the capture';
const header = 'the Date header in the capture';
const own = 'IssueInstant of the response; the capture has no time';
const rows: Readonly<Record<string, [capture: string | Buffer, time: string, source: string]>> = {
  XML: [xml, issued, own],
  'a cURL command': [`curl '${url}' --data-raw '${form()}'`, issued, own],
  'a form': [form(), issued, own],
  'a malformed IssueInstant, and the assertion’s': [
    form(swap(`IssueInstant="${issued}"`, 'IssueInstant="noon"')(xml)),
    /<saml:Assertion[^>]*IssueInstant="([^"]*)/.exec(xml)![1]!,
    own,
  ],
  'a HAR': [har({ startedDateTime: '2026-03-01T10:00:05.250Z', request: post }), '2026-03-01T10:00:05.250Z', capture],
  'a HAR without times': [har({ request: post, response: { headers: [date] } }), '2026-03-01T10:00:07.000Z', header],
  'SAML-tracer': [
    JSON.stringify({ requests: [{ method: 'POST', url, post: form(), responseHeaders: [date] }] }),
    '2026-03-01T10:00:07.000Z',
    header,
  ],
  Burp: [burp('<time>Sun Mar 01 10:00:09 UTC 2026</time>'), '2026-03-01T10:00:09.000Z', capture],
  'Burp without a time': [burp(''), '2026-03-01T10:00:07.000Z', header],
  'Fiddler’s archive': [zip({ 'raw/1_c.txt': raw, 'raw/1_s.txt': reply }), '2026-03-01T10:00:07.000Z', header],
  'only the request’s IssueInstant': [
    har(asked, { request: { ...post, postData: { text: form(malformed) } } }),
    '2026-03-01T09:59:00.000Z',
    'IssueInstant of the request in log.entries[0].request; the capture has no time',
  ],
  'no time at all': [malformed, now.toISOString(), 'now; neither the capture nor the message has a time'],
};

const settings = { at: undefined, requestId: undefined, sp: {}, idp: {}, policies: hardenedPolicies };

describe('a response is judged by', () => {
  for (const [name, [text, time, source]] of Object.entries(rows))
    test(name, () => {
      const all = diagnose(messagesIn(Buffer.from(text as string)), { settings, redactor: createRedactor(), now });
      const found = all.find(({ message }) => message.kind === 'response')!;
      const at = new Date(time).toISOString();
      assert.deepEqual(found.diagnosis.judgedAt, { time: at, source });
      assert.ok(explain(found, { number: 1, total: 1 }).includes(`judged as of ${at} (${source})`));
      if (typeof text !== 'string' || text === malformed) return;
      const [page] = diagnosePastedText(text);
      assert.deepEqual([page!.judgedAt.toISOString(), page!.timeSource], [at, source]);
      const codes = found.diagnosis.findings.map(({ code }) => code);
      assert.deepEqual([page!.verdict, page!.findings.map(({ code }) => code)], [found.diagnosis.verdict, codes]);
    });

  test('the time that was asked for', () => {
    const at = new Date('2026-03-02T12:00:00Z');
    const [found] = diagnose(messagesIn(Buffer.from(xml)), {
      settings: { ...settings, at },
      redactor: createRedactor(),
    });
    assert.deepEqual(found!.diagnosis.judgedAt, { time: at.toISOString(), source: 'as asked for' });
    assert.equal(found!.diagnosis.findings[0]!.code, 'assertion-expired');
    assert.equal(diagnosePastedText(xml, { now: at })[0]!.findings[0]!.code, 'assertion-expired');
  });
});
