/** The command as a whole process: its output, its exit code, and the cost of a hostile file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertQuick } from '../../sp/saml/processor-time.fixture.ts';
import { type Captured, type CapturedSignIns, captureSignIns } from '../diagnosis/sign-in.fixture.ts';
import { zip } from '../diagnosis/zip.fixture.ts';
import { accountant } from '../stack/accountant.fixture.ts';
import { sample } from '../stack/sample.fixture.ts';

/** The Node options that bootstrap.mjs uses for npm run diagnose. */
const bootstrap = readFileSync(new URL('../bootstrap.mjs', import.meta.url), 'utf8');
const nodeOptions = [...(/diagnose: \{.*node: \[(.*)\]/.exec(bootstrap)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
  ([, option]) => option!,
);
assert.ok(nodeOptions.length > 0, 'bootstrap.mjs has Node options for diagnose');
const command = fileURLToPath(new URL('diagnose.ts', import.meta.url));
interface Result {
  code: number | null;
  out: string;
  err: string;
  megabytes: number;
  ms: number;
}

let captured: CapturedSignIns;
let bad: Captured;
before(async () => {
  captured = await captureSignIns();
  bad = await captured.during('an assertion with a different Audience');
});
after(() => captured[Symbol.asyncDispose]());

function run(content: string | Buffer, options: readonly string[] = []): Result {
  const file = join(captured.folder, 'capture');
  writeFileSync(file, content);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, '--import', accountant, command, file, ...options],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      maxBuffer: 1e8,
    },
  );
  const took = JSON.parse(/^TOOK (.*)$/m.exec(stderr)![1]!) as { megabytes: number; ms: number };
  return { code: status, out: stdout, err: stderr.replace(/^TOOK .*\n/m, ''), ...took };
}
const everything = (): string[] =>
  Object.entries(captured.everything).flatMap(([name, value]) => [`--${name}`, String(value)]);

test('the exit code: 0 accept, 1 reject, 3 undetermined, 2 unreadable', () => {
  const ends: readonly (readonly [expected: number, content: string | Buffer, options?: readonly string[]])[] = [
    [0, captured.good.har, everything()],
    [1, bad.har, everything()],
    [3, captured.good.xml],
    [2, 'good day'],
    [2, captured.good.har, ['--persona', 'learned.json']],
    [2, captured.good.har, ['--policy', 'allowMagic=true']],
    [2, captured.good.har, ['--at', 'noon']],
  ];
  for (const [expected, content, options] of sample(ends, 2)) {
    const { code, out, err } = run(content, options);
    assert.equal(code, expected, err);
    if (code === 2) assert.deepEqual([out, /\n\s+at /.test(err), err.length > 20], ['', false, true]);
  }
});

test('--json prints one object per message and line, and each finding is complete', () => {
  const two = JSON.stringify({
    log: {
      entries: [captured.good.har, bad.har].flatMap(
        (text) => (JSON.parse(text) as { log: { entries: object[] } }).log.entries,
      ),
    },
  });
  const { out, code, err } = run(two, [...everything(), '--json']);
  assert.deepEqual([code, err], [1, '']);
  const [first, second, ...more] = out
    .trimEnd()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          verdict: string;
          findings: Record<string, unknown>[];
          notVerified: string[];
          judgedAt: { time: string; source: string };
        },
    );
  const { judgedAt, ...others } = first!;
  assert.deepEqual([others, more], [{ verdict: 'accept', findings: [], notVerified: [] }, []]);
  assert.ok(captured.good.har.includes(judgedAt.time));
  assert.equal(judgedAt.source, 'the time in the capture');
  const keys = ['verdict', 'findings', 'notVerified', 'judgedAt'];
  assert.deepEqual([second!.verdict, Object.keys(second!)], ['reject', keys]);
  const [{ line, ...finding }] = second!.findings as [Record<string, unknown>];
  assert.equal(line === undefined || Number(line) >= 1, true);
  assert.deepEqual(Object.keys(finding).toSorted(), [
    'code',
    'expected',
    'fix',
    'fixedBy',
    'message',
    'path',
    'received',
    'reference',
    'severity',
  ]);
  assert.deepEqual(
    [finding.code, finding.expected, finding.path],
    [
      'audience-mismatch',
      captured.everything['sp-entity-id'],
      '/samlp:Response/saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience',
    ],
  );
});

test('as text: the findings with who must fix them, and the message, with personal data only on request', () => {
  const { out } = run(bad.har, everything());
  for (const words of ['audience-mismatch', 'saml:Audience', String(captured.everything['sp-entity-id'])])
    assert.ok(out.includes(words), words);
  assert.ok(!out.includes(bad.address), 'the user’s email is hidden');
  assert.ok(run(bad.har, [...everything(), '--show-secrets']).out.includes(bad.address));
});

test('--scenario plays the fault that leads to the same rejection, in a learned persona', () => {
  const persona = join(captured.folder, 'learned.json');
  writeFileSync(persona, JSON.stringify({ set: { signed: 'assertion' } }));
  const { out, code } = run(bad.har, [...everything(), '--scenario', '--persona', persona]);
  assert.equal(code, 1);
  assert.match(out, /And Acme's identity provider writes as in ".*learned\.json"\n/);
  assert.match(
    out,
    new RegExp(
      '^Feature: [\\s\\S]*And the IdP sends an assertion with a different Audience\n' +
        '\\s+When Sam takes the SSO test\n\\s+Then the SP rejects the response as audience-mismatch',
    ),
  );
});

test('a common message is quick and small, and a huge or deeply nested one costs little more', () => {
  const common = run(captured.good.har, [...everything(), '--json']);
  assertQuick(common.ms, 600, 'a common message');
  const bombs: Readonly<Record<string, string>> = {
    'base64 characters': 'A'.repeat(20_000_000),
    'base64 of repeated tags': Buffer.alloc(15_000_000, '<a>').toString('base64'),
    'one huge element': `<samlp:Response>${'x'.repeat(20_000_000)}`,
    '10,000 levels':
      '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">' +
      `${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}</samlp:Response>`,
    'JSON without SAML': JSON.stringify({
      log: { entries: Array.from({ length: 9_000 }, () => ({ request: { url: 'z'.repeat(2_000) } })) },
    }),
  };
  for (const [name, content] of sample(Object.entries(bombs), 1)) {
    const { code, ms, megabytes } = run(content, ['--json']);
    assert.ok(code === 1 || code === 2, `${name}: ${code}`);
    assertQuick(ms, 1_000, name);
    assert.ok(megabytes < 200, `${name}: ${megabytes} MB`);
  }
});

/** Each plays large files in processes of their own. */
const large = sample(['HAR', 'other'], 1);
const testLarge = (kind: string, name: string, play: () => void): void => {
  if (large.includes(kind)) test(name, play);
};

testLarge('HAR', 'any HAR takes less than 300 MB', () => {
  const response = (content: string): string =>
    `SAMLResponse=${encodeURIComponent(
      Buffer.from(
        `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${content}</samlp:Response>`,
      ).toString('base64'),
    )}`;
  const har = (count: number, content: (index: number) => string): string =>
    JSON.stringify({
      log: {
        entries: Array.from({ length: count }, (_, index) => ({
          request: { method: 'POST', url: 'http://sp.example/acs', postData: { text: response(content(index)) } },
        })),
      },
    });
  const hars: Readonly<Record<string, string>> = {
    '3,000 small messages': har(3_000, (index) => `<a b="a${index}@x.example">u${index}@x.example</a>`.repeat(8)),
    '24 large messages': har(24, () => '<a>b</a>'.repeat(4_900) + 'x'.repeat(500_000)),
    '300 messages with many elements': har(300, () => '<a/>'.repeat(4_900)),
    '20,000 that are not SAML': JSON.stringify(
      Array.from({ length: 20_000 }, (_, index) => ({ url: 'x', body: `SAMLResponse=no${index}` })),
    ),
    'one message with long names': har(1, () => `<${'n'.repeat(900)}>`.repeat(50) + '<b/>'.repeat(4_900)),
  };
  for (const [name, content] of sample(Object.entries(hars), 1)) {
    const { code, err, megabytes } = run(content);
    assert.ok(code === 1 || (code === 2 && /Export only the requests/.test(err)), `${name}: ${code} ${err}`);
    assert.ok(megabytes < 300, `${name}: ${megabytes} MB`);
  }
});

testLarge('other', 'any other file takes less than 300 MB', () => {
  const form = `SAMLResponse=${encodeURIComponent(Buffer.from(captured.good.xml).toString('base64'))}&RelayState=x`;
  const url = 'https://sp.example/acs';
  const long = (piece: string): string => piece.repeat(22_000_000 / piece.length);
  const zipped = (log: string): Buffer => zip({ 'trace.network': log, 'resources/a': long('SAML') });
  const files: Readonly<Record<string, () => string | Buffer>> = {
    'a cURL command of escapes': () => `curl '${url}' --data-raw '${form}' ${long('\\a')}`,
    'a cURL command of quotes': () => `curl '${url}' --data-raw '${form}' ${long(`'a'"b"`)}`,
    'a cURL command for cmd': () => `curl ^"${url}^" ^\r\n --data-raw ^"x=${long('^%20ab')}&${form}^"`,
    'a cURL command with a long body': () => `curl $'${url}' --data-raw $'x=${long('abcd')}&${form}'`,
    'many cURL commands': () => long(`curl '${url}' --data-raw '${form}'\n`),
    'many fetch calls': () => long(`fetch("${url}", {"method": "POST", "body": "${form}"});\n`),
    'a PowerShell command': () => `Invoke-WebRequest -Uri "${url}" -Method "POST" -Body "x=${long('``""')}&${form}"`,
    'wrapped base64': () => `SAMLResponse: ${long(`${'A'.repeat(76)}\n`)}`,
    'a page': () => `<html><form action="${url}"><input name="SAMLResponse" value="${long('<p>SAML</p>')}">`,
    'an email': () => `Content-Transfer-Encoding: quoted-printable\r\n\r\n${long('abc=3D=\r\n')}${form}`,
    'a Burp export': () =>
      `<items burpVersion="1"><item><request>POST /acs HTTP/1.1\r\n\r\n${form}&x=${long('abcd')}</request></item>`,
    'a zipped HAR of empty lists': () => zip({ 'sign-in.har': `{"log":{"entries":[${long('[],')}"SAML"]}}` }),
    'a trace of empty lists': () => zipped(`{"snapshot":[${long('[],')}"_sha1"]}`),
    'a trace of short lines': () => zipped(long('{"snapshot":{"SAML":""}}\n')),
    'a trace with one body for all entries': () =>
      zipped(long('{"snapshot":{"request":{"postData":{"_sha1":"a"}}}}\n')),
  };
  for (const [name, content] of sample(Object.entries(files), 1)) {
    const { code, out, err, megabytes } = run(content(), ['--json']);
    assert.ok(code !== null && code <= 3 && (code === 2) === (out === ''), `${name}: ${code} ${err}`);
    assert.doesNotMatch(err, /\n\s+at /, name);
    assert.ok(megabytes < 300, `${name}: ${megabytes} MB`);
  }
});
