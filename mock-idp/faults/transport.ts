/** Faults of the IdP as a web server: no response, an error, or a slow one. */
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
  'no response: the IdP is down': brokenServerFault(
    'down',
    'idp-down',
    'The IdP closes every connection before it sends anything.',
  ),
  'no response: the IdP hangs': brokenServerFault(
    'silent',
    'idp-silent',
    'The IdP accepts every request and never responds.',
  ),
  'an HTTP 500 error page': brokenServerFault(
    'server-error',
    'idp-server-error',
    'The IdP responds to every request with status 500.',
  ),
  'a truncated page': brokenServerFault('cut', 'idp-cut', 'The IdP closes the connection in the middle of every page.'),
  'a correct response after {seconds} seconds': fault(
    {
      code: 'idp-slow',
      sentence: 'The IdP delays its first page.',
      rule: 'none: the network or the server is slow',
      verdict: 'accept',
      touches: [],
      transport: 'slow',
      amount: { unit: 'seconds', accept: [2], reject: [] },
    },
    {},
  ),
} satisfies Record<string, Fault>;
