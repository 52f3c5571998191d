/** Faults in how the message travels: the form, its fields, RelayState, repetition, and messages that belong elsewhere. */
import type { Fault } from '../fault.ts';

export const bindingFaults = {
  'no RelayState': {
    code: 'relaystate-missing',
    touches: ['form/RelayState'],
    sentence: 'The identity provider does not give RelayState back.',
    rule: 'SAML bindings 3.5.3',
    verdict: { policy: 'requireRelayState', acceptWhen: false, because: 'An identity provider must echo RelayState; an SP that can find the request by InResponseTo may do without.' },
    strikes: { delivery: (form) => (form.fields.some(([name]) => name === 'RelayState') ? { ...form, fields: form.fields.filter(([name]) => name !== 'RelayState') } : form) },
    signedProperly: true,
  },
} satisfies Record<string, Fault>;
