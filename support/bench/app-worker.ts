/** The thread in which the benchmark runs one of the two apps, apart from the other and from its visitor. */
import { parentPort, workerData } from 'node:worker_threads';
import { startIdentityProvider, startServiceProvider } from '../stack/servers.ts';

const controlToken = 'bench';
const { url } = await (workerData === 'sp'
  ? startServiceProvider({ controlToken })
  : startIdentityProvider({ controlToken }));
parentPort?.postMessage({ url, token: controlToken });
