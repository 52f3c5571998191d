/** Time from starting the mock in this process until its first signed response. Making keys is most of it. */
import { generateKeyPair } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AloneOptions, type AloneProvider, startIdentityProvider } from '../stack/servers.ts';
import { median } from './median.ts';

export interface FirstResponse {
  /** Of 20 that are started and stopped one after the other. */
  medianMs: number;
  /** Twelve that stay up. */
  twelveMs: number;
  /** The same with a keys file that has their keys. */
  withKeysFile: { medianMs: number; twelveMs: number };
  /** One RSA-2048 key alone, the limit of this machine: wall-clock and processor time. */
  keyMs: number;
  keyCpuMs: number;
}

export async function measureFirstResponse(): Promise<FirstResponse> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-keys-'));
  try {
    await measure({}); // warm-up: until then, Node still compiles
    const fresh = await measure({});
    const keysFile = join(folder, 'keys.jsonl');
    await measure({ keysFile });
    return { ...fresh, withKeysFile: await measure({ keysFile }), ...(await measureKeys()) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(options: AloneOptions): Promise<Pick<FirstResponse, 'medianMs' | 'twelveMs'>> {
  const took: number[] = [];
  for (let count = 0; count < 20; count++) {
    const begin = performance.now();
    await using _idp = await startAndSignIn(options);
    took.push(performance.now() - begin);
  }
  await using alive = new AsyncDisposableStack();
  const begin = performance.now();
  for (const idp of await Promise.all(Array.from({ length: 12 }, () => startAndSignIn(options)))) alive.use(idp);
  return { medianMs: median(took), twelveMs: performance.now() - begin };
}

async function startAndSignIn(options: AloneOptions): Promise<AloneProvider> {
  const idp = await startIdentityProvider(options);
  const tenant = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame' }],
    apps: [{ entityId: 'urn:bench', acs: ['http://sp.example/acs'] }],
  });
  await tenant.signIn('sam', { unsolicited: true });
  return idp;
}

async function measureKeys(): Promise<Pick<FirstResponse, 'keyMs' | 'keyCpuMs'>> {
  const took: number[] = [];
  const before = process.cpuUsage();
  for (let count = 0; count < 20; count++) {
    const begin = performance.now();
    await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    took.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(before);
  return { keyMs: median(took), keyCpuMs: (user + system) / 1000 / took.length };
}
