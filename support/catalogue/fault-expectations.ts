/** One row per fault: how our SP rejects it, what it needs, and if an SP may choose. */
import { type FaultCode, type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import type { FaultRow } from './fault-expectation.ts';
import { assertionRows } from './fault-expectations/assertion.ts';
import { attributeRows } from './fault-expectations/attributes.ts';
import { authnRows } from './fault-expectations/authn.ts';
import { bindingRows } from './fault-expectations/binding.ts';
import { conditionsRows } from './fault-expectations/conditions.ts';
import { encryptionRows } from './fault-expectations/encryption.ts';
import { extensionsRows } from './fault-expectations/extensions.ts';
import { identityRows } from './fault-expectations/identity.ts';
import { issuerRows } from './fault-expectations/issuer.ts';
import { messageRows } from './fault-expectations/message.ts';
import { parserRows } from './fault-expectations/parser.ts';
import { relayStateRows } from './fault-expectations/relay-state.ts';
import { signatureRows } from './fault-expectations/signature.ts';
import { signaturePartsRows } from './fault-expectations/signature-parts.ts';
import { signatureStructureRows } from './fault-expectations/signature-structure.ts';
import { statusRows } from './fault-expectations/status.ts';
import { subjectRows } from './fault-expectations/subject.ts';
import { textRows } from './fault-expectations/text.ts';
import { transportRows } from './fault-expectations/transport.ts';
import { wrappingRows } from './fault-expectations/wrapping.ts';

export const faultRows: Readonly<Record<FaultCode, FaultRow>> = {
  ...messageRows,
  ...issuerRows,
  ...statusRows,
  ...assertionRows,
  ...subjectRows,
  ...identityRows,
  ...conditionsRows,
  ...authnRows,
  ...attributeRows,
  ...signatureRows,
  ...signatureStructureRows,
  ...signaturePartsRows,
  ...wrappingRows,
  ...textRows,
  ...parserRows,
  ...extensionsRows,
  ...encryptionRows,
  ...bindingRows,
  ...relayStateRows,
  ...transportRows,
};

export const faultRowOf = (phrase: FaultPhrase): FaultRow => faultRows[faults[phrase].code];
