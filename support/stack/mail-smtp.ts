/** Receives emails by real SMTP. Whether and how they are kept is up to the caller; nothing is forwarded. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { inMegabytes, largestEmail } from './mail-message.ts';

export interface Envelope {
  from: string;
  to: readonly string[];
}

export interface SmtpOptions {
  port: number;
  host: string;
  /** The reply to the sender of an email to this address; undefined to accept it. */
  rejectionFor?: (address: string) => Error | undefined;
  /** The raw email (RFC 5322). */
  deliver: (raw: Buffer, envelope: Envelope) => Promise<void>;
}

/** Ready when it resolves. */
export async function listenForMail({
  port,
  host,
  rejectionFor,
  deliver,
}: SmtpOptions): Promise<{ port: number } & AsyncDisposable> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Some products always send a password.
    allowInsecureAuth: true,
    onAuth: (_given, _session, done) => done(null, { user: 'anyone' }),
    disableReverseLookup: true,
    logger: false,
    size: largestEmail,
    closeTimeout: 200, // milliseconds for emails in transit; an SP may keep its connection open
    onRcptTo: ({ address }, _session, done) => done(rejectionFor?.(address)),
    onData: (stream, { envelope: { mailFrom, rcptTo } }, done) => {
      const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
      receive(stream)
        .then((raw) => deliver(raw, envelope))
        .then(() => done(), done);
    },
  });
  server.on('error', () => undefined); // a client that hangs up in the middle is its own affair
  server.listen(port, host);
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

/** Throws the reply for the sender if the email is too large. */
async function receive(stream: SMTPServerDataStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) if (!stream.sizeExceeded) pieces.push(piece);
  if (stream.sizeExceeded)
    throw Object.assign(new Error(`emails are limited to ${inMegabytes(largestEmail)}`), { responseCode: 552 });
  return Buffer.concat(pieces);
}
