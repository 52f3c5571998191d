/** A captured mailbox behind real SMTP: whoever waits for a message is told when it arrives. It never forwards anything. */
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  receivedAt: Date;
}

export interface Mailbox {
  smtpUrl: string;
  /** Messages to this address, oldest first. */
  messagesTo(address: string): Promise<readonly Message[]>;
  /** The `count`th message to this address, as soon as it is there. Throws after `withinMs`, naming what did arrive. */
  waitFor(address: string, options?: { count?: number; withinMs?: number }): Promise<Message>;
}

export type StartedMailbox = Mailbox & AsyncDisposable & { trouble: MailTrouble };

/** Named troubles of the mail's way, each for one recipient. */
export interface MailTrouble {
  refuse(address: string): void;
}

export async function startMailbox({ port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {}): Promise<StartedMailbox> {
  const arrived = new EventEmitter();
  arrived.setMaxListeners(0);
  const messages: Message[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: ({ address }, _session, answer) => {
      if (refused.has(address)) return answer(Object.assign(new Error('mailbox unavailable'), { responseCode: 550 }));
      return answer();
    },
    onData: (stream, session, answer) => {
      simpleParser(stream).then((mail) => {
        for (const { address } of session.envelope.rcptTo) messages.push(toMessage(mail, address));
        arrived.emit('message');
        answer();
      }, answer);
    },
  });
  server.on('error', () => undefined); // a client that hangs up in the middle is its own affair
  server.listen(port, host);
  await once(server.server, 'listening');
  const messagesTo = (address: string): Promise<readonly Message[]> => Promise.resolve(messages.filter(({ to }) => to === address));
  return {
    smtpUrl: `smtp://${host}:${(server.server.address() as AddressInfo).port}`,
    messagesTo,
    async waitFor(address, { count = 1, withinMs = 5_000 } = {}) {
      const deadline = AbortSignal.timeout(withinMs);
      for (;;) {
        const message = (await messagesTo(address))[count - 1];
        if (message) return message;
        await once(arrived, 'message', { signal: deadline }).catch(() => {
          throw new Error(`no message number ${count} to ${address} came within ${withinMs} ms; the mailbox holds messages to: ${[...new Set(messages.map(({ to }) => to))].join(', ') || 'nobody'}`);
        });
      }
    },
    trouble: { refuse: (address) => void refused.add(address) },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

function toMessage(mail: ParsedMail, to: string): Message {
  return { from: mail.from?.text ?? '', to, subject: mail.subject ?? '', text: mail.text ?? '', html: mail.html || '', receivedAt: mail.date ?? new Date(0) };
}
