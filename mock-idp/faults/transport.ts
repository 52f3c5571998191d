/** Faults of the identity provider as a server: it answers slowly, wrongly or not at all. The message, if any, is honest. */
import type { Fault } from '../fault.ts';

export const transportFaults = {
  'nothing, being down': {
    code: 'idp-down',
    touches: [],
    sentence: 'Every connection to the identity provider is cut before it answers.',
    rule: 'none: the network failed',
    verdict: 'reject',
    strikes: {},
    transport: 'down',
  },
} satisfies Record<string, Fault>;
