/**
 * kill -9 of the service provider after every stage of the journey, then a restart on the same database: nothing
 * recorded is lost, and a response used before is still known.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { control } from '../stack/control.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { sample } from '../stack/sample.fixture.ts';
import { responseOf } from '../stack/scripted-sign-in.ts';
import { type Part, type Stack, startStack } from '../stack/servers.ts';
import type { Form } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { isSignedIn, linkToSam, postForm, stepPath } from './sp-forms.ts';

test('kill -9 at every stage loses nothing', async () => {
  await using around = await startStack(); // lends its identity provider and its mailbox
  await using sp = await startCrashable(around.mailbox.smtpUrl);
  const rehearsal = rehearsalAt(sp, around);
  const [ada, sam] = [createVisitor(), createVisitor()];
  const forms: Form[] = [];
  const sendResponse = () => sam.submit(forms[0]!, {}, { from: new URL(around.idp.url) });
  const stages = stagesOf({ rehearsal, ada, sam, forms, sendResponse });
  const crashes = sample(stages, 3);
  for (const one of stages) {
    const [stage, act] = one;
    await act();
    if (!crashes.includes(one)) continue;
    const before = await snapshot(rehearsal);
    await sp.crash();
    assert.deepEqual(await snapshot(rehearsal), before, `after a crash: ${stage}`);
  }
  const { enforcedRevision, tests } = (await snapshot(rehearsal)).profiles[0]!;
  assert.deepEqual([enforcedRevision, tests[0]?.verdict, tests[0]?.mark], [1, 'success', 'success']);
  assert.ok(await isSignedIn(sam, sp.url), 'Sam is still signed in');
  await sendResponse();
  const [replay] = (await snapshot(rehearsal)).responses;
  assert.deepEqual(
    replay?.findings.map(({ code }) => code).filter((code) => ['replay-detected', 'request-answered'].includes(code)),
    ['request-answered', 'replay-detected'],
  );
});

test('kill -9 while the email is being sent: Ada sees that it may not have been sent', async () => {
  await using around = await startStack();
  const silent = createServer().listen(0, '127.0.0.1'); // takes the connection, and never says a word
  await once(silent, 'listening');
  try {
    await using sp = await startCrashable(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const rehearsal = rehearsalAt(sp, around);
    const ada = createVisitor();
    await connect(rehearsal);
    await signInByPassword(ada, sp.url, rehearsal.cast.Ada);
    const step = await stepPath(rehearsal, 'test');
    const asked = postForm(ada, sp.url, step, [['address', rehearsal.cast.Sam.address]]).catch(() => undefined);
    const [connection] = (await once(silent, 'connection')) as [Socket];
    await sp.kill();
    connection.destroy();
    await asked;
    await sp.start();
    assert.match(
      (await ada.visit(new URL(step, sp.url))).text,
      /The email to Sam could not be sent\. The service provider was stopped while sending the email\./,
    );
  } finally {
    silent.close();
  }
});

const rehearsalAt = (sp: Part, around: Stack): Rehearsal => ({ ...nameRehearsal(), stack: { ...around, sp } });

interface Journey {
  rehearsal: Rehearsal;
  ada: Visitor;
  sam: Visitor;
  /** Returns the form of the response. */
  forms: Form[];
  sendResponse: () => Promise<unknown>;
}

function stagesOf({
  rehearsal,
  ada,
  sam,
  forms,
  sendResponse,
}: Journey): readonly (readonly [string, () => Promise<unknown>])[] {
  const { cast, stack } = rehearsal;
  const spUrl = stack.sp.url;
  const post = async (step: 'test' | 'result' | 'enforce', fields: [string, string][]) =>
    postForm(ada, spUrl, await stepPath(rehearsal, step), fields);
  return [
    ['connected', () => connect(rehearsal)],
    ['Ada is signed in', () => signInByPassword(ada, spUrl, cast.Ada)],
    ['asked', () => post('test', [['address', cast.Sam.address]])],
    [
      'at the identity provider',
      async () =>
        forms.push(await responseOf({ spUrl, person: cast.Sam, visitor: sam, startAt: await linkToSam(rehearsal) })),
    ],
    ['answered', sendResponse],
    ['marked', () => post('result', [['mark', 'success']])],
    [
      'enforced',
      () =>
        post('enforce', [
          ['users', cast.Sam.address],
          ['recovery', cast.Ada.address],
        ]),
    ],
  ];
}

interface Crashable extends Part, AsyncDisposable {
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it, and starts it again on the same database and port. */
  crash(): Promise<void>;
}

/** A service provider in its own process. */
async function startCrashable(smtpUrl: string): Promise<Crashable> {
  const token = 'token of the crash test';
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const port = await freePort();
  const url = `http://sp.localhost:${port}`;
  const environment = {
    SP_PORT: String(port),
    SP_DATABASE: join(folder, 'sp.sqlite'),
    SMTP_URL: smtpUrl,
    CONTROL_TOKEN: token,
  };
  let child = await spawnSp(environment);
  const kill = (): Promise<void> => killed(child);
  const start = async (): Promise<void> => {
    child = await spawnSp(environment);
  };
  return {
    url,
    control: control(url, token),
    kill,
    start,
    async crash() {
      await kill();
      await start();
    },
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function spawnSp(environment: Record<string, string>): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../../sp/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  await once(child.stdout!, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
