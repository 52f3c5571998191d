/** Calls of a recipe: a request to the product's API, or a program of the team, with {names} filled in. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { request } from '../stack/http.ts';
import { secretText } from '../stack/secret.ts';
import { quoteForeign } from '../terminal/foreign-text.ts';
import { filled } from './filled.ts';
import type { call } from './recipe-parts.ts';

type Call = z.infer<z.ZodObject<typeof call>>;
type Values = Readonly<Record<string, string>>;

/** A call failed. The message says what it returned. */
export class CallFailed extends Error {}

const longest = 60_000;

/** `at`: where paths start. Throws CallFailed unless the status is in the 200s. */
export async function send({ url, method, headers, body }: Call, at: string, values: Values): Promise<void> {
  const address = new URL(filled(url, values), at);
  const given = Object.entries(headers).map(([name, value]) => [name, secretText(value)] as const);
  const isText = typeof body === 'string';
  const response = await request(address, {
    method,
    headers: {
      ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(given),
    },
    ...(body === undefined ? {} : { body: isText ? filled(body, values) : JSON.stringify(filled(body, values)) }),
    signal: AbortSignal.timeout(longest),
  }).catch((error: Error) => {
    throw new CallFailed(`${method} ${address.origin}${address.pathname} got no response`, { cause: error });
  });
  if (response.ok) return;
  const secrets = given.filter(([name]) => typeof headers[name] !== 'string').map(([, text]) => text);
  const text = secrets.reduce((reply, one) => reply.replaceAll(one, '***'), await response.text());
  const reply = quoteForeign(text, { prefix: '  | ', lines: 5 });
  throw new CallFailed(`${method} ${address.origin}${address.pathname} returned ${response.status}:\n${reply}`);
}

interface ProgramError extends Error {
  code?: number | string | null;
  /** True if it did not end in time. */
  killed?: boolean;
  signal?: string | null;
  stdout?: string;
  stderr?: string;
}

/** Runs in this folder. Throws CallFailed with the output of the program unless it ends with 0. */
export async function run(
  command: readonly string[],
  folder: string,
  values: Values,
  { longestMs = longest }: { longestMs?: number } = {},
): Promise<void> {
  const [program, ...args] = filled(command, values);
  const options = { cwd: folder, timeout: longestMs, maxBuffer: Number.POSITIVE_INFINITY };
  await promisify(execFile)(program!, args, options).catch((error: ProgramError) => {
    const printed = quoteForeign(`${error.stdout ?? ''}${error.stderr ?? ''}`, { prefix: '  | ', lines: 8 });
    const output = printed === '' ? '' : `:\n${printed}`;
    throw new CallFailed(`${program} ${howItEnded(error, longestMs)}${output}`, { cause: error });
  });
}

function howItEnded({ code, killed, signal }: ProgramError, longestMs: number): string {
  if (code === 'ENOENT') return 'was not found';
  if (killed) return `did not end within ${longestMs / 1000} s`;
  return signal ? `was ended by ${signal}` : `failed (${code})`;
}
