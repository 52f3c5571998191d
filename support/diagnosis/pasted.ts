/** Diagnoses a pasted SAMLResponse: as XML, as base64, or as the body of the form. */
import type { Finding } from '../../sp/rejection-advice.ts';
import { type Decoded, decode, decodeField } from '../../sp/saml/decode.ts';
import { judge } from '../../sp/saml/judge.ts';
import { type Expectation, hardenedPolicies, type NotVerified } from '../../sp/saml/judgement.ts';
import { peek } from '../../sp/saml/peek.ts';
import { read } from '../../sp/saml/read.ts';

/** What is known of the connection. Checks whose setting is missing are skipped. */
export interface Known extends Partial<Omit<Expectation, 'now'>> {
  /** The time to judge by; without it, the moment at which the message says that it was issued. */
  now?: Date;
}

export interface PastedDiagnosis {
  verdict: 'accept' | 'reject' | 'undetermined';
  findings: readonly Finding[];
  notVerified: readonly NotVerified[];
  /** The decoded message; undefined where there is none to decode. */
  xml: string | undefined;
  issuer: string | undefined;
  judgedAt: Date;
}

export function diagnosePastedText(text: string, { now, ...known }: Known = {}): PastedDiagnosis {
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
    ...known,
    now: judgedAt,
    ...(relayState === undefined ? {} : { relayState }),
  });
  return { verdict, findings, notVerified, xml, issuer: peek(outcome.message).issuer, judgedAt };
}

function decodePasted(text: string): Decoded {
  if (text.startsWith('<')) return { ok: true, xml: text, relayState: undefined };
  if (/(^|&)SAML(Response|art)=/.test(text))
    return decode({ method: 'POST', fields: [...new URLSearchParams(text.replace(/\s+/g, ''))] });
  // The value as in a captured body, still percent-encoded.
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
