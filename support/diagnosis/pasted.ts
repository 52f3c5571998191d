/** Diagnoses a pasted SAMLResponse: XML, base64 or form body. */
import type { Finding } from '../../sp/rejection-advice.ts';
import { type Decoded, decode, decodeField } from '../../sp/saml/decode.ts';
import { judge } from '../../sp/saml/judge.ts';
import { type Expectation, hardenedPolicies, type NotVerified } from '../../sp/saml/judgement.ts';
import { peek } from '../../sp/saml/peek.ts';
import { read } from '../../sp/saml/read.ts';

/** Settings to judge the message against. Checks whose setting is missing are skipped. */
export interface JudgeSettings extends Partial<Omit<Expectation, 'now'>> {
  /** Time to judge by. Default: the message's IssueInstant. */
  now?: Date;
}

export interface PastedDiagnosis {
  verdict: 'accept' | 'reject' | 'undetermined';
  findings: readonly Finding[];
  notVerified: readonly NotVerified[];
  /** The decoded message; undefined if it cannot be decoded. */
  xml: string | undefined;
  issuer: string | undefined;
  judgedAt: Date;
}

export function diagnosePastedText(text: string, { now, ...settings }: JudgeSettings = {}): PastedDiagnosis {
  const decoded = decodePasted(text.trim());
  const rejected = (finding: Finding): Pick<PastedDiagnosis, 'verdict' | 'findings' | 'notVerified' | 'issuer'> => ({
    verdict: 'reject',
    findings: [finding],
    notVerified: [],
    issuer: undefined,
  });
  if (!decoded.ok) return { ...rejected(decoded.finding), xml: undefined, judgedAt: now ?? new Date() };
  const { xml, relayState } = decoded;
  const judgedAt = now ?? issuedAt(xml) ?? new Date();
  const outcome = read(xml);
  if (!outcome.ok) return { ...rejected(outcome.finding), xml, judgedAt };
  const { verdict, findings, notVerified } = judge(outcome.message, {
    sp: {},
    idp: {},
    policies: hardenedPolicies,
    ...settings,
    now: judgedAt,
    ...(relayState === undefined ? {} : { relayState }),
  });
  return { verdict, findings, notVerified, xml, issuer: peek(outcome.message).issuer, judgedAt };
}

function decodePasted(text: string): Decoded {
  if (text.startsWith('<')) return { ok: true, xml: text, relayState: undefined };
  if (/(^|&)SAML(Response|art)=/.test(text))
    return decode({ method: 'POST', fields: [...new URLSearchParams(text.replace(/\s+/g, ''))] });
  // A value copied from a captured body, still percent-encoded.
  return decodeField(
    /^[\w%+/=\s-]+$/.test(text) && /%(2B|2F|3D)/i.test(text)
      ? text.replace(/%(2B|2F|3D)/gi, (escaped) => decodeURIComponent(escaped))
      : text,
  );
}

function issuedAt(xml: string): Date | undefined {
  const instant = /\sIssueInstant\s*=\s*["']([^"']{1,40})["']/.exec(xml)?.[1];
  const time = instant === undefined ? NaN : Date.parse(instant);
  return Number.isNaN(time) ? undefined : new Date(time);
}
