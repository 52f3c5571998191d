/** Reads the messages that a run has left in its `messages.ndjson`. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';

/** Up to the first line that is not JSON: a run that was killed may end within a line. */
export async function* messagesIn(file: string): AsyncGenerator<{ line: string; message: Envelope }> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line === '') continue;
    const message = parsed(line);
    if (message === undefined) return;
    yield { line, message };
  }
}

function parsed(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch {
    return undefined;
  }
}
