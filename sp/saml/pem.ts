/** Finds PEM certificates in a text (RFC 7468, 2). */

const [beginning, ending] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'] as const;

/** The blocks with their BEGIN and END lines, and the rest of the text, including a block without an end. */
export function splitPem(text: string): { blocks: string[]; rest: string } {
  const blocks: string[] = [];
  let rest = '';
  let done = 0;
  for (let begin = text.indexOf(beginning); begin !== -1; begin = text.indexOf(beginning, done)) {
    const end = text.indexOf(ending, begin);
    if (end === -1) break;
    rest += text.slice(done, begin);
    done = end + ending.length;
    blocks.push(text.slice(begin, done));
  }
  return { blocks, rest: rest + text.slice(done) };
}
