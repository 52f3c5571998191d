/** Judges an attempt: pass, fail, policy or not verified, with the reason. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { choices } from '../catalogue/choices.ts';
import type { FaultRow, OptionalFeature } from '../catalogue/fault-expectation.ts';
import { type Demand, demands as policies } from './config.ts';
import type { Attempt } from './guest.ts';
import { type Severity, severityOf } from './severity.ts';

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
  /** Its rejection is null where the message must be accepted. */
  row: FaultRow;
  attempt: Attempt;
  struck: boolean;
  /** The name under which the service provider shows the user of all attempts. */
  user: string;
  unwanted: readonly OptionalFeature[];
  /** What a message must have to be accepted. */
  demands?: readonly Demand[];
  /** It claims to reject whatever the catalogue advises to reject, even where standards leave the choice. */
  hardened?: boolean;
  /** Set after a refusal. */
  recovered: Recovery | undefined;
  /** Set where the answer took far longer than for an honest message, every time; in milliseconds. */
  busy?: { ms: number; honestMs: number } | undefined;
}

export function judge(circumstances: Circumstances): Judgement {
  const { attempt, struck, recovered } = circumstances;
  if (recovered === 'nowhere' && attempt.sent === undefined)
    return unproven(circumstances, attempt.broken ?? 'no message came as far as the service provider');
  if (struck && recovered === 'nowhere')
    return {
      result: 'fail',
      severity: 'high',
      why:
        'the message put the service provider out of service: ' +
        'no honest sign-in works any more, not even in another browser',
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
  const judgement = judgeOutcome(circumstances);
  return circumstances.busy === undefined || judgement.result === 'fail'
    ? judgement
    : busyJudgement(circumstances.busy);
}

const busyJudgement = ({ ms, honestMs }: NonNullable<Circumstances['busy']>): Judgement => ({
  result: 'fail',
  severity: 'medium',
  why:
    `one message keeps the service provider busy for ${(ms / 1_000).toFixed(1)} s ` +
    `(an honest one for ${(honestMs / 1_000).toFixed(2)} s), as long as ${Math.round(ms / honestMs)} honest ones: ` +
    'a few of them at a time, and others have to wait',
});

/** No answer within the time is no proof of anything, and neither is a cut connection. */
const unproven = ({ struck }: Circumstances, broken: string): Judgement => ({
  result: 'not verified',
  why: struck ? `no response that could be judged: ${broken}` : broken,
});

function judgeOutcome(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict },
    row: { rejection },
    attempt: { signedIn },
  } = circumstances;
  const declared = judgeUnwantedFeature(circumstances) ?? judgeDemand(circumstances);
  if (declared !== undefined) return declared;
  if (rejection !== null && isAboutName(rejection))
    return holdToHardening(circumstances, judgeName(circumstances, rejection));
  if (rejection === 'relay-state-mismatch' || rejection === 'relay-state-missing')
    return { result: 'pass', why: signedIn ? 'signed in, and led nowhere that RelayState named' : 'refused' };
  const isGood = verdict === 'accept' || (typeof verdict === 'object' && rejection === null);
  return isGood ? judgeGoodMessage(circumstances) : holdToHardening(circumstances, judgeBadMessage(circumstances));
}

/** The message uses a feature that the configuration declines. */
function judgeUnwantedFeature({
  row: { feature },
  attempt: { signedIn },
  unwanted,
}: Circumstances): Judgement | undefined {
  if (feature === undefined || !unwanted.includes(feature)) return undefined;
  if (signedIn === undefined)
    return { result: 'policy', why: `refused; by its configuration the service provider does not want: ${feature}` };
  if (feature === 'encryption') return undefined;
  return {
    result: 'fail',
    severity: 'medium',
    why: `accepted, although by its configuration the service provider does not want: ${feature}`,
  };
}

/** The message lacks what the configuration demands. */
function judgeDemand({
  fault: { verdict },
  attempt: { signedIn },
  demands = [],
}: Circumstances): Judgement | undefined {
  const demanded = demands.find((one) => typeof verdict === 'object' && verdict.policy === policies[one]);
  if (demanded === undefined) return undefined;
  if (signedIn === undefined) return { result: 'pass', why: 'nobody was signed in' };
  return {
    result: 'fail',
    severity: 'medium',
    why: `accepted, although by its configuration the service provider demands: ${demanded}`,
  };
}

/**
 * Holds a hardened service provider to the choices that it claims not to have made. Other features than encryption
 * it can decline in its configuration: what it does not decline there, it may accept.
 */
function holdToHardening(
  { row: { feature }, hardened, attempt: { signedIn } }: Circumstances,
  judgement: Judgement,
): Judgement {
  return hardened &&
    (feature === undefined || feature === 'encryption') &&
    judgement.result === 'policy' &&
    signedIn !== undefined
    ? { result: 'fail', severity: 'low', why: `${judgement.why}; by its configuration it is hardened and refuses that` }
    : judgement;
}

/** The name that is signed in, if it is another one than the user's. */
const otherUser = ({ attempt: { signedIn }, user }: Circumstances): string | undefined =>
  signedIn && signedIn.as !== null && signedIn.as !== user ? signedIn.as : undefined;

/** Why the verdict is a choice; undefined where the standard decides. */
const choiceBehind = ({ fault: { verdict }, row: { choice } }: Circumstances): string | undefined => {
  if (typeof verdict === 'object') return verdict.because;
  return choice === undefined ? undefined : choices[choice];
};

function judgeGoodMessage(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, rule, amount },
    row: { choice },
    attempt: { signedIn },
  } = circumstances;
  const other = otherUser(circumstances);
  if (other !== undefined && choice === 'address-case')
    return { result: 'policy', why: `signed in as ${other}; ${choices[choice]}` };
  if (other !== undefined)
    return { result: 'fail', severity: 'critical', why: `signed in as ${other}, whom the message does not name` };
  if (signedIn) return { result: 'pass', why: 'signed in, as it should be' };
  const isTime = amount?.unit === 'minutes' || amount?.unit === 'seconds';
  const because = isTime && typeof verdict === 'string' ? choices['clock-skew'] : choiceBehind(circumstances);
  return because === undefined
    ? { result: 'fail', why: `a good message was refused: ${rule}` }
    : { result: 'policy', why: `refused; ${because}` };
}

function judgeBadMessage(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, code },
    row: { rejection, assertionSigned },
    attempt: { signedIn },
    unwanted,
  } = circumstances;
  if (signedIn === undefined)
    return typeof verdict === 'object'
      ? { result: 'policy', why: `refused; ${verdict.because}` }
      : { result: 'pass', why: 'nobody was signed in' };
  const other = otherUser(circumstances);
  if (other !== undefined) return judgeOtherUser(circumstances, other);
  if (assertionSigned && !unwanted.includes('assertion-signature-only'))
    return {
      result: 'fail',
      severity: 'low',
      why:
        'accepted: the signature of the response is not as it must be; that of the assertion is good, ' +
        'and whoever takes the former away gets as far',
    };
  const because = choiceBehind(circumstances);
  if (because !== undefined) return { result: 'policy', why: `accepted; ${because}` };
  return {
    result: 'fail',
    severity: severityOf(rejection!, code),
    why: `accepted, although: ${rejections[rejection!].sentence}`,
  };
}

/** A bad message signed in another user. */
function judgeOtherUser({ row: { ofAttacker, namesTwo } }: Circumstances, other: string): Judgement {
  if (ofAttacker)
    return {
      result: 'fail',
      severity: 'high',
      why:
        `signed in as ${other}, for whom the identity provider made the response in another browser: ` +
        'whoever sends it to a victim signs the victim in to an account of the attacker',
    };
  if (namesTwo)
    return {
      result: 'fail',
      severity: 'medium',
      why:
        `signed in as ${other}, the second of two names that the identity provider signed; ` +
        'another reader takes the first',
    };
  return { result: 'fail', severity: 'critical', why: `signed in as ${other}: forged content was believed` };
}

/** Rejections of a form of name that a service provider may as well accept. */
const nameForms: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'nameid-format-wrong',
  'nameid-qualifier-wrong',
  'nameid-too-long',
]);

/** The identity provider names another user: the user who is named may sign in, and nobody else. */
const isAboutName = (rejection: RejectionCode): boolean =>
  rejections[rejection].stage === 'account' || rejection === 'nameid-not-email' || nameForms.has(rejection);

function judgeName(
  { fault: { rule }, row: { invisible }, attempt: { signedIn }, user }: Circumstances,
  rejection: RejectionCode,
): Judgement {
  if (signedIn === undefined) return { result: 'pass', why: 'nobody was signed in' };
  if (nameForms.has(rejection))
    return { result: 'policy', why: 'accepted; which name identifiers are taken is the service provider’s own choice' };
  const { as } = signedIn;
  if (as === null)
    return { result: 'not verified', why: 'somebody is signed in, and this service provider does not tell who' };
  if (as !== user)
    return {
      result: 'policy',
      why:
        `signed in as ${as}, whom the message names; ` +
        'whether such a name is taken is the service provider’s own choice',
    };
  if (invisible) return { result: 'policy', why: `signed in as ${user}: what cannot be seen was taken off the name` };
  return {
    result: 'fail',
    severity: 'critical',
    why: `signed in as ${user}, although the message names somebody else: ${rule}`,
  };
}
