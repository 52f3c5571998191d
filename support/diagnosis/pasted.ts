/** Diagnoses pasted text as the command diagnoses a file. */
import type { Finding } from '../../sp/rejection-advice.ts';
import { type Expectation, hardenedPolicies } from '../../sp/saml/judgement.ts';
import { peek } from '../../sp/saml/peek.ts';
import { read } from '../../sp/saml/read.ts';
import { messagesIn } from './capture.ts';
import { type Diagnosed, type Diagnosis, diagnose } from './diagnose.ts';
import { sentenceOf } from './products/recognize.ts';
import { reportedErrorsInFile } from './products/reported-errors.ts';
import { createRedactor } from './redact.ts';

/** Settings to judge the message against. Checks whose setting is missing are skipped. */
export interface JudgeSettings extends Partial<Pick<Expectation, 'sp' | 'idp' | 'policies'>> {
  /** Time to judge by. Default: what the capture or the message tells. */
  now?: Date;
}

export interface PastedDiagnosis extends Omit<Diagnosis, 'findings' | 'judgedAt'> {
  kind: Diagnosed['message']['kind'];
  findings: readonly Finding[];
  where: string;
  /** The decoded message; undefined if it cannot be decoded. */
  xml: string | undefined;
  issuer: string | undefined;
  judgedAt: Date;
  /** In a sentence: the product that most likely wrote it. */
  product: string | undefined;
  /** Where that time comes from; undefined if the message is not judged. */
  timeSource: string | undefined;
}

/** One for each message. Throws Unreadable if there is none. */
export const diagnosePastedText = (text: string, settings: JudgeSettings = {}): PastedDiagnosis[] =>
  diagnoseCapture(Buffer.from(text), settings).map(onPage);

/** As the command diagnoses a file; it also makes the command's output. Throws Unreadable if there is no message. */
export function diagnoseCapture(octets: Buffer, { now, ...settings }: JudgeSettings = {}): Diagnosed[] {
  const connection = { at: now, requestId: undefined, sp: {}, idp: {}, policies: hardenedPolicies, ...settings };
  return diagnose(messagesIn(octets), {
    settings: connection,
    redactor: createRedactor({ showSecrets: true }),
    reportedErrors: reportedErrorsInFile(octets),
  });
}

/** A diagnosis as a page shows it. */
export function onPage({ diagnosis, message, judgedAt, recognition, lines, xml }: Diagnosed): PastedDiagnosis {
  const outcome = xml === undefined ? undefined : read(xml);
  return {
    ...diagnosis,
    kind: message.kind,
    findings: diagnosis.findings.map(({ code, circumstance, expected, received, path }, index) => ({
      code,
      ...(circumstance === undefined ? {} : { circumstance }),
      ...(expected === null ? {} : { expected }),
      ...(received === null ? {} : { received }),
      ...(path === null ? {} : { path }),
      ...(lines[index] === undefined ? {} : { line: lines[index] }),
    })),
    where: message.where,
    xml,
    issuer: outcome?.ok ? peek(outcome.message).issuer : undefined,
    judgedAt,
    product: message.kind === 'response' ? sentenceOf(recognition) : undefined,
    timeSource: diagnosis.judgedAt?.source,
  };
}
