/** The newest email to a recipient, as a command prints it or a web address returns it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { harmless } from '../terminal/foreign-text.ts';
import { shortened } from './foreign-reply.ts';
import { isSameAddress } from './mail-address.ts';
import { MailFailure } from './mail-failure.ts';
import { getMail, parsedJson } from './mail-http.ts';
import { contentOf, inMegabytes, isFor, largestEmail, looksLikeEmail, parseEmail, timeOf } from './mail-message.ts';
import { type Found, type MailReader, usualPollMs } from './mail-reader.ts';

const nothing: Found = { emails: [] };

/** `source` begins the sentence about text that is not an email. */
async function foundIn(raw: Buffer, address: string, source: string): Promise<Found> {
  if (raw.toString('latin1').trim() === '') return nothing;
  if (!looksLikeEmail(raw))
    throw new MailFailure(`${source} something that is not an email: its first line must be a header, such as From:`);
  const mail = await parseEmail(raw);
  if (!isFor(mail, address)) return { emails: [], others: 1 };
  const at = timeOf(mail) ?? new Date(0);
  const content = contentOf(mail, at);
  return { emails: [{ id: hashOf(raw), at, read: () => Promise.resolve(content) }] };
}

const hashOf = (octets: Buffer): string => createHash('sha256').update(octets).digest('base64');

const oneReader = (name: string, find: MailReader['find']): MailReader => ({
  name,
  find,
  everyMs: usualPollMs,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

export interface CommandOptions {
  /** The program and its arguments, in which `{address}` is filled in. */
  command: readonly string[];
  /** Where the program runs. */
  folder: string;
}

const commandTimeoutMs = 30_000;

export function openCommand({ command, folder }: CommandOptions): MailReader {
  const [program = '', ...args] = command;
  return oneReader(`the output of ${program}`, async (address) => {
    const filledIn = args.map((one) => one.replaceAll('{address}', address));
    return foundIn(await outputOf({ program, args: filledIn, folder }), address, `${program} printed`);
  });
}

function outputOf({
  program,
  args,
  folder,
}: {
  program: string;
  args: readonly string[];
  folder: string;
}): Promise<Buffer> {
  const options = { cwd: folder, timeout: commandTimeoutMs, maxBuffer: largestEmail, encoding: 'buffer' as const };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new MailFailure(`${program} ${whyItFailed(error, stderr.toString())}`, { cause: error }));
    });
  });
}

function whyItFailed({ code, killed, signal }: Error & Partial<CommandError>, stderr: string): string {
  if (code === 'ENOENT') return 'was not found: enter a path from the folder of the recipe, or a program in PATH';
  if (code === 'EACCES') return 'cannot be run: make it executable';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${inMegabytes(largestEmail)}`;
  if (killed) return `did not end within ${commandTimeoutMs / 1000} s`;
  const reason = harmless(stderr.trim().split('\n').at(-1) ?? '', { longest: 200 });
  return `${signal ? `was ended by ${signal}` : `ended with exit code ${code}`}${reason === '' ? '' : `: ${reason}`}`;
}

interface CommandError {
  code: string | number | null;
  killed: boolean;
  signal: string | null;
}

export interface WebhookOptions {
  /** With `{address}` where the recipient goes. */
  url: string;
  headers: Readonly<Record<string, string>>;
}

const webhookEmail = z.object({
  from: z.string().default(''),
  to: z.union([z.string(), z.array(z.string())]).transform((to) => [to].flat()),
  subject: z.string().default(''),
  text: z.string().nullish(),
  html: z.string().nullish(),
  receivedAt: z.coerce.date(),
});

export function openWebhook({ url, headers }: WebhookOptions): MailReader {
  const where = shortened(url);
  return oneReader(where, async (address) => {
    const target = new URL(url.replaceAll('{address}', encodeURIComponent(address)));
    const reply = await getMail(target, { headers, largest: largestEmail, credentials: 'headers' });
    const { status, type, body, aheadMs } = reply;
    if (status === 204 || status === 404) return nothing;
    if (status !== 200) throw new MailFailure(`${where} replied with status ${status} instead of 200, 204 or 404`);
    if (type === 'application/json') return { ...foundInJson(body, address, where), aheadMs };
    if (type === 'message/rfc822' || type === 'text/plain')
      return { ...(await foundIn(body, address, `${where} returned`)), aheadMs };
    throw new MailFailure(
      `${where} returned ${type === '' ? 'no Content-Type' : shortened(type)}: ` +
        'it must return message/rfc822, text/plain or application/json',
    );
  });
}

function foundInJson(body: Buffer, address: string, where: string): Found {
  const { success, data, error } = webhookEmail.safeParse(parsedJson(body));
  if (!success)
    throw new MailFailure(
      `${where} returned JSON that is not an email with from, to, subject, text, html and receivedAt: ` +
        error.issues.map(({ path }) => path.join('.') || 'it is not an object').join(', '),
    );
  const { from, to, subject, text, html, receivedAt } = data;
  if (!to.some((one) => isSameAddress(bareAddress(one), address))) return { emails: [], others: 1 };
  const content = { from, subject, text: text ?? '', html: html ?? '', receivedAt };
  return { emails: [{ id: hashOf(body), at: receivedAt, read: () => Promise.resolve(content) }] };
}

/** `Sam <sam@acme.example>` without the name. */
const bareAddress = (text: string): string => /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text.trim();
