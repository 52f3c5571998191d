/**
 * The stack of one worker: both apps and the mailbox in this process on free ports, or as named by the environment.
 * The only file that starts the apps.
 */
import { randomBytes } from 'node:crypto';
import {
  type MockIdp,
  type MockIdpOptions,
  startMockIdp,
  type TenantsInProcess,
  type WorkerPlace,
} from '../../mock-idp/start.ts';
import { startSp } from '../../sp/start.ts';
import { type Control, control } from './control.ts';
import { type MailContainer, mailContainerIn, startMailContainer } from './mail-container.ts';
import { type MailScanner, startMailScanner } from './mail-scanner.ts';
import { openMailbox } from './mail-source.ts';
import { type Mailbox, type MailProblems, type MailServer, startMailbox } from './mailbox.ts';
import { stackElsewhere } from './stack-elsewhere.ts';

export {
  configJsonSchema,
  controlDocument,
  forgetMachineAuthorities,
  type MachineAuthority,
  machineAuthority,
  UnusableOption,
} from '../../mock-idp/start.ts';

export interface Part {
  url: string;
  control: Control;
}

export interface Stack extends AsyncDisposable {
  sp: Part;
  idp: Part;
  mailbox: Mailbox;
  /** Undefined if email delivery cannot be disturbed. */
  mailProblems: MailProblems | undefined;
}

/** Started in this process, with the mail server of its SP. */
export interface StartedStack extends Stack {
  mailbox: MailServer;
}

export interface StackOptions {
  /** 0 uses a free one. */
  spPort?: number;
  /** The SP's origin at a proxy in front of it. Default: http://sp.localhost and its port. */
  spPublicUrl?: string | undefined;
  idpPort?: number;
  /** The interface on which both apps and the mail server listen. */
  host?: string;
  /** Of the built-in mailbox. */
  smtpPort?: number;
  /** The SP's database: a file, or `:memory:`. */
  database?: string;
  /** The file in which the IdP keeps keys and tenants across a restart; without one it forgets them. */
  stateFile?: string | undefined;
  /** The file in which the mailbox keeps its emails across a restart. */
  mailFile?: string | undefined;
  controlToken?: string;
  /** Used instead of the built-in mailbox. */
  mailContainer?: MailContainer | undefined;
}

/** The stack that the environment names; undefined if it names none. */
async function openStackElsewhere(): Promise<Stack | undefined> {
  const named = stackElsewhere(process.env);
  if (named === undefined) return undefined;
  const { spUrl, idpUrl, mailUrl, token } = named;
  const mailbox = await openMailbox({ api: mailUrl });
  return {
    sp: { url: spUrl, control: control(spUrl, token) },
    idp: { url: idpUrl, control: control(idpUrl, token) },
    mailbox,
    mailProblems: undefined,
    [Symbol.asyncDispose]: () => mailbox[Symbol.asyncDispose](),
  };
}

export type AloneOptions = Omit<MockIdpOptions, 'keepsProcess'>;
export type AloneProvider = Part & TenantsInProcess & Pick<MockIdp, 'authority'> & AsyncDisposable;

/** Only the IdP, in this process, for a service provider that runs elsewhere. */
export async function startIdentityProvider(
  { controlToken = randomBytes(32).toString('hex'), ...options }: AloneOptions = {},
  place?: WorkerPlace,
): Promise<AloneProvider> {
  const idp = await startMockIdp({ ...options, controlToken, keepsProcess: true }, place);
  return { ...idp, control: control(idp.url, controlToken), [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose]() };
}

/** Only the SP; without a mail server its emails are dropped. */
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
 * The stack for scenarios: named by the environment, or in this process. `MAILBOX=mailhog` and `MAILBOX=mailpit` use a
 * container as the mailbox.
 */
export async function stackForScenarios(): Promise<Stack> {
  return (await openStackElsewhere()) ?? startStack({ mailContainer: mailContainerIn(process.env) });
}

/** Passwords of a short-lived stack need not withstand guessing; the lab's must. */
const rehearsalPasswordCost = 2 ** 4;

/** Resolves when both apps and the mailbox are ready. If one fails, the others are stopped and its error is thrown. */
export async function startStack({
  spPort = 0,
  spPublicUrl,
  idpPort = 0,
  host = '127.0.0.1',
  smtpPort = 0,
  database = ':memory:',
  stateFile,
  mailFile,
  controlToken = randomBytes(32).toString('hex'),
  mailContainer,
}: StackOptions = {}): Promise<StartedStack> {
  await using started = new AsyncDisposableStack();
  let spUrl = '';
  const startScanner = (): Promise<MailScanner> => startMailScanner(spUrl);
  const mailbox: MailServer & { mailProblems?: MailProblems } = started.use(
    mailContainer === undefined
      ? await startMailbox({ startScanner, file: mailFile, port: smtpPort, host })
      : await startMailContainer(mailContainer),
  );
  const outcomes = await Promise.allSettled([
    startMockIdp({ port: idpPort, host, stateFile, controlToken, keepsProcess: true }),
    startSp({
      port: spPort,
      host,
      publicUrl: spPublicUrl,
      database,
      controlToken,
      smtpUrl: mailbox.smtpUrl,
      metadataHosts: ['idp.localhost'],
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
    mailProblems: mailbox.mailProblems,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function settledValue<Value>(outcome: PromiseSettledResult<Value>): Value {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
