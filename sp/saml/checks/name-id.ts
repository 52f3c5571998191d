/** Checks of the identity: saml:NameID, attributes and the account. */
import type { RejectionCode } from '../../rejection-advice.ts';
import { attribute, childNamed, childrenNamed, ns, textOf } from '../dom.ts';
import type { Account } from '../judgement.ts';
import { nameIdFormatUris } from '../uris.ts';
import { type Check, finding } from './check.ts';

export const nameIdOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(childNamed(assertion, ns.saml, 'Subject'), ns.saml, 'NameID');

const attributeStatementsOf = (assertion: Element | undefined): Element[] =>
  assertion ? childrenNamed(assertion, ns.saml, 'AttributeStatement') : [];

/** Attributes by Name, with each element of the same Name. FriendlyName is ignored. */
export function attributesOf(assertion: Element | undefined): Map<string, { element: Element; values: string[] }[]> {
  const found = new Map<string, { element: Element; values: string[] }[]>();
  for (const statement of attributeStatementsOf(assertion)) {
    for (const element of childrenNamed(statement, ns.saml, 'Attribute')) {
      const name = attribute(element, 'Name') ?? '';
      const ofThatName = found.get(name) ?? [];
      found.set(name, ofThatName);
      ofThatName.push({ element, values: childrenNamed(element, ns.saml, 'AttributeValue').map(textOf) });
    }
  }
  return found;
}

const longest = 256;
const looksLikeEmail = /^[^@\s\p{C}"<>(),;:\\[\]]+@[^@\s\p{C}"<>(),;:\\[\]]+$/u;

export const nameIdChecks: readonly Check[] = [
  {
    name: 'NameID is there',
    check({ assertion, at }) {
      const subject = childNamed(assertion, ns.saml, 'Subject');
      if (subject === undefined) return [];
      const encrypted = childNamed(subject, ns.saml, 'EncryptedID');
      if (encrypted)
        return [
          finding('encryption-unsupported', at(encrypted), { expected: 'saml:NameID', received: 'saml:EncryptedID' }),
        ];
      const nameId = childNamed(subject, ns.saml, 'NameID');
      if (nameId && textOf(nameId).trim() !== '') return [];
      const received = nameId ? 'an empty NameID' : 'none';
      return [finding('nameid-missing', at(nameId ?? subject), { expected: 'saml:NameID', received })];
    },
  },
  {
    name: 'NameID format',
    check({ assertion, at }, { policies }) {
      const nameId = nameIdOf(assertion);
      if (nameId === undefined || policies.nameIdFormat === 'any') return [];
      const format = attribute(nameId, 'Format') ?? nameIdFormatUris.unspecified;
      const expected = nameIdFormatUris[policies.nameIdFormat];
      if (format === expected) return [];
      const received = attribute(nameId, 'Format') ?? 'none, which means unspecified';
      return [finding('nameid-format-wrong', at(nameId, 'Format'), { expected, received })];
    },
  },
  {
    name: 'NameID length',
    check({ assertion, at }) {
      const nameId = nameIdOf(assertion);
      const { length } = textOf(nameId);
      if (nameId === undefined || length <= longest) return [];
      const facts = { expected: `at most ${longest} characters`, received: String(length) };
      return [finding('nameid-too-long', at(nameId), facts)];
    },
  },
  {
    name: 'NameID is an address',
    check({ assertion, at }) {
      const nameId = nameIdOf(assertion);
      const value = textOf(nameId);
      if (!nameId || attribute(nameId, 'Format') !== nameIdFormatUris.emailAddress) return [];
      if (value.trim() === '' || value.length > longest || looksLikeEmail.test(value)) return [];
      return [finding('nameid-not-email', at(nameId), { expected: 'an email', received: value })];
    },
  },
  {
    name: 'NameID qualifier',
    check({ assertion, at }, { sp }) {
      const nameId = nameIdOf(assertion);
      const received = attribute(nameId, 'SPNameQualifier');
      if (!nameId || received === undefined) return [];
      if (sp.entityId === undefined || received === sp.entityId) return [];
      return [finding('nameid-qualifier-wrong', at(nameId, 'SPNameQualifier'), { expected: sp.entityId, received })];
    },
  },
  {
    name: 'no attribute says two things',
    check: ({ assertion, at }, { offline }) =>
      [...attributesOf(assertion)].flatMap(([name, all]) => {
        if (offline?.allowRepeatedAttributes) return [];
        const first = all[0]!.values.join('\0');
        const differing = all.find(({ values }) => values.join('\0') !== first);
        if (differing === undefined) return [];
        const facts = { expected: `${name} once`, received: `${all.length} times, with different values` };
        return [finding('attribute-duplicate', at(differing.element), facts)];
      }),
  },
  {
    name: 'required attributes',
    check({ assertion, at }, { policies }) {
      if (assertion === undefined) return [];
      const found = attributesOf(assertion);
      const place = at(childNamed(assertion, ns.saml, 'AttributeStatement') ?? assertion);
      const received = [...found.keys()].join(', ') || 'no attributes';
      const hasValue = (name: string): boolean =>
        (found.get(name) ?? []).some(({ values }) => values.some((value) => value.trim() !== ''));
      return policies.requiredAttributes
        .filter((name) => !hasValue(name))
        .map((name) => finding('required-attribute-missing', place, { expected: name, received }));
    },
  },
  {
    name: 'encrypted attributes',
    check({ assertion, at }) {
      const encrypted = attributeStatementsOf(assertion).flatMap((statement) =>
        childrenNamed(statement, ns.saml, 'EncryptedAttribute'),
      );
      const facts = { expected: 'saml:Attribute', received: 'saml:EncryptedAttribute' };
      return encrypted.map((node) => finding('encryption-unsupported', at(node), facts));
    },
  },
];

const accountRejections = {
  other: 'nameid-user-mismatch',
  unknown: 'user-not-provisioned',
  deactivated: 'user-deactivated',
  'not-enrolled': 'user-not-enrolled',
  'foreign-domain': 'email-domain-refused',
} as const satisfies Record<Exclude<Account['kind'], 'expected'>, RejectionCode>;

export const accountChecks: readonly Check[] = [
  {
    name: 'account',
    check({ assertion, at }, { account }) {
      const nameId = nameIdOf(assertion);
      const value = textOf(nameId);
      if (nameId === undefined || value.trim() === '' || account === undefined) return [];
      const { kind, expected } = account(value);
      if (kind === 'expected') return [];
      return [finding(accountRejections[kind], at(nameId), { expected, received: value })];
    },
  },
];

export const replayChecks: readonly Check[] = [
  {
    name: 'replay',
    check({ assertion, at }, { wasUsed }) {
      const id = attribute(assertion, 'ID');
      if (!assertion || id === undefined || !wasUsed?.(id)) return [];
      const facts = { expected: 'an unused assertion', received: id };
      return [finding('replay-detected', at(assertion, 'ID'), facts)];
    },
  },
];
