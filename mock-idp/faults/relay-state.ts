/** Faults in RelayState, which an IdP must return unchanged. */
import type { Fault, Verdict } from '../fault.ts';
import { deliveryFault, type Facts } from '../fault-builders.ts';

const touches = ['form/RelayState'];
const echo = 'SAML bindings 3.5.3 (it must be echoed)';

const verdict: Verdict = {
  policy: 'requireRelayState',
  acceptWhen: false,
  because:
    'An IdP must return RelayState unchanged. An SP that finds the request by InResponseTo can do without it, ' +
    'if it never redirects to a RelayState.',
};

/** Replaces or adds RelayState. */
const relayStateFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  value: string,
): Fault<Code> =>
  deliveryFault({ rule: echo, verdict, ...facts, touches }, (form) => ({
    ...form,
    fields: [...form.fields.filter(([name]) => name !== 'RelayState'), ['RelayState', value]],
  }));

const redirect = `${echo}; OWASP: never redirect to it`;

export const relayStateFaults = {
  'a response without RelayState': deliveryFault(
    {
      code: 'relaystate-missing',
      sentence: 'The IdP does not return RelayState.',
      rule: echo,
      touches,
      verdict,
    },
    (form) =>
      form.fields.some(([name]) => name === 'RelayState')
        ? { ...form, fields: form.fields.filter(([name]) => name !== 'RelayState') }
        : form,
  ),
  'a response with an empty RelayState': relayStateFault(
    { code: 'relaystate-empty', sentence: 'The IdP returns an empty RelayState.' },
    '',
  ),
  'a response with a different RelayState': relayStateFault(
    { code: 'relaystate-changed', sentence: 'RelayState is not the one that the SP sent.' },
    'c29tZXRoaW5nLWVsc2U',
  ),
  'a response with two RelayState fields': deliveryFault(
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
  // SAML leaves this and the URLs below open. The value is not the one that the SP sent; an SP that accepts the
  // response anyway must not redirect there.
  'a RelayState of more than 80 bytes': relayStateFault(
    {
      code: 'relaystate-over-80-bytes',
      sentence: 'RelayState is different, and longer than SAML allows.',
      rule: 'SAML bindings 3.4.3 and 3.5.3',
    },
    'r'.repeat(4096),
  ),
  'a RelayState with a URL': relayStateFault(
    { code: 'relaystate-open-redirect', sentence: 'RelayState is the URL of a malicious site.', rule: redirect },
    'https://elsewhere.example/phish',
  ),
  'a RelayState with a scheme-relative URL': relayStateFault(
    {
      code: 'relaystate-open-redirect-scheme-relative',
      sentence: 'RelayState starts with two slashes.',
      rule: redirect,
    },
    '//elsewhere.example/phish',
  ),
  'a RelayState with a backslash URL': relayStateFault(
    {
      code: 'relaystate-open-redirect-backslash',
      sentence: 'RelayState starts with a slash and a backslash, which browsers read as two slashes.',
      rule: redirect,
    },
    '/\\elsewhere.example/phish',
  ),
  'a RelayState with a javascript: URL': relayStateFault(
    { code: 'relaystate-open-redirect-javascript', sentence: 'RelayState is a javascript: URL.', rule: redirect },
    'javascript:document.title="owned"',
  ),
  'a RelayState with HTML': relayStateFault(
    { code: 'relaystate-xss', sentence: 'RelayState is HTML with a script.' },
    '"><script>document.title="owned"</script>',
  ),
  'a RelayState with CRLF characters': relayStateFault(
    { code: 'relaystate-crlf', sentence: 'RelayState contains line breaks and a header.' },
    'x\r\nSet-Cookie: sp_session=owned',
  ),
} satisfies Record<string, Fault>;
