/** One row for the terminal: what was sent, what happened, and who is signed in afterwards. */
import { harmless } from '../../terminal/foreign-text.ts';
import type { Row } from '../examination.ts';
import { severityName } from '../severity.ts';
import { signedInText } from '../summary.ts';

export function rowText({ code, phrase, result, severity, why, reply, cause, ...row }: Row): string {
  const found = result === 'fail' ? `fail, ${severityName(severity)}: ${cause}` : result;
  return [
    `${code}: ${harmless(phrase)}`,
    `  ${found}: ${harmless(why)}`,
    `  ${harmless(signedInText(row))}`,
    ...(reply === null ? [] : [`  reply: ${reply.status} ${harmless(reply.url)}`]),
  ].join('\n');
}
