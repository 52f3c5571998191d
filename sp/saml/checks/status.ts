/** Checks of samlp:Status: any top-level status code but Success is an error response (SAML core 3.2.2). */
import type { RejectionCode } from '../../rejection-advice.ts';
import { attribute, childNamed, ns, textOf } from '../dom.ts';
import { type Check, finding } from './check.ts';

const uri = (name: string): string => `urn:oasis:names:tc:SAML:2.0:status:${name}`;

const secondLevel: Readonly<Record<string, RejectionCode>> = {
  [uri('AuthnFailed')]: 'status-authn-failed',
  [uri('NoPassive')]: 'status-no-passive',
  [uri('RequestDenied')]: 'status-request-denied',
  [uri('NoAuthnContext')]: 'status-no-authn-context',
  [uri('InvalidNameIDPolicy')]: 'status-invalid-nameid-policy',
  [uri('UnknownPrincipal')]: 'status-unknown-principal',
};

/** StatusMessages that report what the user did, in text or by SPID's error codes. */
const anomalies: readonly (readonly [RegExp, RejectionCode])[] = [
  [/ErrorCode nr19\b/, 'status-bad-credentials'],
  [/ErrorCode nr20\b/, 'status-assurance-too-low'],
  [/ErrorCode nr21\b/, 'status-login-timeout'],
  [/ErrorCode nr22\b/, 'status-consent-denied'],
  [/ErrorCode nr23\b/, 'status-user-locked'],
  [/ErrorCode nr25\b/, 'status-user-cancelled'],
  [/\bcancel/i, 'status-user-cancelled'],
];

const short = (value: string): string => value.replace('urn:oasis:names:tc:SAML:2.0:status:', '');

export const isSuccess = (response: Element): boolean =>
  attribute(childNamed(childNamed(response, ns.samlp, 'Status'), ns.samlp, 'StatusCode'), 'Value') === uri('Success');

export const statusChecks: readonly Check[] = [
  {
    name: 'status',
    check({ response, at }) {
      const status = childNamed(response, ns.samlp, 'Status');
      const code = childNamed(status, ns.samlp, 'StatusCode');
      const value = attribute(code, 'Value');
      if (!status || !code || !value) {
        const facts = { expected: 'a status code', received: 'none' };
        return [finding('status-missing', at(code ?? status ?? response), facts)];
      }
      if (value === uri('Success')) return [];
      const second = attribute(childNamed(code, ns.samlp, 'StatusCode'), 'Value');
      const message = textOf(childNamed(status, ns.samlp, 'StatusMessage')).trim();
      const quoted = message === '' ? undefined : `“${message.slice(0, 200)}”`;
      const received = [short(value), second && short(second), quoted].filter((part) => part !== undefined).join(', ');
      return [finding(rejectionFor(second, message), at(code, 'Value'), { expected: 'Success', received })];
    },
  },
];

function rejectionFor(second: string | undefined, message: string): RejectionCode {
  const anomaly = anomalies.find(([words]) => words.test(message))?.[1];
  if (anomaly) return anomaly;
  return second !== undefined && Object.hasOwn(secondLevel, second) ? secondLevel[second]! : 'status-not-success';
}
