/** Diagnosis of messages that were really sent: told everything, nothing, or something else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request } from '../http.ts';
import { nameRehearsal, type Rehearsal } from '../rehearsal.ts';
import { signInScripted } from '../scripted-sign-in.ts';
import { startStack } from '../servers.ts';
import { connect, type SpSide } from '../tasks/set-up.ts';
import { CaptureError, readCapture } from './capture.ts';

const command = fileURLToPath(new URL('../commands/diagnose.ts', import.meta.url));

describe('a captured message', () => {
  let folder: string;
  let told: string[];
  let body: string;
  let address: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'diagnosis-'));
    await using stack = await startStack();
    const rehearsal: Rehearsal = { ...nameRehearsal(), stack };
    const idp = await connect(rehearsal);
    address = rehearsal.cast.Sam.address;
    const acme = `/organizations/${rehearsal.organization.slug}`;
    await stack.sp.control.put(`${acme}/profiles/Acme/enforce-unproven`, {});
    await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, onResponse: ({ fields }) => void (body = new URLSearchParams(fields.map(({ name, value }) => [name, value] as [string, string])).toString()) });
    const { entityId, acsUrl, requests } = await stack.sp.control.get<SpSide & { requests: { id: string }[] }>(acme);
    writeFileSync(join(folder, 'idp.xml'), await (await request(idp.metadataUrl)).text());
    writeFileSync(join(folder, 'form.txt'), body);
    told = ['--sp-entity-id', entityId, '--acs', acsUrl, '--idp-metadata', join(folder, 'idp.xml'), '--request-id', requests.at(-1)!.id];
  });
  after(() => rmSync(folder, { recursive: true }));

  function run(file: string, ...options: string[]): { status: number | null; json: { verdict: string; findings: { code: string; received?: string }[]; notVerified: string[] }; out: string } {
    const { status, stdout } = spawnSync(process.execPath, [command, join(folder, file), ...options], { encoding: 'utf8' });
    return { status, out: stdout, json: options.includes('--json') ? JSON.parse(stdout) : { verdict: '', findings: [], notVerified: [] } };
  }
  const responseOf = (): string => new URLSearchParams(body).get('SAMLResponse')!;

  test('told everything, a good one is accepted', () => {
    const base64 = 'response.b64';
    writeFileSync(join(folder, base64), responseOf());
    const { status, json } = run(base64, ...told, '--json');
    assert.deepEqual([status, json], [0, { verdict: 'accept', findings: [], notVerified: [] }]);
  });

  test('told nothing, nothing is passed over', () => {
    const { status, json } = run('form.txt', '--json');
    assert.deepEqual([status, json.verdict, json.findings], [3, 'undetermined', []]);
    for (const what of ['signature', 'issuer', 'audience', 'destination', 'recipient', 'in-response-to']) assert.ok(json.notVerified.includes(what), what);
  });

  test('another audience, another time, another policy', () => {
    assert.deepEqual(run('form.txt', ...told, '--sp-entity-id', 'https://sp.example/other', '--json').json.findings.map(({ code }) => code), ['audience-mismatch']);
    assert.deepEqual(run('form.txt', ...told, '--at', '2030-01-01T00:00:00Z', '--json').json.findings.map(({ code }) => code).slice(0, 1), ['assertion-expired']);
    assert.deepEqual(run('form.txt', ...told, '--policy', 'requireEncryption=true', '--json').json.findings.map(({ code }) => code), ['encryption-required']);
    assert.equal(run('form.txt', '--policy', 'nonsense=1').status, 2);
  });

  test('a HAR pairs the request with its response and knows the time', () => {
    const har = { log: { entries: [{ startedDateTime: new Date().toISOString(), request: { method: 'POST', postData: { params: [{ name: 'SAMLResponse', value: responseOf() }], text: body } } }] } };
    writeFileSync(join(folder, 'sso.har'), JSON.stringify(har));
    assert.deepEqual([run('sso.har', ...told, '--json').json.verdict, readCapture(JSON.stringify(har)).responses.length], ['accept', 1]);
  });

  test('nothing personal is shown, unless asked for', () => {
    assert.ok(!run('form.txt', ...told).out.includes(address));
    assert.ok(run('form.txt', ...told, '--show-secrets').out.includes(address));
  });

  test('the scenario that comes out names the fault', () => {
    assert.match(run('form.txt', ...told, '--acs', 'https://sp.example/acs', '--scenario').out, /And the identity provider sends .+\n.+When Sam tries the connection\n\s+Then the sign-in is refused as destination-mismatch/);
  });

  test('junk, bombs and emptiness are refused fast', () => {
    const begin = performance.now();
    assert.throws(() => readCapture('['.repeat(10_000)), CaptureError);
    assert.throws(() => readCapture('no message here'), CaptureError);
    const deep = readCapture('<a>'.repeat(10_000)).responses[0];
    writeFileSync(join(folder, 'deep.xml'), '<a>'.repeat(10_000));
    writeFileSync(join(folder, 'junk.b64'), 'A'.repeat(20_000_000));
    assert.ok(deep?.decoded.ok);
    assert.deepEqual([run('deep.xml', '--json').json.findings[0]?.code, run('junk.b64', '--json').json.findings[0]?.code], ['xml-too-deep', 'response-too-large']);
    assert.ok(performance.now() - begin < 6_000, `${performance.now() - begin} ms for four of them, two processes included`);
  });
});
