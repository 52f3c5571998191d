/** Each logout fault changes only the parts that it lists, in both bindings, and only its own kind of message. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault, LogoutForm } from '../fault.ts';
import { faults, logoutFaultPhrases, logoutFaults } from '../faults.ts';
import { nameIdFormats } from '../response/saml-values.ts';
import { type Arrival, receive } from '../sign-in/incoming.ts';
import { type LogoutMessage, logoutRequestForm, logoutResponseForm } from '../sign-in/logout.ts';
import type { XmlElement } from '../sign-in/parse.ts';
import { unneededKeys } from '../tenants/keys.ts';
import type { Binding } from '../tenants/metadata.ts';
import { keys, parse, untrustedKeys } from './messages.fixture.ts';

const now = new Date('2026-03-01T12:00:00Z');

interface Sent {
  binding: Binding;
  previous?: LogoutForm | undefined;
  arranged?: readonly [phrase: string, fault: Fault][];
}

function sent(kind: 'LogoutRequest' | 'LogoutResponse', { binding, previous, arranged = [] }: Sent): LogoutMessage {
  const applied = arranged.map(([phrase, fault]) => ({ phrase, fault, amount: 0 }));
  const isForged = arranged.some(([, fault]) => fault.usesUntrustedKeys);
  const signers = { keys, untrustedKeys: isForged ? untrustedKeys : unneededKeys };
  const sender = { issuer: 'http://idp/metadata', ...signers, now, faults: applied };
  const endpoint = { url: 'http://sp/slo', binding };
  if (kind === 'LogoutResponse')
    return logoutResponseForm(sender, { endpoint, inResponseTo: '_asked', partial: false, relayState: 'state' });
  const target = { nameId: 'sam@acme.example', nameIdFormat: nameIdFormats.emailAddress, index: '_session' };
  return logoutRequestForm(sender, { ...target, endpoint, previous });
}

const arrivalOf = ({ method, fields }: LogoutForm): Arrival =>
  method === 'post'
    ? { binding: 'post', fields: Object.fromEntries(fields) }
    : { binding: 'redirect', query: String(new URLSearchParams(fields.map(([name, value]) => [name, value]))) };

/** Reads the form as an app would, with code that did not write it. */
function read(form: LogoutForm): { root: XmlElement; signature: 'missing' | 'bad' | 'good' | 'of the unknown key' } {
  const message = receive(
    arrivalOf(form),
    form.fields.some(([name]) => name === 'SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse',
  );
  assert.equal(message.xml, form.xml, 'the form carries the XML');
  const verifies = (certificate: string): boolean => {
    try {
      message.verify([certificate]);
      return true;
    } catch {
      return false;
    }
  };
  const { root, signed } = message;
  if (!signed) return { root, signature: 'missing' };
  if (verifies(keys.certificate)) return { root, signature: 'good' };
  return { root, signature: verifies(untrustedKeys.certificate) ? 'of the unknown key' : 'bad' };
}

const children = (root: Element): Map<string, string> =>
  new Map(
    Array.from(root.childNodes)
      .filter(({ nodeType, nodeName }) => nodeType === 1 && nodeName !== 'ds:Signature')
      .map((node) => [(node as Element).localName, String(node)]),
  );
const attributes = (root: Element): Map<string, string> =>
  new Map(Array.from(root.attributes).map(({ name, value }) => [`@${name}`, value]));

/** The ID is new in each message. */
function differences(honest: LogoutForm, faulty: LogoutForm): string[] {
  const [one, other] = [parse(honest.xml)!, parse(faulty.xml)!];
  const found = [attributes, children].flatMap((parts) => {
    const [before, after] = [parts(one), parts(other)];
    const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => name !== '@ID');
    return names.filter((name) => before.get(name) !== after.get(name)).map((name) => `${one.localName}/${name}`);
  });
  return read(faulty).signature === 'good' ? found : [...found, 'signature'];
}

for (const binding of ['redirect', 'post'] as const)
  describe(`by ${binding}`, () => {
    for (const phrase of logoutFaultPhrases) {
      const fault: Fault = logoutFaults[phrase];
      const { message } = fault.logout!;
      test(phrase, () => {
        const previous = phrase.includes('replayed') ? replaceable(binding) : undefined;
        const honest = sent(message, { binding });
        assert.equal(read(honest).signature, 'good');
        const faulty = sent(message, { binding, previous, arranged: [[phrase, fault]] });
        assert.deepEqual(faulty.struck, [phrase]);
        const touches = fault.touches!;
        const found = differences(honest, faulty);
        const unexpected = found.filter((part) => !touches.some((touch) => part === touch || isIn(part, touch)));
        assert.deepEqual(unexpected, [], 'nothing else changes');
        assert.deepEqual(
          touches.filter((touch) => !found.some((part) => part === touch || isIn(part, touch))),
          [],
          'each listed part changes',
        );
        const isMoved = phrase.includes('other binding') || (isInXml(fault) && binding === 'redirect');
        assert.deepEqual([faulty.action, faulty.copies], [honest.action, 1]);
        assert.equal(faulty.method !== honest.method, isMoved);
      });

      test(`${phrase}: only in a ${message}`, () => {
        const other = message === 'LogoutRequest' ? 'LogoutResponse' : 'LogoutRequest';
        const { struck, ...untouched } = sent(other, { binding, arranged: [[phrase, fault]] });
        assert.deepEqual(struck, []);
        assert.equal(read({ ...untouched }).signature, 'good');
        assert.deepEqual(differences(sent(other, { binding }), untouched), []);
      });
    }

    test('sign-in faults change no logout message', () => {
      const arranged = Object.entries<Fault>(faults);
      for (const kind of ['LogoutRequest', 'LogoutResponse'] as const)
        assert.deepEqual(sent(kind, { binding, arranged }).struck, []);
    });
  });

/** Carries a signature in its XML, which belongs to the POST binding. */
const isInXml = ({ code }: Fault): boolean => code === 'logout-request-signed-assertion';
const isIn = (part: string, touch: string): boolean => part.startsWith(`${touch}/`);

/** The LogoutRequest that the app received an hour ago. */
function replaceable(binding: Binding): LogoutForm {
  const sender = { issuer: 'http://idp/metadata', keys, now: new Date(now.getTime() - 3_600_000) };
  const target = { nameId: 'sam@acme.example', nameIdFormat: nameIdFormats.emailAddress, index: '_former' };
  const {
    id: _id,
    struck: _struck,
    ...form
  } = logoutRequestForm(sender, {
    ...target,
    endpoint: { url: 'http://sp/slo', binding },
  });
  return form;
}

test('the key of an unknown signer is another key, and its message is whole', () => {
  for (const [phrase, kind] of [
    ['a LogoutRequest signed by an unknown key', 'LogoutRequest'],
    ['a LogoutResponse signed by an unknown key', 'LogoutResponse'],
  ] as const)
    for (const binding of ['redirect', 'post'] as const)
      assert.equal(
        read(sent(kind, { binding, arranged: [[phrase, logoutFaults[phrase]]] })).signature,
        'of the unknown key',
      );
});

test('a replayed LogoutRequest needs an earlier one', () => {
  const phrase = 'a replayed LogoutRequest';
  assert.deepEqual(sent('LogoutRequest', { binding: 'post', arranged: [[phrase, logoutFaults[phrase]]] }).struck, []);
});

test('codes and phrases are unique among all faults, with a sentence and a rule', () => {
  const all = [...Object.entries<Fault>(faults), ...Object.entries<Fault>(logoutFaults)];
  assert.equal(new Set(all.map(([, { code }]) => code)).size, all.length);
  assert.equal(new Set(all.map(([phrase]) => phrase)).size, all.length);
  assert.ok(logoutFaultPhrases.length >= 20, `${logoutFaultPhrases.length} faults`);
  for (const { code, sentence, rule, strikes } of Object.values<Fault>(logoutFaults)) {
    assert.match(code, /^logout-/);
    assert.match(sentence, /^[A-Z].*[^.]\.$/, code);
    assert.ok(rule.length > 5, code);
    assert.deepEqual(strikes, {}, 'no change to a sign-in response');
  }
});
