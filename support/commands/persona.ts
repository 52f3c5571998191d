/** `npm run persona -- learn FILE`: learns from a captured response how its identity provider writes. */
import { existsSync, writeFileSync } from 'node:fs';
import { type FactKey, labels } from '../catalogue/persona-facts.ts';
import { messagesIn } from '../diagnosis/capture.ts';
import { learnFromCapture } from '../diagnosis/products/learn-from-capture.ts';
import { versionLike } from '../diagnosis/products/persona-version.ts';
import { readCapture } from '../diagnosis/read-capture.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import { commandLine } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('persona', { args: 'learn FILE [options]', silent: true })}

Learns from a captured response how its identity provider writes: a persona, as JSON.

  FILE        a capture, as for diagnose; - reads standard input
  --to FILE   writes the persona there instead of to standard output
  --force     replaces that file
  --help      this text

A persona has the product that most likely wrote the response (\`name\`), what the response shows (\`set\`), and for
people what it does not show (\`learned\`). It has no entity ID, user, attribute value or key; only names of attributes.

Exit: 0 learned, 2 usage or unreadable.`;

const { values, positionals } = readOptions(help, {
  options: { to: { type: 'string' }, force: { type: 'boolean' } },
  allowPositionals: true,
});

try {
  await learn();
} catch (error) {
  if (!(error instanceof Unreadable)) throw error;
  stop(error.message);
}

async function learn(): Promise<void> {
  const [action, file, ...more] = positionals;
  const { to, force = false } = values;
  if (action !== 'learn' || file === undefined || more.length > 0) return stop('Write: persona learn FILE.', help);
  if (to !== undefined && !force && existsSync(to)) return stop(`${to} exists; --force replaces it.`);
  const { persona, where, isEncrypted, isFailure } = learnFromCapture(messagesIn(await readCapture(file)), {
    personaFor: ({ product }, message) => versionLike(product, message)?.code,
  });
  const text = `${asciiJson(persona)}\n`;
  if (to === undefined) process.stdout.write(text);
  else writeFileSync(to, text);
  const { set, learned } = persona;
  const unknown = learned.unknown.length === 0 ? '' : `\nIt does not show: ${namesOf(learned.unknown)}.`;
  const notLearned = notLearnedLine(learned.notLearned);
  const limits = isEncrypted
    ? '\nIts assertion is encrypted, so only what is around it is learned.'
    : isFailure
      ? '\nIt reports a failure and has no assertion.'
      : '';
  // Standard output may have the persona.
  console.error(
    harmless(
      `${learned.product}\nLearned ${Object.keys(set).length} settings from ${where}.${limits}${notLearned}${unknown}`,
    ),
  );
}

function notLearnedLine(reasons: Readonly<Record<string, string>>): string {
  const groups = Object.entries(Object.groupBy(Object.entries(reasons), ([, reason]) => reason));
  const named = groups.map(([reason, found = []]) => `${namesOf(found.map(([key]) => key))} (${reason})`);
  return named.length === 0 ? '' : `\nIt shows these, but they are not learned: ${named.join('; ')}.`;
}

/** As docs/identity-providers.md names them. */
function namesOf(keys: readonly string[]): string {
  return keys.map((key) => labels[key as FactKey]).join(', ');
}

/** Names of attributes may have characters that deceive a terminal. */
function asciiJson(value: unknown): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, 2).replace(/[\u007f-\uffff]/g, escaped);
}
