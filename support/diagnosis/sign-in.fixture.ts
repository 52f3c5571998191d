/** Test fixture: one real sign-in, with everything that a browser would capture. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrange } from '../../mock-idp/faults.ts';
import { connect, type SpSide, sendFaults } from '../scenario/tasks/set-up.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { startStack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';
import { messagesIn } from './capture.ts';
import { type ConnectionOptions, readConnectionOptions } from './connection-options.ts';
import { type Diagnosed, diagnose } from './diagnose.ts';
import { createRedactor } from './redact.ts';

export interface Captured {
  /** The form body posted to the SP. */
  form: string;
  xml: string;
  /** The same traffic in the two formats that browsers export. */
  har: string;
  tracer: string;
  address: string;
  requestId: string;
}

export interface CapturedSignIns extends AsyncDisposable {
  /** The successful sign-in. */
  good: Captured;
  /** Captures a sign-in while the IdP sends the fault; the certificate and all other settings stay the same. */
  during(phrase: string): Promise<Captured>;
  /** All settings of the connection, as command-line options. */
  everything: Required<Pick<ConnectionOptions, 'sp-entity-id' | 'acs' | 'idp-metadata'>>;
  certificateFile: string;
  folder: string;
}

export async function captureSignIns(): Promise<CapturedSignIns> {
  const folder = mkdtempSync(join(tmpdir(), 'diagnosis-'));
  const stack = await startStack();
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack };
  const idp = await connect(rehearsal);
  const acme = `/organizations/${rehearsal.organization.slug}`;
  await stack.sp.control.put(`${acme}/profiles/Acme/enforce-unproven`, {});
  const { entityId, acsUrl } = await stack.sp.control.get<SpSide>(acme);
  const [metadataFile, certificateFile] = [join(folder, 'idp.xml'), join(folder, 'idp.pem')];
  writeFileSync(metadataFile, await (await request(idp.metadataUrl)).text());
  writeFileSync(certificateFile, idp.certificates.join('\n'));
  return {
    good: await capture(rehearsal),
    async during(phrase) {
      await sendFaults(rehearsal, [arrange(phrase)]);
      return capture(rehearsal);
    },
    everything: { 'sp-entity-id': entityId, acs: acsUrl, 'idp-metadata': metadataFile },
    certificateFile,
    folder,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
      await stack[Symbol.asyncDispose]();
    },
  };
}

/** One browser request. */
interface BrowserRequest {
  at: Date;
  method: string;
  url: string;
  fields: [string, string][];
}

async function capture({ stack, cast: { Sam } }: Rehearsal): Promise<Captured> {
  const requests: BrowserRequest[] = [];
  const visitor = createVisitor({
    onExchange: ({ at, method, url, fields }) =>
      void requests.push({
        at: new Date(at),
        method,
        url: url.href,
        fields: fields.map(([name, value]) => [name, value]),
      }),
  });
  await signInScripted({ spUrl: stack.sp.url, person: Sam, visitor });
  const posted = requests.findLast(({ fields }) => fields.some(([name]) => name === 'SAMLResponse'));
  if (posted === undefined) throw new Error('no response was posted');
  const xml = Buffer.from(posted.fields.find(([name]) => name === 'SAMLResponse')![1], 'base64').toString('utf8');
  return {
    form: bodyOf(posted),
    xml,
    har: JSON.stringify({
      log: { version: '1.2', creator: { name: 'visitor', version: '1' }, entries: requests.map(harEntry) },
    }),
    tracer: JSON.stringify({ timestamp: new Date().toISOString(), requests: requests.map(tracerEntry) }),
    address: Sam.address,
    requestId: /\sInResponseTo="([^"]*)"/.exec(xml)?.[1] ?? '',
  };
}

const bodyOf = ({ fields }: BrowserRequest): string => new URLSearchParams(fields).toString();

function harEntry(one: BrowserRequest): object {
  const { at, method, url, fields } = one;
  const postData = {
    mimeType: 'application/x-www-form-urlencoded',
    text: bodyOf(one),
    params: fields.map(([name, value]) => ({ name, value: encodeURIComponent(value) })),
  };
  return {
    startedDateTime: at.toISOString(),
    time: 12.5,
    request: {
      method,
      url,
      headers: [],
      queryString: [...new URL(url).searchParams].map(([name, value]) => ({ name, value })),
      ...(method === 'POST' ? { postData } : {}),
    },
    response: { status: 200, headers: [], content: { size: 0, mimeType: 'text/html' }, redirectURL: '' },
  };
}

const tracerEntry = ({ at, method, url, fields }: BrowserRequest): object => ({
  method,
  url,
  requestHeaders: [],
  responseHeaders: [{ name: 'Date', value: at.toUTCString() }],
  get: [...new URL(url).searchParams],
  ...(method === 'POST' ? { post: fields } : {}),
});

/** Diagnoses in this process, as the command does. */
export async function diagnosed(
  text: string | Buffer,
  options: ConnectionOptions = {},
  { showSecrets = false } = {},
): Promise<Diagnosed[]> {
  return diagnose(messagesIn(Buffer.from(text as string)), {
    settings: await readConnectionOptions(options),
    redactor: createRedactor({ showSecrets }),
  });
}
