/** Sign-ins at the mock's login page, many at a time, by people of a configuration file's pattern. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Use } from './idp-process.ts';
import { signInAt } from './sign-in-at.ts';

export interface IdpLoad {
  signIns: number;
  perSecond: number;
  perCpuSecond: number;
  signaturesPerCpuSecond: number;
  /** Of the limit that RSA sets: two signatures for each sign-in. */
  share: number;
  /** After a tenth of the sign-ins, the most after that, and at the end. */
  memory: { startMb: number; mostMb: number; endMb: number };
}

const people = 100_000;
const app = { entityId: 'http://sp.example/metadata', acs: ['http://sp.example/acs'] };
const pattern = { pattern: 'user{n}', password: 'password {n}', email: 'user{n}@acme.example', count: people };

export async function measureIdpLoad({ signIns = 5_000, atATime = 16 } = {}): Promise<IdpLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-load-'));
  const config = join(folder, 'idp.json');
  writeFileSync(config, JSON.stringify({ tenants: { acme: { users: [pattern], apps: [app] } } }));
  const child = fork(new URL('./idp-process.ts', import.meta.url), [config]);
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const use = async (): Promise<Use> => {
      child.send('use');
      const [used] = (await once(child, 'message')) as [Use];
      return used;
    };
    return await measure(`${url}/acme`, { use, signIns, atATime });
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
}

interface Plan {
  use: () => Promise<Use>;
  signIns: number;
  atATime: number;
}

async function measure(tenant: string, { use, signIns, atATime }: Plan): Promise<IdpLoad> {
  const agent = new Agent({ keepAlive: true, maxSockets: atATime });
  let next = 0;
  const play = async (count: number): Promise<void> => {
    const end = next + count;
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        while (next < end) await signInAt(tenant, { n: (next++ % people) + 1, app: app.entityId, agent });
      }),
    );
  };
  await play(Math.min(3_000, signIns)); // until then, Node still compiles
  await use();
  const parts: Use[] = [];
  const rounds = 10;
  const begin = performance.now();
  for (let round = 0; round < rounds; round++) {
    await play(signIns / rounds);
    parts.push(await use());
  }
  const seconds = (performance.now() - begin) / 1_000;
  agent.destroy();
  const perCpuSecond = (signIns * 1_000) / parts.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const signaturesPerCpuSecond = parts.reduce((sum, one) => sum + one.signaturesPerCpuSecond, 0) / rounds;
  const memory = parts.map(({ residentMb }) => residentMb);
  return {
    signIns,
    perSecond: signIns / seconds,
    perCpuSecond,
    signaturesPerCpuSecond,
    share: (2 * perCpuSecond) / signaturesPerCpuSecond,
    memory: { startMb: memory[0]!, mostMb: Math.max(...memory), endMb: memory.at(-1)! },
  };
}
