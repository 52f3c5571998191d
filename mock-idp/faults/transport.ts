/** Faults of the identity provider as a server: no response, an error, or a slow one. The message is honest. */
import type { Fault, Transport } from '../fault.ts';
import { fault } from '../fault-builders.ts';

const brokenServerFault = <const Code extends string>(
  transport: Transport,
  code: Code,
  sentence: string,
): Fault<Code> => ({
  code,
  sentence,
  rule: 'none: the network or the server failed',
  verdict: 'reject',
  strikes: {},
  touches: [],
  transport,
});

export const transportFaults = {
  'nothing, being down': brokenServerFault(
    'down',
    'idp-down',
    'Every connection to the identity provider is cut before it answers.',
  ),
  'nothing, being silent': brokenServerFault(
    'silent',
    'idp-silent',
    'The identity provider takes every request and never answers.',
  ),
  'an error page of the server': brokenServerFault(
    'server-error',
    'idp-server-error',
    'The identity provider answers every request with status 500.',
  ),
  'half of every page': brokenServerFault('cut', 'idp-cut', 'The connection breaks in the middle of every page.'),
  'an honest answer after {seconds} seconds': fault(
    {
      code: 'idp-slow',
      sentence: 'The identity provider takes its time before it shows the first page.',
      rule: 'none: the network or the server is slow',
      verdict: 'accept',
      touches: [],
      transport: 'slow',
      amount: { unit: 'seconds', accept: [2], reject: [] },
    },
    {},
  ),
} satisfies Record<string, Fault>;
