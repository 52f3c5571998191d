/** The response of a capture from which a persona is learned, and the command that writes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { messagesIn } from '../capture.ts';
import { type LearnedFromCapture, learnFromCapture } from './learn-from-capture.ts';
import { type Writing, writtenAs } from './written-as.fixture.ts';

const ids = ['_0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9', '_9d8c7b6a-5948-4372-a1b0-c0d1e2f3a4b5'] as const;
const plain: Writing = { prefixes: ['p', 'a', 's'], ids: [...ids] };
const attributes =
  '<a:Attribute Name="\u202e:mail"><a:AttributeValue>sam@customer.example</a:AttributeValue></a:Attribute>';
const failure =
  '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" ' +
  'IssueInstant="2026-01-01T00:00:00Z">' +
  '<p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/></p:Status></p:Response>';

const har = (...xml: readonly string[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      log: {
        entries: xml.map((one) => ({
          request: {
            method: 'POST',
            url: 'https://sp.example/acs',
            postData: {
              mimeType: 'application/x-www-form-urlencoded',
              text: new URLSearchParams({ SAMLResponse: Buffer.from(one).toString('base64') }).toString(),
            },
          },
        })),
      },
    }),
  );
const learn = (...xml: readonly string[]): LearnedFromCapture =>
  learnFromCapture(messagesIn(har(...xml)), { personaFor: () => undefined });

test('the response that shows most is chosen', () => {
  const { persona, where, isFailure } = learn(failure, writtenAs(plain), writtenAs({ ...plain, attributes }), failure);
  assert.match(where, /entries\[2\]/);
  assert.equal(isFailure, false);
  assert.equal((persona.set.attributeFormat as { usual: string }).usual, 'none');
});

test('of a failure, what it shows is learned', () => {
  const { persona, isFailure } = learn(failure);
  assert.equal(isFailure, true);
  assert.deepEqual(persona.set.errorResponse, { destination: false, inResponseTo: false });
  assert.ok(persona.learned.unknown.includes('conditions'));
});

test('a file without a response is unreadable', () => {
  const request =
    '<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" ' +
    'IssueInstant="2026-01-01T00:00:00Z"/>';
  const learnNothing = (): unknown =>
    learnFromCapture(messagesIn(Buffer.from(request)), { personaFor: () => undefined });
  assert.throws(learnNothing, { name: 'Unreadable' });
});

test('the command writes a file, replaces it only with --force, and prints nothing that deceives a terminal', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'persona-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [capture, to] = [join(folder, 'capture.har'), join(folder, 'persona.json')];
  writeFileSync(capture, har(writtenAs({ ...plain, attributes })));
  const command = fileURLToPath(new URL('../../commands/persona.ts', import.meta.url));
  const run = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });

  const written = run('learn', capture, '--to', to);
  assert.equal(written.status, 0, written.stderr);
  assert.match(written.stderr, /^Learned \d+ settings from .*\nIt does not show: /m);
  assert.doesNotMatch(written.stderr, /not learned/);
  const persona = JSON.parse(readFileSync(to, 'utf8'));
  assert.deepEqual(persona.set.attributeNames, { email: '\u202e:mail' });
  const again = run('learn', capture, '--to', to);
  assert.deepEqual([again.status, again.stderr.trim()], [2, `${to} exists; --force replaces it.`]);
  const indented = join(folder, 'indented.xml');
  writeFileSync(indented, writtenAs(plain).replace(/></g, '>\n  <'));
  assert.match(
    run('learn', indented).stderr,
    /^It shows these, but they are not learned: XML declaration, .* \(a tool may have indented .*\)\.\nIt does not/m,
  );
  const broken = join(folder, 'broken.xml');
  writeFileSync(broken, writtenAs(plain).replace(/<[^<]*$/, ''));
  const unread = run('learn', broken);
  assert.equal(unread.status, 2);
  assert.match(
    unread.stderr,
    /^The file has no response that can be read as XML\. To see why: npm run diagnose -- FILE$/m,
  );
  const printed = run('learn', capture);
  assert.match(printed.stdout, /"\\u202e:mail"/);
  assert.deepEqual(JSON.parse(printed.stdout), persona);
});
