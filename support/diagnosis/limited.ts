/** Reads the messages of a capture up to a limit. */
import type { Exchange } from './exchange.ts';
import { type CapturedMessage, messagesOf } from './messages.ts';
import { Unreadable } from './unreadable.ts';

/** For all messages together: enough for hundreds of sign-ins, within the memory limit. */
const limits = { messages: 5_000, characters: 3 * 1024 * 1024, elements: 60_000 };

/** Throws Unreadable if there are too many. */
export function limited(exchanges: Iterable<Exchange>): CapturedMessage[] {
  const messages: CapturedMessage[] = [];
  let [characters, elements] = [0, 0];
  for (const exchange of exchanges)
    for (const message of messagesOf(exchange)) {
      characters += message.xml?.length ?? 0;
      if (message.kind === 'response' && message.outcome.ok) elements += message.outcome.elements;
      const isTooMuch = characters > limits.characters || elements > limits.elements;
      if (isTooMuch || messages.length === limits.messages)
        throw new Unreadable(
          'The file contains more than 5,000 SAML messages, 3 MB of messages or 60,000 XML elements. ' +
            'Export only the requests of the sign-in.',
        );
      messages.push(message);
    }
  return messages;
}
