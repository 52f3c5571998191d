/** Where the emails of a product arrive that runs elsewhere, and how they are read there. See docs/mail.md. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { openApi } from './mail-api.ts';
import { MailFailure } from './mail-failure.ts';
import { openCommand, openWebhook } from './mail-newest.ts';
import { type MailReader, openReader } from './mail-reader.ts';
import { type Mailbox, startMailbox } from './mailbox.ts';
import { type Environment, type Secret, secret, secretText } from './secret.ts';

const words = z.string({ error: 'must be text' }).min(1, 'must not be empty');
const port = z.int({ error: 'must be a port number' }).min(1, 'must be a port number').max(65_535);

const hasNoPassword = (url: string): boolean => !URL.canParse(url) || new URL(url).password === '';

const webUrl = z
  .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
  .refine(hasNoPassword, 'must not contain a password');

const smtp = z
  .strictObject({
    port: port.describe('The port in the product’s mail server setting.'),
    host: words
      .default('127.0.0.1')
      .describe('The address to listen on: 0.0.0.0 for a product in a container or on another machine.'),
  })
  .meta({ description: 'A mail server of ours receives the emails; the product’s mail server setting points to it.' });

const imap = z
  .strictObject({
    host: words,
    port: port.optional().describe('Default: 993, or 143 without "secure".'),
    secure: z.boolean().default(true).describe('TLS from the start. With false, by STARTTLS.'),
    user: words,
    password: secret,
    folder: words.default('INBOX'),
    certificateAuthority: words.optional().describe('PEM file of a private certificate authority, beside the recipe.'),
  })
  .meta({ description: 'A folder on an IMAP server. It is opened read-only.' });

const kinds = ['smtp', 'api', 'imap', 'command', 'webhook'] as const;

export const mailSource = z
  .strictObject({
    smtp: smtp.optional(),
    api: webUrl.optional().describe('Address of MailHog’s or Mailpit’s web page, with its path prefix.'),
    user: words.optional().describe('For api: the user, if it asks for one.'),
    password: secret.optional().describe('For api: the password of the user.'),
    imap: imap.optional(),
    command: z
      .array(words)
      .min(1, 'must name a program')
      .refine((parts) => parts.slice(1).some((part) => part.includes('{address}')), 'needs an argument with {address}')
      .optional()
      .describe(
        'Prints the newest raw email to {address}, or nothing. Runs in the folder of the recipe, without a shell.',
      ),
    webhook: z
      .string({ error: 'must be text' })
      .regex(/^https?:\/\//, 'must begin with http:// or https://')
      .regex(/\{address\}/, 'must contain {address}')
      .refine((url) => URL.canParse(url.replaceAll('{address}', 'x')), 'must be a URL')
      .refine(hasNoPassword, 'must not contain a password: use headers')
      .optional()
      .describe('GET returns the newest email to {address}: raw, or as JSON; 204 or 404 if there is none.'),
    headers: z.record(words, secret).optional().describe('For webhook: headers of the request.'),
  })
  .refine((source) => kinds.filter((kind) => source[kind] !== undefined).length === 1, {
    error: `needs exactly one of ${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`,
  })
  .refine(({ api, user, password }) => (user === undefined) === (password === undefined) && (api ?? !user), {
    error: 'user and password go together, with api',
  })
  .refine(({ webhook, headers }) => webhook !== undefined || headers === undefined, {
    error: 'headers go with webhook',
  })
  .meta({
    id: 'mailSource',
    description: 'Where the product’s emails arrive. Only emails to people of the run are read, and only new ones.',
    oneOf: kinds.map((kind) => ({ required: [kind] })),
  });

export type MailSource = z.infer<typeof mailSource>;

export interface MailOptions {
  /** The folder of the recipe, where commands run and files are. Default: the current one. */
  folder?: string;
  /** Where passwords are read from. Default: the environment of this process. */
  environment?: Environment;
  /** Emails that these recipients have already are old; of other recipients, the time of an email decides. */
  recipients?: readonly string[];
}

/** Throws MailFailure if the source cannot be read. Reads only emails that arrive from now on. */
export async function openMailbox(source: MailSource, options: MailOptions = {}): Promise<Mailbox & AsyncDisposable> {
  const { recipients = [] } = options;
  const openedAt = Date.now();
  if (source.smtp !== undefined) return startServer(source.smtp);
  const reader = await readerOf(source, options);
  try {
    return await openReader(reader, { recipients, openedAt });
  } catch (error) {
    await reader[Symbol.asyncDispose]();
    throw error;
  }
}

async function readerOf(source: MailSource, options: MailOptions): Promise<MailReader> {
  const { folder = process.cwd() } = options;
  const { api, user, password, imap, command, webhook, headers = {} } = source;
  const text = (value: Secret): string => passwordText(value, options);
  if (api !== undefined)
    return openApi({ url: api, user, password: password === undefined ? undefined : text(password) });
  if (command !== undefined) return openCommand({ command, folder });
  if (webhook !== undefined)
    return openWebhook({
      url: webhook,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)])),
    });
  if (imap === undefined) throw new MailFailure('No source of emails');
  const { certificateAuthority: file, port = imap.secure ? 993 : 143, ...rest } = imap;
  const certificateAuthority = file === undefined ? undefined : await readPem(resolve(folder, file));
  const { openImap } = await import('./mail-imap.ts'); // slow to load
  return openImap({ ...rest, port, password: text(imap.password), certificateAuthority });
}

function passwordText(value: Secret, { environment }: MailOptions): string {
  try {
    return secretText(value, environment);
  } catch (error) {
    throw new MailFailure((error as Error).message, { cause: error });
  }
}

async function readPem(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new MailFailure(`Cannot read the certificate authority ${file}`, { cause: error });
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new MailFailure(`${file} is not a certificate in PEM format: it has no line -----BEGIN CERTIFICATE-----`);
  return text;
}

async function startServer({ host, port }: NonNullable<MailSource['smtp']>): Promise<Mailbox & AsyncDisposable> {
  try {
    return await startMailbox({ host, port });
  } catch (error) {
    throw new MailFailure(
      `Cannot receive emails at ${host}:${port}: ${whyNotListening(error as NodeJS.ErrnoException)}`,
      {
        cause: error,
      },
    );
  }
}

const whyNotListening = ({ code = '' }: NodeJS.ErrnoException): string =>
  ({
    EADDRINUSE: 'another program uses the port',
    EACCES: 'ports below 1024 need more rights',
    EADDRNOTAVAIL: 'this machine does not have the address',
    ENOTFOUND: 'the host name is unknown',
  })[code] ?? code;
