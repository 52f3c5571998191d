/** A captured mailbox behind real SMTP: whoever waits for a message is told when it arrives. It never forwards anything. */
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { MailTroubleName } from '../catalogue/mail-troubles.ts';
import { keepMessage, readMessages } from './mail-file.ts';
import type { Message } from './message.ts';

export interface Mailbox {
  smtpUrl: string;
  /** Messages to this address, oldest first. */
  messagesTo(address: string): Promise<readonly Message[]>;
  /** The `count`th message to this address, as soon as it is there. Throws after `withinMs`, naming what did arrive. */
  waitFor(address: string, options?: { count?: number; withinMs?: number }): Promise<Message>;
}

export type StartedMailbox = Mailbox & AsyncDisposable & { trouble: MailTrouble };

/** Troubles of the mail's way, each for one recipient. */
export interface MailTrouble {
  arrange(address: string, trouble: MailTroubleName): void;
  /** Ends the trouble for what comes from now on; what was held back stays. */
  letPass(address: string): void;
  /** Ends the trouble; what was held back arrives now. */
  release(address: string): void;
}

export interface MailboxOptions {
  port?: number;
  host?: string;
  scannerUrl?: string;
  /** Keeps the messages over a restart. */
  file?: string | undefined;
}

export async function startMailbox({
  port = 0,
  host = '127.0.0.1',
  scannerUrl = '',
  file,
}: MailboxOptions = {}): Promise<StartedMailbox> {
  const arrived = new EventEmitter();
  arrived.setMaxListeners(0);
  const messages: Message[] = file === undefined ? [] : readMessages(file);
  const troubles = new Map<string, MailTroubleName>();
  const held: Message[] = [];
  const deliver = (...arriving: readonly Message[]): void => {
    messages.push(...arriving);
    if (file !== undefined) for (const message of arriving) keepMessage(file, message);
    arrived.emit('message');
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, _session, answer) => {
      const trouble = troubles.get(address);
      if (trouble === 'refuses') return answer(Object.assign(new Error('mailbox unavailable'), { responseCode: 550 }));
      if (trouble === 'is too busy for')
        return answer(Object.assign(new Error('too busy, try later'), { responseCode: 421 }));
      return answer();
    },
    onData: (stream, session, answer) => {
      simpleParser(stream).then((mail) => {
        for (const { address } of session.envelope.rcptTo) {
          const message = toMessage(mail, address);
          const trouble = troubles.get(address);
          if (trouble === 'holds back') held.push(message);
          else deliver(...pass(message, trouble, scannerUrl));
        }
        answer();
      }, answer);
    },
  });
  server.on('error', () => undefined); // a client that hangs up in the middle is its own affair
  server.listen(port, host);
  await once(server.server, 'listening');
  const messagesTo = (address: string): Promise<readonly Message[]> =>
    Promise.resolve(messages.filter(({ to }) => to === address));
  return {
    smtpUrl: `smtp://${host}:${(server.server.address() as AddressInfo).port}`,
    messagesTo,
    async waitFor(address, { count = 1, withinMs = 5_000 } = {}) {
      const deadline = AbortSignal.timeout(withinMs);
      for (;;) {
        const message = (await messagesTo(address))[count - 1];
        if (message) return message;
        await once(arrived, 'message', { signal: deadline }).catch(() => {
          throw new Error(
            `no message number ${count} to ${address} came within ${withinMs} ms; the mailbox holds messages to: ${[...new Set(messages.map(({ to }) => to))].join(', ') || 'nobody'}`,
          );
        });
      }
    },
    trouble: {
      arrange: (address, trouble) => void troubles.set(address, trouble),
      letPass: (address) => void troubles.delete(address),
      release(address) {
        troubles.delete(address);
        for (const message of held.filter(({ to }) => to === address)) {
          held.splice(held.indexOf(message), 1);
          deliver(message);
        }
      },
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

/** What arrives of a message on a way with this trouble. */
function pass(message: Message, trouble: MailTroubleName | undefined, scannerUrl: string): Message[] {
  switch (trouble) {
    case 'duplicates':
      return [message, message];
    case 'strips to text':
      return [{ ...message, html: '' }];
    case 'rewrites the links in': {
      const rewrite = (text: string): string =>
        text.replace(/https?:\/\/[^\s"<]+\/try\/[\w-]+/g, (link) => `${scannerUrl}/${link}`);
      return [{ ...message, text: rewrite(message.text), html: rewrite(message.html) }];
    }
    default:
      return [message];
  }
}

function toMessage(mail: ParsedMail, to: string): Message {
  return {
    from: mail.from?.text ?? '',
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    receivedAt: new Date(),
  };
}
