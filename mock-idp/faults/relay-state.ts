/** Faults in RelayState, which an identity provider gives back as it came. */
import type { Fault, Verdict } from '../fault.ts';
import { deliveryFault, type Facts } from '../fault-builders.ts';

const touches = ['form/RelayState'];
const echo = 'SAML bindings 3.5.3 (it must be echoed)';

const verdict: Verdict = {
  policy: 'requireRelayState',
  acceptWhen: false,
  because:
    'An identity provider must echo RelayState; an SP that can find the request by InResponseTo may do without, ' +
    'and goes nowhere that RelayState names.',
};

/** Another value, or one where there was none. */
const relayStateFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  value: string,
): Fault<Code> =>
  deliveryFault({ rule: echo, verdict, ...facts, touches }, (form) => ({
    ...form,
    fields: [...form.fields.filter(([name]) => name !== 'RelayState'), ['RelayState', value]],
  }));

const redirect = `${echo}; OWASP: it is no address to go to`;

export const relayStateFaults = {
  'no RelayState': deliveryFault(
    {
      code: 'relaystate-missing',
      sentence: 'The identity provider does not give RelayState back.',
      rule: echo,
      touches,
      verdict,
    },
    (form) =>
      form.fields.some(([name]) => name === 'RelayState')
        ? { ...form, fields: form.fields.filter(([name]) => name !== 'RelayState') }
        : form,
  ),
  'an empty RelayState': relayStateFault({ code: 'relaystate-empty', sentence: 'RelayState comes back empty.' }, ''),
  'another RelayState': relayStateFault(
    { code: 'relaystate-changed', sentence: 'RelayState is not the one that was sent.' },
    'c29tZXRoaW5nLWVsc2U',
  ),
  'RelayState twice': deliveryFault(
    {
      code: 'relaystate-duplicate',
      sentence: 'The form has two fields RelayState.',
      rule: `${echo}; parameter pollution`,
      touches,
    },
    (form) =>
      form.fields.some(([name]) => name === 'RelayState')
        ? { ...form, fields: [...form.fields, ['RelayState', 'c29tZXRoaW5nLWVsc2U']] }
        : form,
  ),
  // The catalogue leaves this and the addresses below open (accept, or show a default page). It is not the value that
  // was sent; an SP that does not mind must not redirect there.
  'a RelayState of more than 80 bytes': relayStateFault(
    {
      code: 'relaystate-over-80-bytes',
      sentence: 'RelayState is longer than SAML allows, and another.',
      rule: 'SAML bindings 3.4.3 and 3.5.3',
    },
    'r'.repeat(4096),
  ),
  'a RelayState that is an address': relayStateFault(
    { code: 'relaystate-open-redirect', sentence: 'RelayState is the address of a stranger’s site.', rule: redirect },
    'https://elsewhere.example/phish',
  ),
  'a RelayState that is an address without a scheme': relayStateFault(
    {
      code: 'relaystate-open-redirect-scheme-relative',
      sentence: 'RelayState begins with two slashes.',
      rule: redirect,
    },
    '//elsewhere.example/phish',
  ),
  'a RelayState that is an address with a backslash': relayStateFault(
    {
      code: 'relaystate-open-redirect-backslash',
      sentence: 'RelayState begins with a slash and a backslash, which browsers take for two slashes.',
      rule: redirect,
    },
    '/\\elsewhere.example/phish',
  ),
  'a RelayState that is a script address': relayStateFault(
    { code: 'relaystate-open-redirect-javascript', sentence: 'RelayState is a javascript address.', rule: redirect },
    'javascript:document.title="owned"',
  ),
  'a RelayState with HTML': relayStateFault(
    { code: 'relaystate-xss', sentence: 'RelayState is HTML with a script.' },
    '"><script>document.title="owned"</script>',
  ),
  'a RelayState with line ends': relayStateFault(
    { code: 'relaystate-crlf', sentence: 'RelayState holds line ends and a header.' },
    'x\r\nSet-Cookie: sp_session=owned',
  ),
} satisfies Record<string, Fault>;
