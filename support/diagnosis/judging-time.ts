/** The time by which a captured message is judged: one rule for the command, the paste page and the stand. */
import { instantOf } from '../../sp/saml/checks/check.ts';
import type { CapturedMessage, CapturedRequest } from './messages.ts';

export interface JudgingTime {
  time: Date;
  /** Where the time comes from, such as: IssueInstant of the response. */
  source: string;
}

interface Known {
  /** Comes first. */
  given: Date | undefined;
  /** The request that a response belongs to, if captured. */
  request?: CapturedRequest | undefined;
  now: Date;
}

/** The time of capture; or else the message's own, because a check against now would call every old message expired. */
export function judgingTime(message: CapturedMessage, { given, request, now }: Known): JudgingTime {
  if (given !== undefined) return { time: given, source: 'as asked for' };
  if (message.at !== undefined) return message.at;
  const own = issueInstantIn(message.xml ?? '');
  if (own !== undefined) return { time: own, source: `IssueInstant of the ${message.kind}; the capture has no time` };
  const asked = request?.pending?.issuedAt;
  return asked === undefined
    ? { time: now, source: 'now; neither the capture nor the message has a time' }
    : { time: asked, source: `IssueInstant of the request in ${request!.where}; the capture has no time` };
}

/** The first that is valid, usually the root's: a malformed one is for the checks to report. */
function issueInstantIn(xml: string): Date | undefined {
  for (const [, written] of xml.matchAll(/\sIssueInstant\s*=\s*["']([^"']{1,40})["']/g)) {
    const instant = instantOf(written);
    if (instant !== undefined) return new Date(instant);
  }
  return undefined;
}
