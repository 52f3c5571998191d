/**
 * One table of certificates and of metadata, played against everything that reads them: the profile form, the upload,
 * `diagnose`, the lab's page, and the mock IdP with its own reader. They agree, row by row.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConnectionOptions } from '../diagnosis/connection-options.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import { type StartedLab, startLab } from '../lab/lab.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { ControlError } from '../stack/control.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';
import { sendWizardForm } from '../stack/wizard-form.ts';
import {
  address,
  certificateRows,
  certificates,
  entityId,
  type MetadataRow,
  metadataRows,
  shapes,
  type Value,
} from './metadata-readers.fixture.ts';

let folder: string;
let lab: StartedLab;
const ada = createVisitor();
const visitor = createVisitor();
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readers-'));
  lab = await startLab({ data: join(folder, 'lab'), port: 0, spPort: 0, idpPort: 0 });
  const { stack, cast } = lab.rehearsal;
  await signInByPassword(ada, stack.sp.url, cast.Ada);
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The result of a reader: fingerprints, if it shows them, or its words. */
type Outcome = { taken: readonly string[] | undefined } | { says: string };

const fingerprint = (pemOrBase64: string): string =>
  new X509Certificate(pemOrBase64.includes('BEGIN') ? pemOrBase64 : Buffer.from(pemOrBase64, 'base64')).fingerprint256;
const fingerprints = (all: readonly string[]): string[] => all.map(fingerprint).toSorted();

async function assertOutcome(reader: string, outcome: Outcome, value: Value | 'taken'): Promise<void> {
  if (value instanceof RegExp) {
    assert.ok('says' in outcome, `${reader} takes it`);
    assert.match(outcome.says, value, reader);
    assertPlain(reader, outcome.says);
    return;
  }
  assert.ok('taken' in outcome, `${reader}: ${'says' in outcome ? outcome.says : ''}`);
  if (value !== 'taken' && outcome.taken !== undefined)
    assert.deepEqual(outcome.taken, fingerprints(value.map((name) => certificates[name])), reader);
}

const otherPrograms = [
  'error:[0-9A-F]{8}|routines|Too big|Too small|Invalid input|expected string|Unexpected|outside of root|unclosed',
  String.raw`ERR_|undefined|\bat .*:\d+:\d+|\[object|NaN`,
];

/** No text of zod, OpenSSL, an XML parser or Node, and no stack. */
function assertPlain(reader: string, words: string): void {
  assert.doesNotMatch(words, new RegExp(otherPrograms.join('|')), `${reader} says it in another program's words`);
}

const wizard = async (step: string): Promise<URL> =>
  new URL(`/admin/sso/${(await snapshot(lab.rehearsal)).profiles[0]!.id}/${step}`, lab.rehearsal.stack.sp.url);

async function saved({ url, alerts, status, text }: Visit): Promise<Outcome> {
  if (!url.pathname.endsWith('/test')) return { says: alerts.join(' ') || `${status} ${text}` };
  const { stack, organization } = lab.rehearsal;
  const { profiles } = await stack.sp.control.get<{ profiles: { settings: { certificates: string[] } }[] }>(
    `/organizations/${organization.slug}?parts=profiles`,
  );
  return { taken: fingerprints(profiles[0]!.settings.certificates) };
}

const fields = { idpEntityId: entityId, ssoUrl: address, ssoBinding: 'redirect', sloUrl: '', nameIdFormat: 'any' };

async function byForm(text: string): Promise<Outcome> {
  const rest = { requestedAuthnContext: '', requiredAttributes: '', certificates: text };
  return saved(await sendWizardForm(ada, await wizard('profile'), Object.entries({ ...fields, ...rest })));
}

async function byUpload(octets: Buffer): Promise<Outcome> {
  const page = await wizard('profile');
  const { forms } = await ada.visit(page);
  const form = forms.find(({ action }) => action.pathname.endsWith('/profile'))!;
  const parts = new FormData();
  for (const { name, value, type } of form.fields) if (type === 'hidden') parts.set(name, value);
  parts.set('file', new Blob([new Uint8Array(octets)]), 'metadata.xml');
  const encoded = new Response(parts);
  const type = encoded.headers.get('content-type')!;
  const body = { type, octets: new Uint8Array(await encoded.arrayBuffer()) };
  return saved(await ada.visit(await wizard('metadata'), { method: 'POST', body, from: page }));
}

async function byCommand(option: 'idp-cert' | 'idp-metadata', octets: Buffer): Promise<Outcome> {
  const file = join(folder, 'input');
  await writeFile(file, octets);
  try {
    const { idp } = await readConnectionOptions({ [option]: file });
    return { taken: fingerprints(idp.certificates ?? []) };
  } catch (error) {
    assert.ok(error instanceof Unreadable, String((error as Error).stack));
    return { says: error.message };
  }
}

async function byPage(text: string): Promise<Outcome> {
  const url = new URL('/diagnose', lab.url);
  const sent: [string, string][] = [
    ['text', '<Response/>'],
    ['idp', text],
  ];
  const page = await visitor.visit(url, { method: 'POST', fields: sent, from: url });
  return page.status === 200 ? { taken: undefined } : { says: page.alerts.join(' ') };
}

async function byMock(app: object): Promise<Outcome> {
  const { stack, tenant } = lab.rehearsal;
  try {
    await stack.idp.control.put(`/tenants/${tenant.slug}/apps`, app);
    return { taken: undefined };
  } catch (error) {
    assert.ok(error instanceof ControlError && error.status === 400, String(error));
    return { says: error.reason };
  }
}

for (const [name, { text, value, page = value, mock }] of Object.entries(certificateRows))
  test(`every reader of certificates agrees: ${name}`, async () => {
    await assertOutcome('the form', await byForm(text), value);
    await assertOutcome('diagnose --idp-cert', await byCommand('idp-cert', Buffer.from(text)), value);
    await assertOutcome('the lab’s page', await byPage(text), page);
    if (mock === undefined) return;
    const app = { entityId, acs: [address], signingCertificates: [text] };
    await assertOutcome('the mock IdP', await byMock(app), mock);
  });

for (const [name, row] of Object.entries(metadataRows))
  test(`every reader of metadata agrees: ${name}`, async () => {
    const text = row.write(shapes.idp);
    const octets = row.encode?.(text) ?? Buffer.from(text);
    await assertOutcome('the upload', await byUpload(octets), row.value);
    await assertOutcome('diagnose --idp-metadata', await byCommand('idp-metadata', octets), row.value);
    if (row.encode === undefined) await assertOutcome('the lab’s page', await byPage(text), row.page ?? row.value);
    await playMock(row);
  });

async function playMock({
  write,
  value,
  mock = value instanceof RegExp ? value : 'taken',
}: MetadataRow): Promise<void> {
  if (mock === false) return;
  await assertOutcome('the mock IdP', await byMock({ metadata: write(shapes.sp) }), mock);
}
