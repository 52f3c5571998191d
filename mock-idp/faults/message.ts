/** Faults in the response itself: its ID, times, issuer, destination, status and what it answers. */
import { randomId, statusCode } from '../answer.ts';
import type { Fault } from '../fault.ts';

export const messageFaults = {
  'a response to another request': {
    code: 'in-response-to-unknown',
    sentence: 'The response and its subject confirmation answer a request that the SP never sent.',
    rule: 'SAML profiles 4.1.4.3; SAML core 3.2.2',
    verdict: 'reject',
    strikes: {
      claims: (claims) => {
        const inResponseTo = randomId();
        return { ...claims, inResponseTo, confirmation: { ...claims.confirmation, inResponseTo } };
      },
    },
    signedProperly: true,
  },
  'a response for another destination': {
    code: 'destination-wrong',
    sentence: 'The Destination of the response is the address of another SP.',
    rule: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
    verdict: 'reject',
    strikes: { claims: (claims) => ({ ...claims, destination: 'https://elsewhere.example/saml/acs' }) },
    signedProperly: true,
  },
  'a status of failed authentication': {
    code: 'status-authnfailed',
    sentence: 'The identity provider reports that it could not authenticate the user, and sends no assertion.',
    rule: 'SAML core 3.2.2.2',
    verdict: 'reject',
    strikes: { claims: (claims) => ({ ...claims, status: { code: statusCode('Responder'), second: statusCode('AuthnFailed') } }) },
    signedProperly: true,
  },
} satisfies Record<string, Fault>;
