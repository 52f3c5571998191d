/** Emails stored in a file: one JSON object per line, appended as they arrive. */
import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Message } from './message.ts';

/** The file's emails, oldest first. A last line truncated by a crash is skipped. */
export function readMessages(file: string): Message[] {
  if (!existsSync(file)) return [];
  chmodSync(file, 0o600); // an older one may be open to all, and it holds test links
  const lines = readFileSync(file, 'utf8').split('\n');
  const unfinished = lines.pop();
  if (unfinished !== '') appendFileSync(file, '\n'); // otherwise the next email would continue the broken line
  return lines.flatMap((line): Message[] => {
    try {
      const { receivedAt, ...message } = JSON.parse(line) as Omit<Message, 'receivedAt'> & { receivedAt: string };
      return [{ ...message, receivedAt: new Date(receivedAt) }];
    } catch {
      return [];
    }
  });
}

/** On disk when it returns. */
export const keepMessage = (file: string, message: Message): void =>
  appendFileSync(file, `${JSON.stringify(message)}\n`, { mode: 0o600 });

/** Replaces the file. After a crash it has either the old emails or the new ones. */
export function replaceMessages(file: string, messages: readonly Message[]): void {
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, messages.map((message) => `${JSON.stringify(message)}\n`).join(''), { mode: 0o600 });
  renameSync(unfinished, file);
}
