/** Limits of processor time, and how it grows: the same on a slow, a fast and a busy machine. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';

/** The machine that the limits are written for: RSA-2048 signatures in a second of processor time. */
const usualRate = 3_600;

/** Milliseconds of processor time. */
export function spentMs(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Fails if `ms` of processor time exceed the limit, which is extended as far as this machine is slower now. */
export function assertQuick(ms: number, limit: number, name = 'it'): void {
  if (ms < limit) return;
  const allowed = limit * Math.max(1, usualRate / signaturesPerSecond());
  assert.ok(ms < allowed, `${name}: ${ms.toFixed(0)} ms of processor time, ${allowed.toFixed(0)} are allowed here`);
}

function signaturesPerSecond(): number {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const count = 200;
  const ms = spentMs(() => {
    for (let done = 0; done < count; done++) sign('sha256', Buffer.from('response'), privateKey);
  });
  return (count * 1_000) / ms;
}

/** In microseconds: a processor's clock may advance by several milliseconds at a time. */
const measurable = 20_000;

/** Fails if four times the input takes more than eight times as long: linear is 4, quadratic is 16. */
export async function assertLinear<Input>(
  name: string,
  make: (size: number) => Input,
  work: (input: Input) => unknown,
  { size = 2_048 }: { size?: number } = {},
): Promise<void> {
  const [small, large] = [make(size), make(4 * size)];
  await work(small);
  const growths: number[] = [];
  // Garbage collection hits one of the two by chance, so one good measurement is enough.
  while (growths.length < 4 && (growths.at(-1) ?? Infinity) > 8)
    growths.push((await microsecondsOf(work, large)) / (await microsecondsOf(work, small)));
  const times = growths.map((one) => one.toFixed(1)).join(', ');
  assert.ok(growths.at(-1)! <= 8, `${name}: 4 times the input took ${times} times as long`);
}

/** The average over as many runs as it takes to measure it. */
async function microsecondsOf<Input>(work: (input: Input) => unknown, input: Input): Promise<number> {
  const before = process.threadCpuUsage();
  for (let times = 1; ; times++) {
    await work(input);
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= measurable) return (user + system) / times;
  }
}
