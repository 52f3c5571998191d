/** The process in which the bench runs the mock alone. It tells what it used, and what one RSA signature costs it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { keepMemoryFlat } from '../stack/idp-workers.ts';
import { startIdentityProvider } from '../stack/servers.ts';

export interface Use {
  /** Processor time since the last question, of all its threads. */
  cpuMs: number;
  residentMb: number;
  /** RSA-2048 signatures per second of processor time. */
  signaturesPerCpuSecond: number;
}

const send = (message: unknown): void => void process.send?.(message);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** As long as a ds:SignedInfo. */
const octets = Buffer.alloc(650, 'x');
const cpuMs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

function signaturesPerCpuSecond(count = 400): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < count; turn++) sign('sha256', octets, privateKey);
  return (count * 1_000) / cpuMs(before);
}

keepMemoryFlat(); // as the command does
let last = process.cpuUsage();
const idp = await startIdentityProvider({ configFile: process.argv[2], hostname: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const used = cpuMs(last);
  const residentMb = process.memoryUsage.rss() / 1024 / 1024;
  const use: Use = { cpuMs: used, residentMb, signaturesPerCpuSecond: signaturesPerCpuSecond() };
  last = process.cpuUsage();
  send(use);
});
send({ url: idp.url });
