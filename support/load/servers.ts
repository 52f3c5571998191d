/** Starts the servers of a load test in a thread of their own, and watches how busy it is. */
import { Worker } from 'node:worker_threads';
import { type Control, control } from '../stack/control.ts';

export interface IdpWanted {
  /** 0 for a free one. */
  port: number;
  /** With the key; the thread changes it. */
  stateFile: string;
  /** The URL that the product knows; by default its own. */
  publicUrl?: string | undefined;
  tenant: string;
  /** Creates the tenant or replaces all but its key. */
  settings?: object | undefined;
  faults: readonly string[];
}

export interface ServersWanted {
  /** Without them, our service provider is started. */
  idps?: readonly IdpWanted[];
  controlToken: string;
}

export type ThreadMessage = { urls: readonly string[] } | { busy: number } | { error: string };

export interface Servers extends AsyncDisposable {
  /** Where they listen. */
  urls: readonly string[];
  control(url: string): Control;
  /** The share of each second in which the thread was busy. */
  busy: readonly number[];
}

/** Throws with the reason if a server cannot be started. */
export async function startServers(wanted: ServersWanted): Promise<Servers> {
  const worker = new Worker(
    new URL(`./server-thread.${import.meta.url.endsWith('.js') ? 'js' : 'ts'}`, import.meta.url),
    {
      workerData: wanted,
    },
  );
  const busy: number[] = [];
  const urls = await new Promise<readonly string[]>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message: ThreadMessage) => {
      if ('urls' in message) resolve(message.urls);
      else if ('busy' in message) busy.push(message.busy);
      else reject(new Error(message.error));
    });
  });
  return {
    urls,
    busy,
    control: (url) => control(url, wanted.controlToken),
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}
