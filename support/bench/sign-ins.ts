/** Sign-ins per second that both apps can handle, each in its own thread, and memory over time. */
import { Worker } from 'node:worker_threads';
import { connect } from '../scenario/tasks/set-up.ts';
import { control } from '../stack/control.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Part } from '../stack/servers.ts';

export interface SignIns {
  rates: readonly { atATime: number; perSecond: number }[];
  memory: { signIns: number; startMb: number; endMb: number };
}

export async function measureSignIns({
  total = 5_000,
  atATime = [1, 4, 16],
}: {
  total?: number;
  atATime?: readonly number[];
} = {}): Promise<SignIns> {
  await using stack = await startApart();
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack };
  await connect(rehearsal);
  await stack.sp.control.put(`/organizations/${rehearsal.organization.slug}/profiles/Acme/enforce-unproven`, {});
  const signIn = async (): Promise<void> => {
    const ended = await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam });
    if (!ended.text.includes(rehearsal.cast.Sam.address) || ended.url.pathname !== '/console')
      throw new Error(`a sign-in of the bench ended at ${ended.url.href}: ${ended.text.slice(0, 300)}`);
  };
  await repeat(400, 4, signIn); // warm-up: until then, Node still compiles
  const rates: SignIns['rates'][number][] = [];
  for (const concurrency of atATime)
    rates.push({ atATime: concurrency, perSecond: await repeat(Math.min(400, total), concurrency, signIn) });
  const startMb = residentMb();
  await repeat(total, 16, signIn);
  return { rates, memory: { signIns: total, startMb, endMb: residentMb() } };
}

/** Runs `count` sign-ins, a few in parallel; returns how many per second. */
async function repeat(count: number, atATime: number, one: () => Promise<void>): Promise<number> {
  let left = count;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (left-- > 0) await one();
    }),
  );
  return (count * 1000) / (performance.now() - begin);
}

const residentMb = (): number => process.memoryUsage.rss() / 1024 / 1024;

/** Each app in its own thread, as servers are separate from visitors; a leak would exhaust its heap. */
async function startApart(): Promise<Rehearsal['stack']> {
  const [sp, idp] = await Promise.all([appInThread('sp'), appInThread('idp')]);
  const unused = (): never => {
    throw new Error('the benchmark reads no email');
  };
  return {
    sp,
    idp,
    mailbox: { messagesTo: unused, waitFor: unused },
    mailProblems: undefined,
    [Symbol.asyncDispose]: async () => void (await Promise.all([sp.end(), idp.end()])),
  };
}

async function appInThread(app: 'sp' | 'idp'): Promise<Part & { end: () => Promise<unknown> }> {
  const worker = new Worker(new URL('./app-worker.ts', import.meta.url), {
    workerData: app,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const { url, token } = await new Promise<{ url: string; token: string }>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { url, control: control(url, token), end: () => worker.terminate() };
}
