/**
 * Compares the mock with real identity providers: time to the first sign-in, sign-ins per second, resident memory;
 * and its signatures per second with the limit of this machine.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openRealIdp, prepareIdp, takesNoOrders } from '../idp/adapters.ts';
import type { IdentityProvider, RehearsalAtIdp } from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import { startServerProcess } from '../idp/server-process.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { control } from '../stack/control.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startServiceProvider } from '../stack/servers.ts';

export interface Measured {
  name: string;
  /** Time from nothing until a user is signed in at the SP. */
  firstSignInMs: number;
  perSecond: number;
  /** Per second of processor time of all its processes; undefined if the system does not report it. */
  perCpuSecond: number | undefined;
  /** Of all its processes; undefined if the system does not report it. */
  residentMb: number | undefined;
}

export interface NotToBeHad {
  name: string;
  why: string;
}

export interface IdentityProviders {
  measured: readonly Measured[];
  absent: readonly NotToBeHad[];
  signing: { rawPerSecond: number; inAnswersPerSecond: number; share: number };
}

export async function measureIdentityProviders({ signIns = 150 } = {}): Promise<IdentityProviders> {
  const measured = [await measure(mockAlone, signIns)];
  const absent: NotToBeHad[] = [];
  for (const name of ['saml-idp', 'simplesamlphp', 'keycloak']) {
    try {
      measured.push(await measure(() => real(name), signIns));
    } catch (error) {
      absent.push({ name, why: (error as Error).message.split('\n')[0]! });
    }
  }
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('../../mock-idp/response/signing-rate.ts', import.meta.url)),
  ]);
  return { measured, absent, signing: JSON.parse(stdout) as IdentityProviders['signing'] };
}

type Candidate = Pick<RehearsalAtIdp, 'idp'> & AsyncDisposable & { stackPart: Stack['idp'] };

/** The same SP for all, started beforehand; each identity provider has its own processes. */
async function measure(start: () => Promise<Candidate>, signIns: number): Promise<Measured> {
  await using sp = await startServiceProvider();
  const others = new Set(descendants(process.pid));
  const begin = performance.now();
  await using candidate = await start();
  const stack: Stack = {
    sp,
    idp: candidate.stackPart,
    mailbox: unused,
    mailProblems: undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const rehearsal: RehearsalAtIdp = {
    ...nameRehearsal(candidate.idp?.fixed),
    stack,
    ...(candidate.idp === undefined ? {} : { idp: candidate.idp }),
  };
  await connect(rehearsal);
  await sp.control.put(`/organizations/${rehearsal.organization.slug}/profiles/Acme/enforce-unproven`, {});
  const signIn = async (): Promise<void> => {
    const { url, text } = await signInScripted({
      spUrl: sp.url,
      person: rehearsal.cast.Sam,
      form: candidate.idp?.form,
    });
    if (url.pathname !== '/console') throw new Error(`a sign-in ended at ${url.href}: ${text.slice(0, 300)}`);
  };
  await signIn();
  const firstSignInMs = performance.now() - begin;
  for (let turn = 0; turn < 20; turn++) await signIn(); // warm-up
  const own = (): number[] => descendants(process.pid).filter((pid) => !others.has(pid));
  const busy = performance.now();
  const cpuBefore = cpuSeconds(own());
  for (let turn = 0; turn < signIns; turn++) await signIn();
  const perSecond = (signIns * 1_000) / (performance.now() - busy);
  const cpu = cpuSeconds(own()) - cpuBefore;
  return {
    perCpuSecond: cpu > 0 ? signIns / cpu : undefined,
    name: candidate.idp?.name ?? 'the mock',
    firstSignInMs,
    perSecond,
    residentMb: residentMb(own()),
  };
}

async function mockAlone(): Promise<Candidate> {
  const token = randomBytes(32).toString('hex');
  const main = fileURLToPath(new URL('../../mock-idp/main.ts', import.meta.url));
  const { captured: url, end } = await startServerProcess([process.execPath, main], {
    env: { IDP_PORT: '0', CONTROL_TOKEN: token },
    ready: /listens at (\S+)/,
  });
  const stackPart = { url, control: control(url, token) };
  return { stackPart, idp: mock({ idp: stackPart }), [Symbol.asyncDispose]: end };
}

async function real(name: string): Promise<Candidate> {
  if (name === 'keycloak' && !process.env.KEYCLOAK_HOME && !process.env.KEYCLOAK_URL)
    throw new Error('neither KEYCLOAK_HOME nor KEYCLOAK_URL is set');
  const started = new AsyncDisposableStack();
  try {
    started.use(await prepareIdp(name));
    const idp: IdentityProvider = started.use((await openRealIdp(name))!);
    return {
      idp,
      stackPart: { url: idp.origins[0], control: takesNoOrders(idp.name) },
      [Symbol.asyncDispose]: () => started.disposeAsync(),
    };
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

const unused: Stack['mailbox'] = (() => {
  const reject = (): never => {
    throw new Error('the benchmark reads no email');
  };
  return { messagesTo: reject, waitFor: reject };
})();

/** Processes started by this one, and their children; none without /proc. */
function descendants(pid: number): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [
          [
            Number(name),
            Number(
              readFileSync(`/proc/${name}/stat`, 'utf8')
                .replace(/^.*\) /s, '')
                .split(' ')[1],
            ),
          ] as const,
        ];
      } catch {
        return []; // gone in the meantime
      }
    });
  const found = [pid];
  for (const one of found) found.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
  return found.slice(1);
}

/** Ticks of the kernel that user programs see, on every Linux. */
const ticksPerSecond = 100;

/** Processor time of these processes, and of their children that have ended. */
function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    // After the name in parentheses; the first one is field 3 of proc(5), and 14 to 17 are times.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond;
}

function residentMb(pids: readonly number[]): number | undefined {
  if (pids.length === 0) return undefined;
  return pids.reduce(
    (sum, pid) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024,
    0,
  );
}
