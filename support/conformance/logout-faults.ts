/** The logout messages to try, and the severity of ending a session by one. */
import type { Fault } from '../../mock-idp/fault.ts';
import {
  type LogoutFaultCode,
  type LogoutFaultPhrase,
  logoutFaultPhrases,
  logoutFaults,
} from '../../mock-idp/faults.ts';
import type { Severity } from './severity.ts';

export interface LogoutTry {
  phrase: string;
  fault: Omit<Fault, 'strikes'>;
  /** The faults to arrange; none for a valid message. */
  arranged: readonly LogoutFaultPhrase[];
  message: 'LogoutRequest' | 'LogoutResponse';
  /** Another browser, without the user’s cookies, sends it. */
  sentElsewhere?: true;
  severity: Severity;
  cause: string;
}

const forged = {
  severity: 'medium',
  cause: 'ends sessions by a logout message that no trusted key signed',
} as const;
const unnamed = { severity: 'low', cause: 'ends sessions that the LogoutRequest does not name' } as const;
const unchecked = { severity: 'low', cause: 'ends sessions by a logout message that it should reject' } as const;

type Effect = Pick<LogoutTry, 'severity' | 'cause'>;

/**
 * For other faults, a rule is broken, and only the identity provider can make the message. A LogoutResponse ends the
 * session of a user who has just signed out, so an attacker gains little by it.
 */
const effects: Partial<Record<LogoutFaultCode, Effect>> = {
  'logout-request-unsigned': forged,
  'logout-request-other-key': forged,
  'logout-request-altered': forged,
  'logout-request-binding-other-unsigned': forged,
  'logout-request-signed-assertion': forged,
  // Anyone who has seen the earlier request can send it.
  'logout-request-replayed': { ...unchecked, severity: 'medium' },
  'logout-request-nameid-other': unnamed,
  'logout-request-sessionindex-other': unnamed,
};

/** After these, the user may be signed out: the identity provider says only that its own session remains. */
const aboutOthers: ReadonlySet<string> = new Set<LogoutFaultCode>([
  'logout-response-status-responder',
  'logout-response-status-partiallogout',
]);

/** Forged by an attacker, who needs no browser of the user. */
const sentFromAnywhere: ReadonlySet<string> = new Set<LogoutFaultCode>([
  'logout-request-unsigned',
  'logout-request-other-key',
  'logout-request-altered',
  'logout-request-binding-other-unsigned',
  'logout-request-signed-assertion',
]);

export const validRequest: LogoutTry = {
  phrase: 'a valid LogoutRequest',
  fault: {
    code: 'logout-request-ok',
    sentence: 'The identity provider signs the user out: a valid LogoutRequest in the user’s browser.',
    rule: 'SAML profiles 4.4.3.3 (the participant must terminate the session)',
    verdict: 'accept',
  },
  arranged: [],
  message: 'LogoutRequest',
  ...unchecked,
};

export const validResponse: LogoutTry = {
  phrase: 'a valid LogoutResponse',
  fault: {
    code: 'logout-response-ok',
    sentence: 'The user signs out at the service provider, and the identity provider confirms it.',
    rule: 'SAML profiles 4.4.4.2',
    verdict: 'accept',
  },
  arranged: [],
  message: 'LogoutResponse',
  ...unchecked,
};

/** An attacker knows the name of the user, but no session index. */
export const withoutIndex = 'a LogoutRequest without SessionIndex' satisfies LogoutFaultPhrase;

const elsewhere = (one: LogoutTry): LogoutTry => ({
  ...one,
  phrase: `${one.phrase}, sent by another browser`,
  fault: {
    ...one.fault,
    code: `${one.fault.code}-elsewhere`,
    sentence: `${one.fault.sentence} Another browser sends it, and it names the user but no session.`,
  },
  arranged: [...one.arranged, withoutIndex],
  sentElsewhere: true,
});

export const logoutTries: readonly LogoutTry[] = [
  validRequest,
  validResponse,
  ...logoutFaultPhrases.flatMap((phrase): LogoutTry[] => {
    const fault: Fault = logoutFaults[phrase];
    if (aboutOthers.has(fault.code)) return [];
    const { message } = fault.logout!;
    const code = fault.code as LogoutFaultCode;
    const one: LogoutTry = { phrase, fault, arranged: [phrase], message, ...(effects[code] ?? unchecked) };
    return sentFromAnywhere.has(code) ? [one, elsewhere(one)] : [one];
  }),
];
