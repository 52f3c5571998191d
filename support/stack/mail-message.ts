/** Turns raw emails (RFC 5322) into messages, and reads to whom they were sent. */
import { type AddressObject, type EmailAddress, type ParsedMail, simpleParser } from 'mailparser';
import { isSameAddress } from './mail-address.ts';
import { MailFailure } from './mail-failure.ts';
import type { Message } from './message.ts';

/** An email before it is known which of its recipients asked for it. */
export type Content = Omit<Message, 'to'>;

/** Size limit of one email in bytes. */
export const largestEmail = 10 * 1024 * 1024;

/** Throws MailFailure. */
export function checkSize(bytes: number): void {
  if (bytes > largestEmail)
    throw new MailFailure(`An email is larger than ${inMegabytes(largestEmail)}: it is not read`);
}

export const inMegabytes = (bytes: number): string => `${bytes / 1024 / 1024} MB`;

/** The headers that name recipients: by the sender, and by the servers on the way. */
export const recipientHeaders = ['to', 'cc', 'bcc', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'];

/** Also parses a block of headers alone. */
export const parseEmail = (raw: Buffer | string): Promise<ParsedMail> => simpleParser(raw);

/** True if it begins as an email does: with a header, after the line that some programs put first. */
export const looksLikeEmail = (raw: Buffer): boolean =>
  /^(>?From .*\r?\n)?[!-9;-~]+[ \t]*:/.test(raw.toString('latin1', 0, 4096));

export const contentOf = (mail: ParsedMail, receivedAt: Date): Content => ({
  from: mail.from?.text ?? '',
  subject: mail.subject ?? '',
  text: mail.text ?? '',
  html: mail.html || '',
  receivedAt,
});

export const isFor = (mail: ParsedMail, address: string): boolean =>
  recipientsOf(mail).some((one) => isSameAddress(one, address));

export const recipientsOf = ({ headers }: ParsedMail): string[] =>
  recipientHeaders.flatMap((name) => [headers.get(name) ?? []].flat().flatMap(addressesIn));

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.trim().replace(/^<(.*)>$/s, '$1')];
  const { value: entries } = value as Partial<AddressObject>;
  return (entries ?? []).flatMap(({ address, group = [] }: EmailAddress) =>
    [address, ...group.map((member) => member.address)].filter((one) => one !== undefined),
  );
}

/** By the clock of the server that received it last (RFC 5321, 4.4), otherwise by the sender's. */
export function timeOf({ headerLines, date }: ParsedMail): Date | undefined {
  const received = headerLines.find(({ key }) => key === 'received')?.line ?? '';
  const time = new Date(received.slice(received.lastIndexOf(';') + 1).replace(/\s+/g, ' '));
  return received.includes(';') && !Number.isNaN(time.getTime()) ? time : date;
}
