/** For the tests of the faults: the honest and the faulty message of each, made without a server. */
import { DOMParser } from '@xmldom/xmldom';
import type { Fault } from '../fault.ts';
import { faultPhrases, faults } from '../faults.ts';
import { type AnswerInput, answer } from '../response/answer.ts';
import type { Delivery } from '../response/delivery.ts';
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';

const now = new Date('2026-03-01T12:00:00Z');
const makeKeys = (commonName: string): Promise<KeyPair> =>
  createKeyPair({
    commonName,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2046-01-01T00:00:00Z'),
  });
/** Those of the identity provider, of somebody else, and of the service provider. */
export const [keys, stranger, recipient] = await Promise.all([makeKeys('idp'), makeKeys('stranger'), makeKeys('sp')]);

/** The same input for everybody; only the IDs are counted out, so that two answers agree in them. */
function input({
  encrypting = false,
  asked = true,
  previous,
}: {
  encrypting?: boolean;
  asked?: boolean;
  previous?: Delivery;
} = {}): AnswerInput {
  let count = 0;
  return {
    issuer: 'http://idp.localhost:7000/acme/metadata',
    keys,
    stranger,
    app: {
      entityId: 'http://sp.localhost:7001/saml/acme/metadata',
      acsUrl: 'http://sp.localhost:7001/saml/acme/acs',
      encryptionCertificate: encrypting ? recipient.certificate : undefined,
    },
    request: asked ? { id: '_request' } : undefined,
    relayState: 'cmVsYXk',
    user: {
      nameId: 'sam@acme.example',
      nameIdFormat: nameIdFormats.emailAddress,
      attributes: { mail: ['sam@acme.example'], givenName: ['Sam'] },
    },
    now,
    authnInstant: now,
    sessionIndex: '_session',
    authnContextClassRef: authnContexts.passwordProtectedTransport,
    faults: [],
    id: () => `_id_${previous === undefined ? 'new' : 'next'}_${++count}`,
    elsewhere: {
      acsUrl: 'http://sp.localhost:7001/saml/other/acs',
      entityId: 'http://sp.localhost:7001/saml/other/metadata',
      requestId: '_elsewhere',
      previous,
    },
  };
}

export interface Run {
  honest: Delivery;
  faulty: Delivery;
}

/** The honest and the faulty answer under the first circumstances in which the fault finds something to strike at. */
export function run(phrase: string, fault: Fault): Run {
  const amount = [...(fault.amount?.reject ?? []), ...(fault.amount?.accept ?? [])][0] ?? 0;
  const arranged = [{ phrase, fault, amount }];
  const circumstances: Parameters<typeof input>[0][] = [{}, { encrypting: true }, { asked: false }];
  for (const one of circumstances) {
    const previous = answer({
      ...input({ ...one }),
      request: { id: '_before' },
      id: (() => {
        let count = 0;
        return () => `_before_${++count}`;
      })(),
    });
    const honest = answer(input({ ...one, previous }));
    const faulty = answer({ ...input({ ...one, previous }), faults: arranged });
    if (faulty.struck.length > 0) return { honest, faulty };
  }
  throw new Error(`“${phrase}” never strikes`);
}

/** Every fault but those of the server, which spoil no message. */
export const messages = faultPhrases.filter((phrase) => (faults[phrase] as Fault).transport === undefined);

/** Undefined where the text is not XML. */
export const parse = (xml: string): Element | undefined => {
  try {
    const fail = (message: string): never => {
      throw new Error(message);
    };
    return (
      new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(xml, 'text/xml')
        .documentElement ?? undefined
    );
  } catch {
    return undefined;
  }
};
