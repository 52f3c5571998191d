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

/** Ready when both apps and the mailbox answer. */
export async function startStack({ database = ':memory:', controlToken = randomBytes(32).toString('hex') }: { database?: string; controlToken?: string } = {}): Promise<Stack> {
  await using started = new AsyncDisposableStack();
  const mailbox = started.use(await startMailbox());
  const [idp, sp] = await Promise.all([startMockIdp({ controlToken }), startSp({ controlToken, database, smtpUrl: mailbox.smtpUrl })]);
  started.use(idp);
  started.use(sp);
  const running = started.move();
  return {
    sp: { url: sp.url, control: control(sp.url, controlToken) },
    idp: { url: idp.url, control: control(idp.url, controlToken) },
    mailbox,
    trouble: mailbox.trouble,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
