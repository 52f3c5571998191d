/** Mailboxes in general, and the built-in one, which receives emails by real SMTP and forwards nothing. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { MailProblemName } from '../catalogue/mail-problems.ts';
import { addressKey } from './mail-address.ts';
import { keepMessage, readMessages, replaceMessages } from './mail-file.ts';
import { contentOf, parseEmail } from './mail-message.ts';
import type { MailScanner } from './mail-scanner.ts';
import { listenForMail } from './mail-smtp.ts';
import type { Message } from './message.ts';
import { isTestLink } from './test-link.ts';

export interface Mailbox {
  /** Emails to this address, oldest first. */
  messagesTo(address: string): Promise<readonly Message[]>;
  /** Resolves with the `count`th email to this address when it arrives. Throws after `withinMs`. */
  waitFor(address: string, options?: { count?: number; withinMs?: number }): Promise<Message>;
  /** Deletes the emails with these IDs. Undefined if the mailbox cannot. */
  remove?(ids: readonly string[]): Promise<void>;
}

/** A mailbox with a mail server of its own, for an SP that sends to it. */
export interface MailServer extends Mailbox, AsyncDisposable {
  smtpUrl: string;
}

export interface StartedMailbox extends MailServer {
  mailProblems: MailProblems;
}

/** Disturbs email delivery, for one recipient each time. */
export interface MailProblems {
  arrange(address: string, problem: MailProblemName): Promise<void>;
  /** Ends the problem for later emails; delayed ones stay delayed. */
  letPass(address: string): Promise<void>;
  /** Ends the problem and delivers delayed emails. */
  release(address: string): Promise<void>;
  /** The problem of this recipient. */
  arranged(address: string): MailProblemName | undefined;
  /** The problem of this recipient if no email has met it yet. */
  unused(address: string): MailProblemName | undefined;
}

export interface MailboxOptions {
  port?: number;
  host?: string;
  /** Starts the scanner for rewritten links; it runs while that problem is arranged for any recipient. */
  startScanner?: () => Promise<MailScanner>;
  /** Keeps the emails across a restart. */
  file?: string | undefined;
}

export async function startMailbox({
  port = 0,
  host = '127.0.0.1',
  startScanner,
  file,
}: MailboxOptions = {}): Promise<StartedMailbox> {
  const inbox = openInbox(file);
  const problems = createMailProblems({ startScanner, deliver: inbox.add });
  const server = await listenForMail({
    port,
    host,
    rejectionFor: problems.rejectionFor,
    async deliver(raw, envelope) {
      const content = { ...contentOf(await parseEmail(raw), new Date()), source: sourceOf(raw) };
      for (const to of envelope.to) problems.pass({ ...content, to });
    },
  });
  const { messagesTo, waitFor, remove } = inbox;
  const { arrange, letPass, release, arranged, unused } = problems;
  return {
    smtpUrl: `smtp://${host}:${server.port}`,
    messagesTo,
    waitFor,
    remove,
    mailProblems: { arrange, letPass, release, arranged, unused },
    async [Symbol.asyncDispose]() {
      await problems.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** In bytes. An email with a large attachment would fill the memory twice. */
const longestSource = 256 * 1024;

const sourceOf = (raw: Buffer): string =>
  raw.subarray(0, longestSource).toString() + (raw.length > longestSource ? '\n… (cut)' : '');

/** The emails that have arrived. */
function openInbox(
  file: string | undefined,
): Required<Pick<Mailbox, 'messagesTo' | 'waitFor' | 'remove'>> & { add(message: Message): void } {
  const arrived = new EventEmitter();
  arrived.setMaxListeners(0);
  let messages: Message[] = file === undefined ? [] : readMessages(file);
  /** Evidence asks for the emails of each person after each step. */
  const keys = new WeakMap<Message, string>();
  const keyOf = (message: Message): string => {
    const key = keys.get(message) ?? addressKey(message.to);
    keys.set(message, key);
    return key;
  };
  const messagesTo = (address: string): Promise<readonly Message[]> => {
    const key = addressKey(address);
    return Promise.resolve(messages.filter((message) => keyOf(message) === key));
  };
  return {
    messagesTo,
    async remove(ids) {
      messages = messages.filter(({ id }) => id === undefined || !ids.includes(id));
      if (file !== undefined) replaceMessages(file, messages);
    },
    add(message) {
      const named = { ...message, id: randomUUID() };
      messages.push(named);
      if (file !== undefined) keepMessage(file, named);
      arrived.emit('message');
    },
    async waitFor(address, { count = 1, withinMs = 20_000 } = {}) {
      const deadline = AbortSignal.timeout(withinMs);
      for (;;) {
        const message = (await messagesTo(address))[count - 1];
        if (message) return message;
        await once(arrived, 'message', { signal: deadline }).catch(() => {
          const domain = address.slice(address.indexOf('@'));
          const recipients = [...new Set(messages.map(({ to }) => to))].filter((to) => to.endsWith(domain));
          throw new Error(
            `email ${count} to ${address} did not arrive within ${withinMs} ms; ` +
              `emails arrived for: ${recipients.join(', ') || '(none)'}`,
          );
        });
      }
    },
  };
}

/** Every email passes through here on its way to the inbox. */
function createMailProblems({
  startScanner,
  deliver,
}: {
  startScanner: MailboxOptions['startScanner'];
  deliver: (message: Message) => void;
}): MailProblems & {
  rejectionFor(address: string): Error | undefined;
  pass(message: Message): void;
  end(): Promise<void>;
} {
  const problems = new Map<string, MailProblemName>();
  /** Recipients whose problem has met an email. */
  const struck = new Set<string>();
  const delayed: Message[] = [];
  let scanner: Promise<MailScanner> | undefined;
  let scannerUrl = '';
  /** Starts the scanner when the first recipient needs it, and stops it when none does. */
  async function startOrStopScanner(): Promise<void> {
    const isNeeded = [...problems.values()].includes('rewrites the links in');
    if (isNeeded) {
      scanner ??= startScanner?.();
      scannerUrl = (await scanner)?.url ?? '';
      return;
    }
    const ending = scanner;
    scanner = undefined;
    await (await ending)?.[Symbol.asyncDispose]();
  }
  return {
    async arrange(address, problem) {
      problems.set(address, problem);
      struck.delete(address);
      await startOrStopScanner();
    },
    async letPass(address) {
      problems.delete(address);
      await startOrStopScanner();
    },
    async end() {
      problems.clear();
      await startOrStopScanner();
    },
    async release(address) {
      problems.delete(address);
      for (const message of delayed.filter(({ to }) => to === address)) {
        delayed.splice(delayed.indexOf(message), 1);
        deliver(message);
      }
      await startOrStopScanner();
    },
    arranged: (address) => problems.get(address),
    unused: (address) => (struck.has(address) ? undefined : problems.get(address)),
    rejectionFor(address) {
      const problem = problems.get(address);
      if (problem !== undefined) struck.add(address);
      if (problem === 'rejects') return Object.assign(new Error('mailbox unavailable'), { responseCode: 550 });
      if (problem === 'defers') return Object.assign(new Error('too busy, try later'), { responseCode: 421 });
      return undefined;
    },
    pass(message) {
      const problem = problems.get(message.to);
      if (problem === 'delays') delayed.push(message);
      else for (const one of altered(message, problem, scannerUrl)) deliver(one);
    },
  };
}

/** The emails that arrive in place of the original one. */
function altered(message: Message, problem: MailProblemName | undefined, scannerUrl: string): Message[] {
  switch (problem) {
    case 'duplicates':
      return [message, message];
    case 'strips the HTML from':
      return [{ ...message, html: '' }];
    case 'rewrites the links in': {
      const rewrite = (text: string): string =>
        text.replace(/https?:\/\/[^\s"<]+/g, (url) => (isTestLink(url) ? `${scannerUrl}/${url}` : url));
      return [{ ...message, text: rewrite(message.text), html: rewrite(message.html) }];
    }
    default:
      return [message];
  }
}
