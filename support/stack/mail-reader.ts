/** A mailbox whose emails are on a server elsewhere: only those to one recipient, and since the mailbox was opened. */
import { addressKey } from './mail-address.ts';
import { MailFailure } from './mail-failure.ts';
import type { Content } from './mail-message.ts';
import { openWaits } from './mail-waits.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';

/** An email that is there, not yet read. */
export interface FoundEmail {
  id: string;
  /** When it arrived, by the server's clock. */
  at: Date;
  /** Undefined if it is gone. */
  read(): Promise<Content | undefined>;
}

export interface Found {
  /** Emails to the recipient, oldest first. */
  emails: readonly FoundEmail[];
  /** Number of emails to others that were passed over. */
  others?: number;
  /** How far the server's clock is ahead of ours, in milliseconds. */
  aheadMs?: number;
}

/** How one kind of server is read. */
export interface MailReader extends AsyncDisposable {
  /** For sentences, such as “Mailpit at http://…”. */
  name: string;
  find(address: string): Promise<Found>;
  /** True if it finds only what has arrived since it was opened; then no clock is needed. */
  onlyNew?: boolean;
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Calls the listener when an email may have arrived. */
  onArrival?(listener: () => void): void;
}

/** Short enough for a person who watches, and long enough for a server elsewhere. */
export const usualPollMs = 500;

export interface ReaderOptions {
  /** Recipients whose emails are old if they are there already; of others, the time of an email decides. */
  recipients?: readonly string[];
  /** Milliseconds since 1970. */
  openedAt?: number;
}

/** The emails of one recipient. */
interface Box {
  messages: Message[];
  known: Set<string>;
  older: number;
  others: number;
  /** Looks for one recipient follow one another, so that no email is read twice. */
  lastLook: Promise<unknown>;
}

export async function openReader(
  reader: MailReader,
  { recipients = [], openedAt = Date.now() }: ReaderOptions = {},
): Promise<Mailbox & AsyncDisposable> {
  const boxes = new Map<string, Box>();

  function boxOf(address: string): Box {
    const key = addressKey(address);
    const box = boxes.get(key) ?? { messages: [], known: new Set(), older: 0, others: 0, lastLook: Promise.resolve() };
    boxes.set(key, box);
    return box;
  }

  /** `isOld` judges the emails found for the first time. */
  function look(address: string, isOld: (found: FoundEmail, aheadMs: number) => boolean): Promise<Box> {
    const box = boxOf(address);
    const next = box.lastLook.then(async () => {
      const { emails, others = 0, aheadMs = 0 } = await reader.find(address);
      box.others = others;
      for (const found of emails.filter(({ id }) => !box.known.has(id))) {
        const content = isOld(found, aheadMs) ? 'old' : await found.read();
        box.known.add(found.id);
        if (content === 'old') box.older++;
        else if (content !== undefined) box.messages.push({ ...content, to: address });
      }
      return box;
    });
    box.lastLook = next.catch(() => undefined);
    return next;
  }

  const looked = new Set<string>();
  /** Many servers tell the time in whole seconds. */
  const isBeforeOpening = ({ at }: FoundEmail, aheadMs: number): boolean =>
    !reader.onlyNew && at.getTime() < Math.floor((openedAt + aheadMs) / 1000) * 1000;

  let isClosed = false;

  async function messagesTo(address: string): Promise<readonly Message[]> {
    if (isClosed) throw new MailFailure('The mailbox is closed');
    const key = addressKey(address);
    // After the first look, every email that it did not find is new, even by a wrong clock.
    const { messages } = await look(address, looked.has(key) ? () => false : isBeforeOpening);
    looked.add(key);
    return [...messages];
  }

  await Promise.all(
    (reader.onlyNew ? [] : recipients).map(async (address) => {
      await look(address, () => true);
      looked.add(addressKey(address));
    }),
  );
  const { waitFor, wake } = openWaits({
    messagesTo,
    everyMs: reader.everyMs,
    describe: (address) => ` in ${reader.name}: ${arrived(boxOf(address))}`,
  });
  reader.onArrival?.(wake);
  return {
    messagesTo,
    waitFor,
    [Symbol.asyncDispose]() {
      isClosed = true;
      return reader[Symbol.asyncDispose]();
    },
  };
}

/** `2 arrived since the mailbox was opened; 1 older and 3 to others were not read`. */
function arrived({ messages, older, others }: Box): string {
  const passedOver = [older > 0 && `${older} older`, others > 0 && `${others} to others`].filter(
    (one) => one !== false,
  );
  return (
    `${messages.length} arrived since the mailbox was opened` +
    (passedOver.length === 0 ? '' : `; ${passedOver.join(' and ')} not read`)
  );
}
