/**
 * Entry point `sso-rehearsal/saml`: why a SAML response was rejected, and who must fix it. It explains, and must never
 * decide a sign-in. It reads no files, keeps nothing between calls, and limits what it reads.
 */
import {
  adviceOn,
  type Circumstance,
  circumstances,
  type FixedBy,
  isRejectionCode,
  type RejectionCode,
  rejections,
  type Stage,
} from '../../sp/rejection-advice.ts';
import type { PendingRequest } from '../../sp/saml/judgement.ts';
import { type CaseCode, type CaseStage, caseOf, cases } from '../../sp/troubleshooting.ts';
import { messagesIn } from './capture.ts';
import { diagnose as diagnoseMessages } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';
import { type DiagnoseOptions, limitOf, settingsOf } from './library-options.ts';
import { type CapturedMessage, type CapturedRequest, messagesOf } from './messages.ts';
import { createRedactor } from './redact.ts';
import { Unreadable } from './unreadable.ts';

export type { Circumstance, FixedBy, RejectionCode, Stage } from '../../sp/rejection-advice.ts';
export type { PendingRequest } from '../../sp/saml/judgement.ts';
export type { CaseCode, CaseStage } from '../../sp/troubleshooting.ts';
export type { Diagnosis } from './diagnosis.ts';
export { type DiagnoseOptions, defaultMaxBytes } from './library-options.ts';
export type { DiagnosisPolicies } from './policies.ts';
/** Thrown for input and options that cannot be used. Its message is one sentence for a person. */
export { Unreadable } from './unreadable.ts';

/** The fields that the browser posted to the ACS, as text. */
export interface PostedForm {
  SAMLResponse: string;
  RelayState?: string | undefined;
}

/**
 * One diagnosis for each response in the input, the deciding finding first, and for each request without a response:
 * what `npx sso-rehearsal diagnose --json` prints. The input is what the browser posted, or all that the command
 * takes: XML, base64, a HAR file, a copied request. Throws Unreadable.
 */
export async function diagnose(
  input: string | Uint8Array | PostedForm,
  options: DiagnoseOptions = {},
): Promise<Diagnosis[]> {
  if (typeof options !== 'object' || options === null) throw new Unreadable('The options must be an object.');
  const { request, showSecrets = false } = options;
  const settings = await settingsOf(options);
  const known = request === undefined ? [] : [knownRequest(request)];
  try {
    const diagnosed = diagnoseMessages([...known, ...messagesOfInput(input, limitOf(options))], {
      settings,
      redactor: createRedactor({ showSecrets }),
    });
    return diagnosed.filter(({ message }) => !known.includes(message as CapturedRequest)).map((one) => one.diagnosis);
  } catch (error) {
    throw inOptionsOfLibrary(error);
  }
}

export interface Explanation {
  code: RejectionCode;
  stage: Stage;
  /** The error in one sentence. */
  message: string;
  fixedBy: FixedBy;
  /** How to fix it. */
  fix: string;
  /** The rule behind it. */
  reference: string;
  /** The troubleshooting entry that it leads to. */
  case: {
    code: CaseCode;
    stage: CaseStage;
    title: string;
    symptom: string;
    cause: string;
    fixedBy: readonly FixedBy[];
    fix: string;
  };
}

/** The meaning of a code, who fixes it and how. The circumstance of a finding changes the advice. */
export function explain(code: RejectionCode, options?: { circumstance?: Circumstance | undefined }): Explanation;
/** Undefined if there is no such code. */
export function explain(code: string, options?: { circumstance?: Circumstance | undefined }): Explanation | undefined;
export function explain(
  code: string,
  { circumstance }: { circumstance?: Circumstance | undefined } = {},
): Explanation | undefined {
  if (!isRejectionCode(code)) return undefined;
  const known = circumstance !== undefined && Object.hasOwn(circumstances, circumstance) ? { circumstance } : {};
  const { sentence: message, fixedBy, fix, reference } = adviceOn({ code, ...known });
  const entry = caseOf(code);
  const { title, symptom, cause, ...words } = cases[entry];
  return {
    code,
    stage: rejections[code].stage,
    message,
    fixedBy,
    fix,
    reference,
    case: { code: entry, stage: words.stage, title, symptom, cause, fixedBy: words.fixedBy, fix: words.fix },
  };
}

/** Every code that a finding can have. */
export const rejectionCodes: readonly RejectionCode[] = Object.keys(rejections) as RejectionCode[];

function messagesOfInput(input: string | Uint8Array | PostedForm, limit: number): CapturedMessage[] {
  if (typeof input === 'string' || input instanceof Uint8Array) {
    checkSize(typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength, limit);
    return messagesIn(Buffer.from(input as string));
  }
  if (typeof input !== 'object' || input === null)
    throw new Unreadable('The input must be text, bytes or the posted form.');
  const { SAMLResponse, RelayState } = input;
  if (SAMLResponse === undefined) throw new Unreadable('The form has no SAMLResponse.');
  if (typeof SAMLResponse !== 'string')
    throw new Unreadable('The form has SAMLResponse more than once, or not as text.');
  if (RelayState !== undefined && typeof RelayState !== 'string') throw new Unreadable('RelayState must be text.');
  checkSize(Buffer.byteLength(SAMLResponse) + Buffer.byteLength(RelayState ?? ''), limit);
  return messagesOf({
    where: 'the form',
    method: 'POST',
    url: undefined,
    contentType: 'application/x-www-form-urlencoded',
    fields: [
      ['SAMLResponse', SAMLResponse],
      ...(RelayState === undefined ? [] : [['RelayState', RelayState] as const]),
    ],
    xml: undefined,
    at: { time: new Date(), source: 'now, as the form has just arrived' },
  });
}

function checkSize(bytes: number, limit: number): void {
  if (bytes > limit) throw new Unreadable(`The input has more than ${limit} bytes (maxBytes).`);
}

const knownRequest = (pending: PendingRequest): CapturedRequest => ({
  kind: 'request',
  where: 'the option request',
  sentTo: undefined,
  at: undefined,
  xml: undefined,
  pending,
});

/** Messages of the command name its own options. */
const inOptionsOfLibrary = (error: unknown): unknown =>
  error instanceof Unreadable && error.message.includes('--idp-metadata')
    ? new Unreadable(error.message.replace('--idp-metadata', 'idpMetadata'))
    : error;
