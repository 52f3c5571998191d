/** Judges an attempt: pass, fail, policy or not verified, with the reason. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { choices } from '../catalogue/choices.ts';
import type { FaultRow, OptionalFeature } from '../catalogue/fault-expectation.ts';
import { type Demand, demands as policies } from '../product/recipe-conformance.ts';
import { causeOf } from './causes.ts';
import type { Attempt } from './guest.ts';
import { type Severity, severityOf } from './severity.ts';

export type Result = 'pass' | 'fail' | 'policy' | 'not verified';

export interface Judgement {
  result: Result;
  /** Of an accepted attack. */
  severity?: Severity;
  /** The missing check or the defect, in a few words. Set if the result is fail. */
  cause?: string;
  why: string;
}

/** Where a valid sign-in works after a rejection: in the same browser, in another one, there only later, or nowhere. */
export type Recovery = 'here' | 'elsewhere' | 'late' | 'nowhere';

export interface Circumstances {
  fault: Omit<Fault, 'strikes'>;
  /** Its rejection is null if the response must be accepted. */
  row: FaultRow;
  attempt: Attempt;
  struck: boolean;
  /** The name that the service provider shows for the user of all attempts. */
  user: string;
  unwanted: readonly OptionalFeature[];
  /** Features without which a response must be rejected. */
  demands?: readonly Demand[];
  /** Claims to reject everything that the catalogue recommends to reject, even where standards leave the choice. */
  hardened?: boolean;
  /** True if the configuration says how much clock skew is allowed. */
  knowsSkew?: boolean;
  /** Set after a rejection. */
  recovered: Recovery | undefined;
  /** Set if the reply took far longer than to a valid response, every time; in milliseconds. */
  busy?: { ms: number; isAtLeast?: boolean | undefined; validMs: number; timesAsLong: number } | undefined;
}

export function judge(circumstances: Circumstances): Judgement {
  const judgement = judgeAttempt(circumstances);
  return judgement.result === 'fail' ? { cause: causeIn(circumstances, judgement), ...judgement } : judgement;
}

/** The cause of a finding that does not name one. */
function causeIn({ fault: { code }, row: { rejection } }: Circumstances, { severity }: Judgement): string {
  if (severity === undefined || rejection === null) return 'rejects valid responses';
  if (severity === 'critical') return causeOf('nothing-signed');
  return hidesAudience(code) ? causeOf('audience-mismatch') : causeOf(rejection);
}

/** Signed letters are hidden, so that another Audience is read. */
const hidesAudience = (code: string): boolean => code.endsWith('-hides-audience');

function judgeAttempt(circumstances: Circumstances): Judgement {
  const { attempt, struck, recovered } = circumstances;
  if (recovered === 'nowhere' && !attempt.posted)
    return notVerified(circumstances, attempt.broken ?? 'no response reached the service provider');
  if (struck && recovered === 'nowhere')
    return {
      result: 'fail',
      severity: 'high',
      cause: 'goes out of service',
      why:
        'the response put the service provider out of service: ' +
        'valid sign-ins no longer work, not even in another browser',
    };
  if (struck && recovered === 'late') return busyUntilLater;
  if (attempt.broken !== undefined && attempt.signedIn === undefined) return notVerified(circumstances, attempt.broken);
  if (!struck)
    return {
      result: 'not verified',
      why: 'the fault does not apply to the response for this service provider',
    };
  if (!attempt.posted && attempt.signedIn === undefined)
    return { result: 'not verified', why: 'nothing was sent to the service provider' };
  if (attempt.ledAway !== undefined)
    return {
      result: 'fail',
      severity: 'high',
      cause: 'follows RelayState anywhere',
      why: `the service provider redirected to ${attempt.ledAway}, a URL taken from RelayState`,
    };
  if (attempt.echoed)
    return {
      result: 'fail',
      severity: 'high',
      cause: 'writes RelayState into its page',
      why: 'the page contains RelayState unescaped',
    };
  if (attempt.signedIn?.as === '')
    return {
      result: 'fail',
      severity: 'medium',
      cause: 'opens sessions without a name',
      why: 'the service provider opened a session that shows no name',
    };
  if (recovered === 'elsewhere')
    return {
      result: 'fail',
      severity: 'medium',
      cause: 'keeps a browser from signing in after a rejection',
      why: 'no user was signed in, and the next valid sign-in in the same browser was rejected too',
    };
  const judgement = withCut(judgeOutcome(circumstances), attempt);
  return circumstances.busy === undefined || judgement.result === 'fail'
    ? judgement
    : busyJudgement(circumstances.busy);
}

/** Adds that the connection broke. */
const withCut = (judgement: Judgement, { cut, signedIn }: Attempt): Judgement =>
  cut === undefined || signedIn !== undefined ? judgement : { ...judgement, why: `${judgement.why}; ${cut}` };

const isKeptBusy = {
  result: 'fail',
  severity: 'medium',
  cause: 'is kept busy by one response',
} as const;

const busyUntilLater: Judgement = {
  ...isKeptBusy,
  why:
    'one response keeps the service provider busy: valid sign-ins after it had no reply within the time limit, ' +
    'and worked only later',
};

const busyJudgement = ({ ms, isAtLeast, validMs, timesAsLong }: NonNullable<Circumstances['busy']>): Judgement => ({
  ...isKeptBusy,
  why:
    `one response keeps the service provider busy for ${isAtLeast ? 'at least ' : ''}${(ms / 1_000).toFixed(1)} s ` +
    `(a valid one for ${(validMs / 1_000).toFixed(2)} s), as long as ${Math.round(ms / validMs)} valid ones, ` +
    `at ${timesAsLong.toFixed(1)} times the length of one: a few of them at once make other users wait`,
});

/** A timeout shows nothing, and neither does a cut connection. */
const notVerified = ({ struck }: Circumstances, broken: string): Judgement => ({
  result: 'not verified',
  why: struck ? `no reply that could be judged: ${broken}` : broken,
});

function judgeOutcome(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict },
    row: { rejection, namesAnother },
    attempt: { signedIn },
  } = circumstances;
  const declared = judgeUnwantedFeature(circumstances) ?? judgeDemand(circumstances);
  if (declared !== undefined) return declared;
  if (rejection !== null && (isAboutName(rejection) || namesAnother))
    return applyHardening(circumstances, judgeName(circumstances, rejection));
  if (rejection === 'relay-state-mismatch' || rejection === 'relay-state-missing')
    return { result: 'pass', why: signedIn ? 'signed in, and RelayState was not followed' : 'rejected' };
  const isValid = verdict === 'accept' || (typeof verdict === 'object' && rejection === null);
  return isValid ? judgeValidResponse(circumstances) : applyHardening(circumstances, judgeBadResponse(circumstances));
}

/** The response uses a feature that the configuration declines. */
function judgeUnwantedFeature({
  row: { feature },
  attempt: { signedIn },
  unwanted,
}: Circumstances): Judgement | undefined {
  if (feature === undefined || !unwanted.includes(feature)) return undefined;
  if (signedIn === undefined)
    return { result: 'policy', why: `rejected; the configuration lists as unwanted: ${feature}` };
  if (feature === 'encryption') return undefined;
  return {
    result: 'fail',
    severity: 'medium',
    why: `accepted, although the configuration lists as unwanted: ${feature}`,
  };
}

/** The response lacks a feature that the configuration demands. */
function judgeDemand({
  fault: { verdict },
  attempt: { signedIn },
  demands = [],
}: Circumstances): Judgement | undefined {
  const demanded = demands.find((one) => typeof verdict === 'object' && verdict.policy === policies[one]);
  if (demanded === undefined) return undefined;
  if (signedIn === undefined) return { result: 'pass', why: 'no user was signed in' };
  return {
    result: 'fail',
    severity: 'medium',
    why: `accepted, although the configuration demands: ${demanded}`,
  };
}

/**
 * A hardened service provider claims to reject what standards leave open. Features other than encryption can be
 * declined in its configuration: what is not declined there may be accepted.
 */
function applyHardening(
  { row: { feature }, hardened, attempt: { signedIn } }: Circumstances,
  judgement: Judgement,
): Judgement {
  return hardened &&
    (feature === undefined || feature === 'encryption') &&
    judgement.result === 'policy' &&
    signedIn !== undefined
    ? { result: 'fail', severity: 'low', why: `${judgement.why}; a hardened service provider must reject it` }
    : judgement;
}

/** The signed-in name, if it is not the user's. */
const otherUser = ({ attempt: { signedIn }, user }: Circumstances): string | undefined =>
  signedIn && signedIn.as !== null && signedIn.as !== user ? signedIn.as : undefined;

/** Why the verdict is a choice; undefined if the standard decides. */
const choiceBehind = ({ fault: { verdict }, row: { choice } }: Circumstances): string | undefined => {
  if (typeof verdict === 'object') return verdict.because;
  return choice === undefined ? undefined : choices[choice];
};

function judgeValidResponse(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, sentence, amount },
    row: { choice },
    attempt: { signedIn },
    knowsSkew = false,
  } = circumstances;
  const other = otherUser(circumstances);
  if (other !== undefined && choice === 'address-case')
    return { result: 'policy', why: `signed in as ${other}; ${choices[choice]}` };
  if (other !== undefined)
    return {
      result: 'fail',
      severity: 'critical',
      cause: 'mixes up users',
      why: `signed in as ${other} instead of the user in the response`,
    };
  if (signedIn) return { result: 'pass', why: 'signed in, as expected' };
  const isTime = amount?.unit === 'minutes' || amount?.unit === 'seconds';
  const because =
    isTime && typeof verdict === 'string' && !knowsSkew ? choices['clock-skew'] : choiceBehind(circumstances);
  return because === undefined
    ? { result: 'fail', why: `a valid response was rejected: ${sentence}` }
    : { result: 'policy', why: `rejected; ${because}` };
}

function judgeBadResponse(circumstances: Circumstances): Judgement {
  const {
    fault: { verdict, code, sentence },
    row: { rejection, assertionSigned, responseSigned },
    attempt,
  } = circumstances;
  const { signedIn } = attempt;
  if (signedIn === undefined)
    return typeof verdict === 'object'
      ? { result: 'policy', why: `rejected; ${verdict.because}` }
      : { result: 'pass', why: 'no user was signed in' };
  const other = otherUser(circumstances);
  if (other !== undefined) return judgeOtherUser(circumstances, other);
  if (assertionSigned && signsAssertion(attempt)) return judgeAssertionSignature(circumstances);
  if (responseSigned && signsResponse(attempt))
    return {
      result: 'fail',
      severity: 'low',
      cause: ignoresOne,
      why: 'accepted: the signature of the assertion is invalid; that of the response is valid and covers it',
    };
  const because = choiceBehind(circumstances);
  if (because !== undefined) return { result: 'policy', why: `accepted; ${because}` };
  return {
    result: 'fail',
    severity: severityOf(rejection!, code),
    why: `accepted, although: ${sentence}`,
  };
}

const ignoresOne = 'ignores one of two signatures';

/** A start or end tag of an assertion. Prefixes differ, and may be absent. */
const assertionTag = /<\/?(?:\w{1,40}:)?(?:Encrypted)?Assertion(?=[\s>])/;
const hasSignature = (xml: string): boolean => /<(?:\w{1,40}:)?Signature[\s/>]/.test(xml);
const partsOf = ({ sent = '' }: Attempt): string[] => Buffer.from(sent, 'base64').toString().split(assertionTag, 2);

/** False if the response has an assertion without a signature, as some products write. */
function signsAssertion(attempt: Attempt): boolean {
  const [, assertion] = partsOf(attempt);
  return assertion === undefined || assertion.includes('EncryptedData') || hasSignature(assertion);
}

/** False if the response has no signature before its assertion. */
const signsResponse = (attempt: Attempt): boolean => hasSignature(partsOf(attempt)[0]!);

/** Accepted, although the response's signature is invalid. */
function judgeAssertionSignature({ unwanted, row: { rejection }, fault: { code } }: Circumstances): Judgement {
  const cause = causeOf(rejection!) === causeOf('nothing-signed') ? ignoresOne : causeOf(rejection!);
  const why = 'accepted: the signature of the response is invalid; that of the assertion is valid, and ';
  return unwanted.includes('assertion-signature-only')
    ? {
        result: 'fail',
        severity: severityOf(rejection!, code) === 'low' ? 'low' : 'medium',
        cause,
        why: `${why}the configuration lists as unwanted: assertion-signature-only`,
      }
    : { result: 'fail', severity: 'low', cause, why: `${why}an attacker who removes the former gets just as far` };
}

/** A bad response signed in another user. */
function judgeOtherUser(
  { fault: { signedProperly }, row: { ofAttacker, namesTwo } }: Circumstances,
  other: string,
): Judgement {
  if (ofAttacker)
    return {
      result: 'fail',
      severity: 'high',
      why:
        `signed in as ${other}, for whom the IdP made the response in another browser: ` +
        'an attacker who sends it to a victim signs the victim in to the attacker’s account',
    };
  if (namesTwo)
    return {
      result: 'fail',
      severity: 'medium',
      why: `signed in as ${other}, the second of two names that the IdP signed; ` + 'another parser may read the first',
    };
  if (signedProperly)
    return {
      result: 'fail',
      severity: 'critical',
      cause: 'mixes up users',
      why: `signed in as ${other}, which is not the name that the IdP signed`,
    };
  return {
    result: 'fail',
    severity: 'critical',
    cause: causeOf('nothing-signed'),
    why: `signed in as ${other}: forged content was accepted`,
  };
}

/** Rejections for a form of NameID that a service provider may just as well accept. */
const nameForms: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'nameid-format-wrong',
  'nameid-qualifier-wrong',
  'nameid-too-long',
]);

/** The IdP names another user: that user may sign in, and nobody else. */
const isAboutName = (rejection: RejectionCode): boolean =>
  rejections[rejection].stage === 'account' || rejection === 'nameid-not-email' || nameForms.has(rejection);

function judgeName(
  { fault: { sentence }, row: { invisible, spelling, namesTwo }, attempt: { signedIn }, user }: Circumstances,
  rejection: RejectionCode,
): Judgement {
  if (signedIn === undefined) return { result: 'pass', why: 'no user was signed in' };
  if (nameForms.has(rejection))
    return { result: 'policy', why: 'accepted; the service provider may choose the NameIDs that it accepts' };
  const { as } = signedIn;
  if (as === null)
    return { result: 'not verified', why: 'a user is signed in, but this service provider does not show which' };
  if (as !== user)
    return {
      result: 'policy',
      why: `signed in as ${as}, named by the response; the service provider may choose the names that it accepts`,
    };
  if (invisible) return { result: 'policy', why: `signed in as ${user}: invisible characters were removed` };
  if (spelling)
    return {
      result: 'fail',
      severity: 'low',
      why: `signed in as ${user}, whose email is written differently: ${sentence}`,
    };
  if (namesTwo)
    return {
      result: 'fail',
      severity: 'medium',
      why: `signed in as ${user}, one of two names that the IdP signed; another parser may read the other`,
    };
  return {
    result: 'fail',
    severity: 'critical',
    cause: 'mixes up users',
    why: `signed in as ${user}, although the response names another user: ${sentence}`,
  };
}
