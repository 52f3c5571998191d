/** Reads the messages of a run from its `messages.ndjson`. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';

/** Stops at the first line that is not JSON: the last line of a killed run may be truncated. */
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
