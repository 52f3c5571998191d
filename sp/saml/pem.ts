/** Certificates in PEM, taken out of a text of any length by its marks (RFC 7468, 2). */

const [beginning, ending] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'] as const;

/** Each block with its marks, and what stands around them. A block without an end belongs to the rest. */
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
