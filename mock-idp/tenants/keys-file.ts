/**
 * A file of key pairs, made at first use: tenants of the same name have the same certificate at each start, and wait
 * for no key. Each line is one pair as JSON. Several processes may share it: they append, and the first line of a name
 * wins.
 */
import { X509Certificate } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { systemTime } from '../clock.ts';
import { type PemKeys, readKeyPair } from './given-keys.ts';
import { type KeyAlgorithm, type KeyPair, type KeyPool, keyAlgorithms } from './keys.ts';
import { Refused } from './read-input.ts';

interface Name {
  name: string;
  algorithm: KeyAlgorithm;
}

interface Line extends Name, PemKeys {}

/**
 * Opens the file, or creates it, readable by its owner only. Throws if it cannot be used. Processes that share it by
 * `sharesNext` roll over to the same keys.
 */
export async function openKeysFile(
  path: string,
  pool: KeyPool,
  { sharesNext = false }: { sharesNext?: boolean } = {},
): Promise<KeyPool> {
  const kept = new Map<string, Promise<KeyPair>>();
  for (const [key, pair] of await readAll(path)) kept.set(key, Promise.resolve(pair));
  return {
    take({ keptAs, nextAs, ...options }) {
      const kind = keptAs ?? (sharesNext ? nextAs : undefined);
      if (kind === undefined) return pool.take(options);
      const name: Name = { name: kind, algorithm: options.algorithm ?? 'rsa-2048' };
      const key = startOf(name);
      const pair = kept.get(key) ?? makeAndKeep(path, name, () => pool.take(options));
      kept.set(key, pair);
      pair.catch(() => kept.delete(key));
      return pair;
    },
  };
}

async function makeAndKeep(path: string, name: Name, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const { privateKey, certificate } = await make();
  const line: Line = {
    ...name,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate,
  };
  // In one write, so that lines of several processes do not mix.
  await withFile(path, (file) => file.appendFile(`${JSON.stringify(line)}\n`));
  // Another process may have been first.
  const pairs = pairsIn(await linesOf(path), (text) => text.startsWith(startOf(name)), path);
  return pairs.get(startOf(name))!;
}

/** How the lines of this name and algorithm begin. */
const startOf = ({ name, algorithm }: Name): string => `${JSON.stringify({ name, algorithm }).slice(0, -1)},`;

const readAll = async (path: string): Promise<Map<string, KeyPair>> => pairsIn(await linesOf(path), () => true, path);

const linesOf = async (path: string): Promise<string[]> =>
  (await withFile(path, (file) => file.readFile('utf8'))).split('\n');

/** The first pair of each name and algorithm whose certificate has not expired, of the chosen lines. */
function pairsIn(lines: readonly string[], isChosen: (line: string) => boolean, path: string): Map<string, KeyPair> {
  const pairs = new Map<string, KeyPair>();
  for (const [index, line] of lines.entries()) {
    if (line === '' || !isChosen(line)) continue;
    const read = readLine(line);
    if (read === undefined)
      throw fileError(
        `line ${index + 1} of the keys file ${path} is not a key pair. ` +
          'Delete the file to make new keys, or choose another one.',
      );
    const isCurrent = new X509Certificate(read.pair.certificate).validToDate.getTime() > systemTime();
    if (isCurrent && !pairs.has(startOf(read))) pairs.set(startOf(read), read.pair);
  }
  return pairs;
}

/** Undefined if it is not a line of a keys file. */
function readLine(text: string): (Name & { pair: KeyPair }) | undefined {
  try {
    const { name, algorithm, privateKey, certificate } = JSON.parse(text) as Line;
    if (typeof name !== 'string' || !keyAlgorithms.includes(algorithm)) return undefined;
    return { name, algorithm, pair: readKeyPair({ privateKey, certificate }) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof Refused) return undefined;
    throw error;
  }
}

/** Without access for other users, because it contains private keys. */
async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result> {
  try {
    await using file = await open(path, 'a+', 0o600);
    await file.chmod(0o600);
    return await use(file);
  } catch (error) {
    const { message } = error as Error;
    throw fileError(
      `cannot use the keys file ${path} (${message}). Check that its folder exists and is writable, ` +
        'or choose another file.',
      error,
    );
  }
}

const fileError = (sentence: string, cause?: unknown): Error =>
  new Error(`Mock IdP: ${sentence}`, cause === undefined ? undefined : { cause });
