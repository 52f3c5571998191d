/** kill -9 after every stage of the journey, then a restart on the same database: nothing recorded is lost, and an answer used before is still known. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testMail } from '../scenario/tasks/read-mail.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { control } from '../stack/control.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { startStack } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import type { Form } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';

const main = fileURLToPath(new URL('../../sp/main.ts', import.meta.url));
const token = 'token of the crash test';

test('kill -9 at every stage loses nothing', async () => {
  await using around = await startStack(); // lends its identity provider and its mailbox
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const port = await freePort();
  let sp = await start(port, join(folder, 'sp.sqlite'), around.mailbox.smtpUrl);
  try {
    const url = `http://sp.localhost:${port}`;
    const rehearsal: Rehearsal = {
      ...nameRehearsal(),
      stack: { ...around, sp: { url, control: control(url, token) } },
    };
    const { cast } = rehearsal;
    const [ada, sam] = [createVisitor(), createVisitor()];
    const at = (path: string): URL => new URL(path, url);
    const post = (path: string, fields: readonly (readonly [string, string])[]) =>
      ada.visit(at(path), { method: 'POST', fields, from: at(path) });
    const profile = async (): Promise<number> => (await snapshot(rehearsal)).profiles[0]!.id;
    let answer: Form | undefined;
    const stages: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['connected', () => connect(rehearsal)],
      [
        'Ada is signed in',
        () =>
          post('/login/password', [
            ['address', cast.Ada.address],
            ['password', cast.Ada.password],
          ]),
      ],
      ['asked', async () => post(`/admin/sso/${await profile()}/test`, [['address', cast.Sam.address]])],
      [
        'at the identity provider',
        async () =>
          signInScripted({
            spUrl: url,
            person: cast.Sam,
            visitor: sam,
            startAt: testLink(await testMail(rehearsal, { who: 'Sam' })),
            onResponse: (form) => void (answer = form),
          }),
      ],
      ['answered', async () => sam.submit(answer!, {}, { from: new URL(around.idp.url) })],
      ['marked', async () => post(`/admin/sso/${await profile()}/result`, [['mark', 'success']])],
      [
        'enforced',
        async () =>
          post(`/admin/sso/${await profile()}/enforce`, [
            ['users', cast.Sam.address],
            ['recovery', cast.Ada.address],
          ]),
      ],
    ];
    for (const [stage, act] of stages) {
      await act();
      const before = await snapshot(rehearsal);
      await kill(sp);
      sp = await start(port, join(folder, 'sp.sqlite'), around.mailbox.smtpUrl);
      assert.deepEqual(await snapshot(rehearsal), before, `after a crash: ${stage}`);
    }
    const [{ enforcedRevision, tests }] = (await snapshot(rehearsal)).profiles as [
      Awaited<ReturnType<typeof snapshot>>['profiles'][number],
    ];
    assert.deepEqual([enforcedRevision, tests[0]?.verdict, tests[0]?.mark], [1, 'success', 'success']);
    assert.equal((await sam.visit(at('/console'))).url.pathname, '/console', 'Sam is still signed in');
    await sam.submit(answer!, {}, { from: new URL(around.idp.url) });
    const [replay] = (await snapshot(rehearsal)).responses;
    assert.deepEqual(
      replay?.findings.map(({ code }) => code).filter((code) => ['replay-detected', 'request-answered'].includes(code)),
      ['request-answered', 'replay-detected'],
    );
  } finally {
    await kill(sp);
    rmSync(folder, { recursive: true, force: true });
  }
});

test('kill -9 while the e-mail is on its way: Ada reads that it may not have gone out', async () => {
  await using around = await startStack();
  const silent = createServer().listen(0, '127.0.0.1'); // takes the connection, and never says a word
  await once(silent, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const port = await freePort();
  const smtpUrl = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  let sp = await start(port, join(folder, 'sp.sqlite'), smtpUrl);
  try {
    const url = `http://sp.localhost:${port}`;
    const rehearsal: Rehearsal = {
      ...nameRehearsal(),
      stack: { ...around, sp: { url, control: control(url, token) } },
    };
    const { Ada, Sam } = rehearsal.cast;
    const ada = createVisitor();
    const post = (path: string, fields: readonly (readonly [string, string])[]) =>
      ada.visit(new URL(path, url), { method: 'POST', fields, from: new URL(path, url) });
    await connect(rehearsal);
    await post('/login/password', [
      ['address', Ada.address],
      ['password', Ada.password],
    ]);
    const place = `/admin/sso/${(await snapshot(rehearsal)).profiles[0]!.id}/test`;
    const asked = post(place, [['address', Sam.address]]).catch(() => undefined);
    const [connection] = (await once(silent, 'connection')) as [Socket];
    await kill(sp);
    connection.destroy();
    await asked;
    sp = await start(port, join(folder, 'sp.sqlite'), smtpUrl);
    assert.match(
      (await ada.visit(new URL(place, url))).text,
      /The e-mail to Sam did not go out\. The service provider was stopped while it sent the message\./,
    );
  } finally {
    await kill(sp);
    silent.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function start(port: number, database: string, smtpUrl: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SP_PORT: String(port), SP_DATABASE: database, SMTP_URL: smtpUrl, CONTROL_TOKEN: token },
  });
  await once(child.stdout!, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A port that was free a moment ago: the restarted server must come back where it was. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
