/** The stack of one worker: both apps and the mailbox in this process on free ports, or wherever the environment says. The only file that starts the apps. */
import { randomBytes } from 'node:crypto';
import { startMockIdp } from '../mock-idp/start.ts';
import { startSp } from '../sp/start.ts';
import { control, type Control } from './control.ts';
import { startMailbox, type Mailbox, type MailTrouble } from './mailbox.ts';

export interface Part {
  url: string;
  control: Control;
}

export interface Stack extends AsyncDisposable {
  sp: Part;
  idp: Part;
  mailbox: Mailbox;
  /** Undefined where the mailbox is not ours to disturb. */
  trouble: MailTrouble | undefined;
}

export interface StackOptions {
  /** 0 takes a free one. */
  spPort?: number;
  idpPort?: number;
  /** Where the service provider keeps everything: a file, or `:memory:`. */
  database?: string;
  /** Where the identity provider keeps keys and tenants over a restart; without one it forgets them. */
  stateFile?: string | undefined;
  controlToken?: string;
}

/** Ready when both apps and the mailbox answer. Throws what the part that failed says, after the others were stopped. */
export async function startStack({ spPort = 0, idpPort = 0, database = ':memory:', stateFile, controlToken = randomBytes(32).toString('hex') }: StackOptions = {}): Promise<Stack> {
  await using started = new AsyncDisposableStack();
  const mailbox = started.use(await startMailbox());
  const outcomes = await Promise.allSettled([startMockIdp({ port: idpPort, stateFile, controlToken }), startSp({ port: spPort, database, controlToken, smtpUrl: mailbox.smtpUrl })]);
  for (const one of outcomes) if (one.status === 'fulfilled') started.use(one.value);
  const [idp, sp] = [valueOf(outcomes[0]), valueOf(outcomes[1])];
  const running = started.move();
  return {
    sp: { url: sp.url, control: control(sp.url, controlToken) },
    idp: { url: idp.url, control: control(idp.url, controlToken) },
    mailbox,
    trouble: mailbox.trouble,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function valueOf<Value>(outcome: PromiseSettledResult<Value>): Value {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
