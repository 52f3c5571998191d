/**
 * Another program's server: started, ready when its output says so, and ended with all processes that it started.
 * It also ends when this process dies.
 */
import { spawn } from 'node:child_process';

export interface ServerProcess {
  /** The text captured by `ready`. */
  captured: string;
  ended(): boolean;
  end(): Promise<void>;
}

export interface ServerProcessOptions {
  env?: Readonly<Record<string, string>>;
  /** Matches its output when it listens; the first group is captured. */
  ready: RegExp;
  patienceMs?: number;
}

/**
 * The shell leads its own process group, and ends the group when its standard input closes,
 * which happens however this process dies.
 */
const leash = 'exec 3<&0; "$@" & server=$!; (cat <&3 >/dev/null; kill -- -$$) & wait $server';

/** Throws with the program's output if it ends before it listens, or does not listen in time. */
export async function startServerProcess(
  command: readonly string[],
  { env = {}, ready, patienceMs = 20_000 }: ServerProcessOptions,
): Promise<ServerProcess> {
  const group = spawn('sh', ['-c', leash, 'sh', ...command], {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
  const gone = new Promise<void>((resolve) => group.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    group.stdin.end();
    await gone;
  };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  for (const stream of [group.stdout, group.stderr])
    stream.on('data', (text: Buffer) => {
      output = `${output}${text.toString()}`.slice(-20_000);
      const captured = ready.exec(output)?.[1];
      if (captured !== undefined) resolve(captured);
    });
  group.stdin.on('error', () => undefined); // it may have ended first
  group.once('error', reject);
  group.once('exit', () => {
    group.stdin.end();
    reject(new Error(`${command[0]} ended before it listened:\n${output.trim()}`));
  });
  const timer = setTimeout(
    () => reject(new Error(`${command[0]} did not listen within ${patienceMs / 1000} s:\n${output.trim()}`)),
    patienceMs,
  );
  try {
    return { captured: await promise, ended: () => group.exitCode !== null || group.signalCode !== null, end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
