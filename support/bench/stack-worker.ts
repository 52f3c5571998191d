/** The thread in which the bench keeps the stack apart from its visitor. */
import { parentPort } from 'node:worker_threads';
import { startStack } from '../servers.ts';

const controlToken = 'bench';
const stack = await startStack({ controlToken });
parentPort?.postMessage({ sp: stack.sp.url, idp: stack.idp.url, token: controlToken });
