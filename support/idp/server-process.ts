/** Another program's server: started, heard until it says that it listens, and ended with whatever it started. It outlives nobody: when this process dies, so does it. */
import { spawn } from 'node:child_process';

export interface ServerProcess {
  /** What `ready` captured. */
  said: string;
  ended(): boolean;
  end(): Promise<void>;
}

export interface ServerProcessOptions {
  env?: Readonly<Record<string, string>>;
  /** Matches what it prints when it listens; the first group is handed on. */
  ready: RegExp;
  patienceMs?: number;
}

/** The shell leads a group of its own, and ends the group when its standard input closes, which happens however this process dies. */
const leash = 'exec 3<&0; "$@" & server=$!; (cat <&3 >/dev/null; kill -- -$$) & wait $server';

/** Throws what the program printed when it ends, or says nothing of listening in time. */
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
  let heard = '';
  for (const stream of [group.stdout, group.stderr])
    stream.on('data', (text: Buffer) => {
      heard = `${heard}${text.toString()}`.slice(-20_000);
      const said = ready.exec(heard)?.[1];
      if (said !== undefined) resolve(said);
    });
  group.stdin.on('error', () => undefined); // it may have ended first
  group.once('error', reject);
  group.once('exit', () => {
    group.stdin.end();
    reject(new Error(`${command[0]} ended before it listened:\n${heard.trim()}`));
  });
  const timer = setTimeout(
    () => reject(new Error(`${command[0]} did not listen within ${patienceMs / 1000} s:\n${heard.trim()}`)),
    patienceMs,
  );
  try {
    return { said: await promise, ended: () => group.exitCode !== null || group.signalCode !== null, end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
