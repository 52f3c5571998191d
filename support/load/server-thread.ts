/** The thread that runs servers of a load test apart from k6's output: identity providers, or our service provider. */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { control } from '../stack/control.ts';
import { freePort } from '../stack/free-port.ts';
import { startIdentityProvider, startServiceProvider } from '../stack/servers.ts';
import type { ServersWanted, ThreadMessage } from './servers.ts';

const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);

async function start({ idps, controlToken }: ServersWanted): Promise<string[]> {
  if (idps === undefined) return [(await startServiceProvider({ controlToken })).url];
  const urls: string[] = [];
  for (const { port: wanted, stateFile, publicUrl, tenant, settings, faults } of idps) {
    // An IdP with a public URL does not say at which port it listens.
    const port = wanted === 0 ? await freePort() : wanted;
    const { url } = await startIdentityProvider({ port, stateFile, publicUrl, controlToken });
    const own = publicUrl === undefined ? url : `http://127.0.0.1:${port}`;
    // Not by the public URL: several may have the same one.
    const { put } = control(own, controlToken);
    if (settings !== undefined) await put(`/tenants/${tenant}`, settings);
    if (faults.length > 0) await put(`/tenants/${tenant}/faults`, faults);
    urls.push(own);
  }
  return urls;
}

let before = performance.eventLoopUtilization();

try {
  tell({ urls: await start(workerData as ServersWanted) });
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    tell({ busy: performance.eventLoopUtilization(now, before).utilization });
    before = now;
  }, 1_000).unref();
} catch (error) {
  tell({ error: (error as Error).message });
}
