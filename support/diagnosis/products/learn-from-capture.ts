/** Chooses the response of a capture that shows most, and learns from it. */
import { read } from '../../../sp/saml/read.ts';
import { commandLine } from '../../terminal/command-line.ts';
import type { CapturedMessage } from '../messages.ts';
import { Unreadable } from '../unreadable.ts';
import { type LearnedPersona, type LearnOptions, learnPersona } from './learn.ts';
import { factsOf } from './message-facts.ts';

export interface LearnedFromCapture {
  persona: LearnedPersona;
  /** The place of the response, such as “request 3”. */
  where: string;
  isEncrypted: boolean;
  isFailure: boolean;
}

const noResponse =
  'The file has no response that can be read as XML. To see why: ' + commandLine('diagnose', { args: 'FILE' });

/** Throws Unreadable if no response can be read. */
export function learnFromCapture(messages: readonly CapturedMessage[], options: LearnOptions): LearnedFromCapture {
  let best: { xml: string; where: string; isEncrypted: boolean; isFailure: boolean; score: number } | undefined;
  for (const { xml, where } of responsesIn(messages)) {
    // Trees of all messages together may not fit into memory.
    const outcome = read(xml);
    if (!outcome.ok || outcome.message.document.documentElement.localName !== 'Response') continue;
    const { assertion, encryption } = factsOf(outcome.message);
    const isEncrypted = assertion === undefined && encryption !== undefined;
    const isFailure = assertion === undefined && encryption === undefined;
    const score = isFailure ? 0 : isEncrypted ? 1 : 2 + Math.min(assertion?.attributes.length ?? 0, 1);
    if (best === undefined || score > best.score) best = { xml, where, isEncrypted, isFailure, score };
  }
  const outcome = best && read(best.xml);
  if (best === undefined || !outcome?.ok) throw new Unreadable(noResponse);
  const { where, isEncrypted, isFailure } = best;
  return { persona: learnPersona(outcome.message, options), where, isEncrypted, isFailure };
}

const responsesIn = (messages: readonly CapturedMessage[]): { xml: string; where: string }[] =>
  messages.flatMap(({ kind, xml, where }) => (kind === 'response' && xml !== undefined ? [{ xml, where }] : []));
