/** Responses in a persona, without a server. */
import type { Fault } from '../fault.ts';
import { keys, type Run, recipient, untrustedKeys } from '../faults/messages.fixture.ts';
import { type BuildInput, buildResponse, signsBoth } from '../response/build-response.ts';
import type { Delivery } from '../response/delivery.ts';
import { inputInPersona } from '../response/in-persona.ts';
import { isOfName } from '../response/known-name.ts';
import { authnContexts, nameIdFormats, randomId } from '../response/saml-values.ts';
import { unneededKeys } from '../tenants/keys.ts';
import { personaOf } from './catalogue.ts';
import { expand } from './expand.ts';
import { type PlanChange, planOf } from './plan.ts';
import type { Question } from './skeletons.fixture.ts';

const now = new Date('2026-03-01T12:00:00.456Z');
const username = 'sam@acme.example';

/** Input that is not yet in the persona. */
export function inputTo({
  persona,
  set,
  isAsked = true,
  attributes = {},
  isEncrypted = false,
}: Omit<Question, 'capture'>): {
  input: BuildInput;
  in: (input: BuildInput) => BuildInput;
} {
  const plan = planOf(personaOf(persona), set);
  const input: BuildInput = {
    issuer:
      plan.entityId === ''
        ? 'http://idp.localhost:7000/acme/metadata'
        : expand(plan.entityId, 'acme', { tenantName: 'acme' }),
    keys,
    untrustedKeys: unneededKeys,
    app: {
      entityId: 'http://sp.localhost:7001/saml/acme/metadata',
      acsUrl: 'http://sp.localhost:7001/saml/acme/acs',
      encryptionCertificate: isEncrypted ? recipient.certificate : undefined,
    },
    request: isAsked ? { id: '_request' } : undefined,
    relayState: 'cmVsYXk',
    user: { nameId: username, nameIdFormat: nameIdFormats.emailAddress, attributes },
    now,
    authnInstant: new Date('2026-03-01T11:30:00.123Z'),
    sessionIndex: '_session',
    authnContextClassRef: authnContexts.passwordProtectedTransport,
    faults: [],
    id: randomId,
  };
  return { input, in: (given) => inputInPersona(given, { plan, seed: 'acme', username }) };
}

export function responseTo(question: Omit<Question, 'capture'>): Delivery {
  const { input, in: inPersona } = inputTo(question);
  return buildResponse(inPersona(input));
}

/** The correct and the faulty response in a persona, in the first setting in which the fault strikes. */
export function faultIn(persona: string, phrase: string, fault: Fault): Run & { set: PlanChange } {
  const amount = [...(fault.amount?.reject ?? []), ...(fault.amount?.accept ?? [])][0] ?? 0;
  // As buildResponse does, so that only the fault is a difference.
  const arranged = { phrase, fault, amount };
  const { nameId } = planOf(personaOf(persona));
  const set: PlanChange = {
    ...(signsBoth([arranged]) && { signed: 'both' }),
    ...(isOfName(arranged) && { nameId: { ...nameId, value: 'as configured' } }),
  };
  const attributes = { email: [username], displayName: ['Sam'] };
  const settings = [...(fault.encrypts ? [{ isEncrypted: true }] : []), {}, { isAsked: false }];
  for (const setting of settings) {
    const { input, in: inPersona } = inputTo({ persona, set, attributes, ...setting });
    let count = 0;
    const elsewhere = {
      acsUrl: 'http://sp.localhost:7001/saml/other/acs',
      entityId: 'http://sp.localhost:7001/saml/other/metadata',
      requestId: '_elsewhere',
    };
    const previous = buildResponse(inPersona({ ...input, id: () => `_before_${++count}`, request: { id: '_before' } }));
    const build = (faults: BuildInput['faults']): Delivery => {
      count = 0;
      const untrusted = fault.usesUntrustedKeys ? untrustedKeys : unneededKeys;
      return buildResponse(
        inPersona({
          ...input,
          untrustedKeys: untrusted,
          id: () => `_id_${++count}`,
          elsewhere: { ...elsewhere, previous },
          faults,
        }),
      );
    };
    const faulty = build([arranged]);
    if (faulty.struck.length > 0) return { honest: build([]), faulty, set };
  }
  throw new Error(`“${phrase}” never strikes as ${persona}`);
}
