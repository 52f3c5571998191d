/** What an attempt proves of the service provider: pass, fail, policy or not verified, with the reason. It sends nothing. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type RejectionCode, rejections } from '../../sp/rejection.ts';
import { type Demand, type Optional, demands as settings } from './config.ts';
import type { Attempt } from './guest.ts';
import { choiceBehind, choiceOfSkew, leavesAssertionSigned, needs, type Severity, severityOf } from './severity.ts';

export type Result = 'pass' | 'fail' | 'policy' | 'not verified';

export interface Judgement {
  result: Result;
  /** Of an attack that was accepted. */
  severity?: Severity;
  why: string;
}

/** Where an honest sign-in works after a refusal: in the same browser, only in another one, or nowhere any more. */
export type Recovery = 'here' | 'elsewhere' | 'nowhere';

export interface Circumstances {
  fault: Omit<Fault, 'strikes'>;
  /** How our own SP refuses it; null where it takes it. */
  rejection: RejectionCode | null;
  attempt: Attempt;
  struck: boolean;
  /** As the service provider names the user of all attempts. */
  user: string;
  unwanted: readonly Optional[];
  /** What it refuses a message for that does without. */
  demands?: readonly Demand[];
  /** It claims to refuse whatever the catalogue advises to refuse, also where standards leave the choice. */
  hardened?: boolean;
  /** Set after a refusal. */
  recovered: Recovery | undefined;
  /** Set where the answer took far longer than that to an honest message, every time; milliseconds. */
  busy?: { ms: number; honestMs: number };
}

export function judge(circumstances: Circumstances): Judgement {
  const { attempt, struck, recovered } = circumstances;
  if (struck && recovered === 'nowhere')
    return {
      result: 'fail',
      severity: 'high',
      why: 'the message put the service provider out of service: no honest sign-in works any more, not even in another browser',
    };
  if (attempt.broken !== undefined && attempt.signedIn === undefined) return unproven(circumstances, attempt.broken);
  if (!struck)
    return {
      result: 'not verified',
      why: 'the fault found nothing to strike at in the answer to this service provider',
    };
  if (attempt.ledAway !== undefined)
    return {
      result: 'fail',
      severity: 'high',
      why: `the service provider redirected to ${attempt.ledAway}, which the message named`,
    };
  if (attempt.echoed) return { result: 'fail', severity: 'high', why: 'the page holds RelayState unescaped' };
  if (recovered === 'elsewhere')
    return {
      result: 'fail',
      severity: 'medium',
      why: 'nobody was signed in, and the next honest sign-in in the same browser was refused, too',
    };
  const judgement = verdictOn(circumstances);
  return circumstances.busy === undefined || judgement.result === 'fail' ? judgement : ofBusy(circumstances.busy);
}

const ofBusy = ({ ms, honestMs }: NonNullable<Circumstances['busy']>): Judgement => ({
  result: 'fail',
  severity: 'medium',
  why: `one message keeps the service provider busy for ${(ms / 1_000).toFixed(1)} s (an honest one for ${(honestMs / 1_000).toFixed(2)} s): a few of them at a time, and others have to wait`,
});

/** No answer within the time is no proof of anything, and neither is a cut connection. */
const unproven = ({ struck }: Circumstances, broken: string): Judgement => ({
  result: 'not verified',
  why: struck ? `no answer that could be judged: ${broken}` : broken,
});

function verdictOn(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, code, rule },
    rejection,
    attempt: { signedIn },
    user,
    unwanted,
    demands = [],
  } = circumstances;
  const declined = needs(code);
  if (declined !== undefined && unwanted.includes(declined)) {
    if (signedIn === undefined)
      return { result: 'policy', why: `refused; by its configuration the service provider does not want: ${declined}` };
    if (declined !== 'encryption')
      return {
        result: 'fail',
        severity: 'medium',
        why: `accepted, although by its configuration the service provider does not want: ${declined}`,
      };
  }
  const demanded = demands.find((one) => typeof verdict === 'object' && verdict.policy === settings[one]);
  if (demanded !== undefined)
    return signedIn === undefined
      ? { result: 'pass', why: 'nobody was signed in' }
      : {
          result: 'fail',
          severity: 'medium',
          why: `accepted, although by its configuration the service provider demands: ${demanded}`,
        };
  if (aboutName(rejection, code)) return heldTo(circumstances, ofName(rejection!, code, signedIn?.as, user, rule));
  if (isRelayState(rejection))
    return { result: 'pass', why: signedIn ? 'signed in, and led nowhere that RelayState named' : 'refused' };
  const isGood = verdict === 'accept' || (typeof verdict === 'object' && rejection === null);
  return isGood ? ofGood(circumstances) : heldTo(circumstances, ofBad(circumstances));
}

/** A choice that a hardened service provider claims not to have made. What it does not want is told by its configuration, so what it does want is, too; how well something is encrypted is another matter. */
function heldTo({ fault: { code }, hardened, attempt: { signedIn } }: Circumstances, judgement: Judgement): Judgement {
  return hardened &&
    ['encryption', undefined].includes(needs(code)) &&
    judgement.result === 'policy' &&
    signedIn !== undefined
    ? { result: 'fail', severity: 'low', why: `${judgement.why}; by its configuration it is hardened and refuses that` }
    : judgement;
}

/** Whoever is signed in, and is not the user of the story. */
const somebodyElse = ({ attempt: { signedIn }, user }: Circumstances): string | undefined =>
  signedIn && signedIn.as !== null && signedIn.as !== user ? signedIn.as : undefined;

function ofGood(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, code, rule, amount },
    attempt: { signedIn },
  } = circumstances;
  const other = somebodyElse(circumstances);
  if (other !== undefined && code === 'nameid-case-variant')
    return { result: 'policy', why: `signed in as ${other}; ${choiceBehind(code)}` };
  if (other !== undefined)
    return { result: 'fail', severity: 'critical', why: `signed in as ${other}, whom the message does not name` };
  if (signedIn) return { result: 'pass', why: 'signed in, as it should be' };
  const choice =
    typeof verdict === 'object'
      ? verdict.because
      : amount?.unit === 'minutes' || amount?.unit === 'seconds'
        ? choiceOfSkew
        : choiceBehind(code);
  return choice === undefined
    ? { result: 'fail', why: `a good message was refused: ${rule}` }
    : { result: 'policy', why: `refused; ${choice}` };
}

function ofBad(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, code },
    rejection,
    attempt: { signedIn },
    unwanted,
  } = circumstances;
  if (signedIn === undefined)
    return typeof verdict === 'object'
      ? { result: 'policy', why: `refused; ${verdict.because}` }
      : { result: 'pass', why: 'nobody was signed in' };
  const other = somebodyElse(circumstances);
  if (other !== undefined && code === 'login-csrf')
    return {
      result: 'fail',
      severity: 'high',
      why: `signed in as ${other}, for whom the identity provider made the response in another browser: whoever sends it to a victim signs the victim in to an account of the attacker`,
    };
  if (other !== undefined && ofIdp.has(code))
    return {
      result: 'fail',
      severity: 'medium',
      why: `signed in as ${other}, the second of two names that the identity provider signed; another reader takes the first`,
    };
  if (other !== undefined)
    return { result: 'fail', severity: 'critical', why: `signed in as ${other}: forged content was believed` };
  if (leavesAssertionSigned(code) && !unwanted.includes('assertion-signature-only'))
    return {
      result: 'fail',
      severity: 'low',
      why: 'accepted: the signature of the response is not as it must be; that of the assertion is good, and whoever takes the former away gets as far',
    };
  const choice = typeof verdict === 'object' ? verdict.because : choiceBehind(code);
  if (choice !== undefined) return { result: 'policy', why: `accepted; ${choice}` };
  return {
    result: 'fail',
    severity: severityOf(rejection!, code),
    why: `accepted, although: ${rejections[rejection!].sentence}`,
  };
}

/** The identity provider names somebody else than the user of the story: whoever is named may sign in, but nobody else. */
const aboutName = (rejection: RejectionCode | null, code: string): boolean =>
  rejection !== null &&
  (rejections[rejection].stage === 'account' ||
    ['nameid-not-email', 'nameid-format-wrong', 'nameid-qualifier-wrong', 'nameid-too-long'].includes(rejection)) &&
  code !== 'login-csrf';

/** Faults in which the identity provider itself names two people, and signs that. */
const ofIdp = new Set(['subject-two', 'nameid-two']);

/** Faults that only put something invisible around the very same name. */
const trimmed = /^nameid-(trailing-space|line-breaks|nbsp|zero-width|bidi)$/;

function ofName(
  rejection: RejectionCode,
  code: string,
  as: string | null | undefined,
  user: string,
  rule: string,
): Judgement {
  if (as === undefined) return { result: 'pass', why: 'nobody was signed in' };
  if (
    rejection.startsWith('nameid-format') ||
    rejection === 'nameid-qualifier-wrong' ||
    rejection === 'nameid-too-long'
  )
    return { result: 'policy', why: 'accepted; which name identifiers are taken is the service provider’s own choice' };
  if (as === null)
    return { result: 'not verified', why: 'somebody is signed in, and this service provider does not tell who' };
  if (as !== user)
    return {
      result: 'policy',
      why: `signed in as ${as}, whom the message names; whether such a name is taken is the service provider’s own choice`,
    };
  if (trimmed.test(code))
    return { result: 'policy', why: `signed in as ${user}: what cannot be seen was taken off the name` };
  return {
    result: 'fail',
    severity: 'critical',
    why: `signed in as ${user}, although the message names somebody else: ${rule}`,
  };
}

const isRelayState = (rejection: RejectionCode | null): boolean =>
  rejection === 'relay-state-mismatch' || rejection === 'relay-state-missing';
