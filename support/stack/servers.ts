/**
 * The stack of one worker: both apps and the mailbox in this process on free ports, or wherever the environment says.
 * The only file that starts the apps.
 */
import { randomBytes } from 'node:crypto';
import { startMockIdp, type TenantsInProcess } from '../../mock-idp/start.ts';
import { startSp } from '../../sp/start.ts';
import { type Control, control } from './control.ts';
import { type MailScanner, startMailScanner } from './mail-scanner.ts';
import { type Mailbox, type MailTrouble, startMailbox } from './mailbox.ts';
import { mailhogMailbox, startMailhogContainer } from './mailhog.ts';

export interface Part {
  url: string;
  control: Control;
}

export interface Stack extends AsyncDisposable {
  sp: Part;
  idp: Part;
  mailbox: Mailbox;
  /** Undefined where the mailbox cannot be disturbed. */
  trouble: MailTrouble | undefined;
}

export interface StackOptions {
  /** 0 takes a free one. */
  spPort?: number;
  idpPort?: number;
  /** The database of the service provider: a file, or `:memory:`. */
  database?: string;
  /** Where the identity provider keeps keys and tenants across a restart; without one it forgets them. */
  stateFile?: string | undefined;
  /** Where the mailbox keeps its messages across a restart. */
  mailFile?: string | undefined;
  controlToken?: string;
  /** A MailHog by Testcontainers instead of the mailbox in the process. */
  mailhog?: boolean;
}

/** The stack that SP_URL, IDP_URL, CONTROL_TOKEN and MAILHOG_URL name; undefined when they name none. */
function stackElsewhere(): Stack | undefined {
  const { SP_URL, IDP_URL, MAILHOG_URL, CONTROL_TOKEN } = process.env;
  const given = { SP_URL, IDP_URL, MAILHOG_URL, CONTROL_TOKEN };
  const missing = Object.entries(given)
    .filter(([, value]) => !value)
    .map(([name]) => name);
  if (missing.length === 4 || (missing.length === 3 && MAILHOG_URL)) return undefined;
  if (!SP_URL || !IDP_URL || !MAILHOG_URL || !CONTROL_TOKEN)
    throw new Error(
      'a stack that runs elsewhere needs SP_URL, IDP_URL, MAILHOG_URL and CONTROL_TOKEN; ' +
        `missing: ${missing.join(', ')}`,
    );
  return {
    sp: { url: new URL(SP_URL).origin, control: control(SP_URL, CONTROL_TOKEN) },
    idp: { url: new URL(IDP_URL).origin, control: control(IDP_URL, CONTROL_TOKEN) },
    mailbox: mailhogMailbox({ url: MAILHOG_URL, smtpUrl: '' }),
    trouble: undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The identity provider alone, in this process, for a service provider that runs elsewhere. */
export async function startIdentityProvider({
  port = 0,
  stateFile,
  controlToken = randomBytes(32).toString('hex'),
}: {
  port?: number;
  stateFile?: string | undefined;
  controlToken?: string;
} = {}): Promise<Part & TenantsInProcess & AsyncDisposable> {
  const idp = await startMockIdp({ port, stateFile, controlToken });
  return { ...idp, control: control(idp.url, controlToken), [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose]() };
}

/** The service provider alone; without a mail server its mail goes nowhere. */
export async function startServiceProvider({
  port = 0,
  smtpUrl = 'smtp://127.0.0.1:9',
  controlToken = randomBytes(32).toString('hex'),
}: {
  port?: number;
  smtpUrl?: string;
  controlToken?: string;
} = {}): Promise<Part & AsyncDisposable> {
  const sp = await startSp({ port, controlToken, smtpUrl, passwordCost: rehearsalPasswordCost });
  return {
    url: sp.url,
    control: control(sp.url, controlToken),
    [Symbol.asyncDispose]: () => sp[Symbol.asyncDispose](),
  };
}

/**
 * The stack for scenarios: the one that the environment names, or one in this process. `MAILBOX=mailhog` puts a
 * MailHog in a container in place of the mailbox.
 */
export async function stackForScenarios(): Promise<Stack> {
  return stackElsewhere() ?? startStack({ mailhog: process.env.MAILBOX === 'mailhog' });
}

/** Passwords of a stack that is gone in a minute need not withstand guessing; the lab's must. */
const rehearsalPasswordCost = 2 ** 10;

/** Resolves when both apps and the mailbox are ready. If one fails, the others are stopped and its error is thrown. */
export async function startStack({
  spPort = 0,
  idpPort = 0,
  database = ':memory:',
  stateFile,
  mailFile,
  controlToken = randomBytes(32).toString('hex'),
  mailhog = false,
}: StackOptions = {}): Promise<Stack> {
  await using started = new AsyncDisposableStack();
  let spUrl = '';
  const startScanner = (): Promise<MailScanner> => startMailScanner(spUrl);
  const mailbox: Mailbox & AsyncDisposable & { trouble?: MailTrouble } = started.use(
    mailhog ? await startMailhogContainer() : await startMailbox({ startScanner, file: mailFile }),
  );
  const outcomes = await Promise.allSettled([
    startMockIdp({ port: idpPort, stateFile, controlToken }),
    startSp({
      port: spPort,
      database,
      controlToken,
      smtpUrl: mailbox.smtpUrl,
      ...(database === ':memory:' ? { passwordCost: rehearsalPasswordCost } : {}),
    }),
  ]);
  for (const one of outcomes) if (one.status === 'fulfilled') started.use(one.value);
  const [idp, sp] = [settledValue(outcomes[0]), settledValue(outcomes[1])];
  spUrl = sp.url;
  const running = started.move();
  return {
    sp: { url: sp.url, control: control(sp.url, controlToken) },
    idp: { url: idp.url, control: control(idp.url, controlToken) },
    mailbox,
    trouble: mailbox.trouble,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function settledValue<Value>(outcome: PromiseSettledResult<Value>): Value {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
