/** Messages kept in a file: one JSON object a line, appended as they arrive. */
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import type { Message } from './message.ts';

/** What the file holds, oldest first; a last line that was cut off by a crash is left out. */
export function readMessages(file: string): Message[] {
  if (!existsSync(file)) return [];
  chmodSync(file, 0o600); // an older one may be open to all, and it holds test links
  const lines = readFileSync(file, 'utf8').split('\n');
  const unfinished = lines.pop();
  if (unfinished !== '') appendFileSync(file, '\n'); // or the next message would go on the broken line
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
