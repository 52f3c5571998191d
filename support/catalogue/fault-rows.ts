/** One row for every fault of the identity provider: how our SP rejects it, what it needs, what is a choice. */
import { type FaultCode, type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import type { FaultRow } from './fault-row.ts';
import { assertionRows } from './fault-rows/assertion.ts';
import { attributeRows } from './fault-rows/attributes.ts';
import { authnRows } from './fault-rows/authn.ts';
import { bindingRows } from './fault-rows/binding.ts';
import { conditionsRows } from './fault-rows/conditions.ts';
import { encryptionRows } from './fault-rows/encryption.ts';
import { extensionsRows } from './fault-rows/extensions.ts';
import { identityRows } from './fault-rows/identity.ts';
import { issuerRows } from './fault-rows/issuer.ts';
import { messageRows } from './fault-rows/message.ts';
import { parserRows } from './fault-rows/parser.ts';
import { relayStateRows } from './fault-rows/relay-state.ts';
import { signatureRows } from './fault-rows/signature.ts';
import { signaturePartsRows } from './fault-rows/signature-parts.ts';
import { signatureStructureRows } from './fault-rows/signature-structure.ts';
import { statusRows } from './fault-rows/status.ts';
import { subjectRows } from './fault-rows/subject.ts';
import { textRows } from './fault-rows/text.ts';
import { transportRows } from './fault-rows/transport.ts';
import { wrappingRows } from './fault-rows/wrapping.ts';

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
