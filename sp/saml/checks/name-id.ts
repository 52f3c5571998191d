/** Checks of the identity: saml:NameID and attributes, and whether the address it names may sign in here. */
import type { Finding } from '../../rejection.ts';
import { attribute, childNamed, childrenNamed, ns, textOf } from '../dom.ts';
import { nameIdFormatUris } from '../names.ts';
import { type Check, finding } from './check.ts';

export const nameIdOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(childNamed(assertion, ns.saml, 'Subject'), ns.saml, 'NameID');

/** By Name; FriendlyName is for people and never looked at. Values of several elements of one Name are kept apart from each other. */
export function attributesOf(assertion: Element | undefined): Map<string, { element: Element; values: string[] }[]> {
  const found = new Map<string, { element: Element; values: string[] }[]>();
  for (const statement of assertion ? childrenNamed(assertion, ns.saml, 'AttributeStatement') : []) {
    for (const element of childrenNamed(statement, ns.saml, 'Attribute')) {
      const name = attribute(element, 'Name') ?? '';
      found.set(name, [
        ...(found.get(name) ?? []),
        { element, values: childrenNamed(element, ns.saml, 'AttributeValue').map(textOf) },
      ]);
    }
  }
  return found;
}

const longest = 256;
const emptyFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

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
      return nameId && textOf(nameId).trim() !== ''
        ? []
        : [
            finding('nameid-missing', at(nameId ?? subject), {
              expected: 'saml:NameID',
              received: nameId ? 'an empty one' : 'none',
            }),
          ];
    },
  },
  {
    name: 'NameID format',
    check({ assertion, at }, { policies }) {
      const nameId = nameIdOf(assertion);
      if (nameId === undefined || policies.nameIdFormat === 'any') return [];
      const format = attribute(nameId, 'Format') ?? emptyFormat;
      const expected = nameIdFormatUris[policies.nameIdFormat];
      return format === expected
        ? []
        : [
            finding('nameid-format-wrong', at(nameId, 'Format'), {
              expected,
              received: attribute(nameId, 'Format') ?? 'none, which means unspecified',
            }),
          ];
    },
  },
  {
    name: 'NameID length',
    check({ assertion, at }) {
      const nameId = nameIdOf(assertion);
      return nameId && textOf(nameId).length > longest
        ? [
            finding('nameid-too-long', at(nameId), {
              expected: `at most ${longest} characters`,
              received: String(textOf(nameId).length),
            }),
          ]
        : [];
    },
  },
  {
    name: 'NameID is an address',
    check({ assertion, at }) {
      const nameId = nameIdOf(assertion);
      const value = textOf(nameId);
      if (
        !nameId ||
        value.trim() === '' ||
        attribute(nameId, 'Format') !== nameIdFormatUris.emailAddress ||
        value.length > longest
      )
        return [];
      return /^[^@\s\p{C}"<>(),;:\\[\]]+@[^@\s\p{C}"<>(),;:\\[\]]+$/u.test(value)
        ? []
        : [finding('nameid-not-email', at(nameId), { expected: 'an e-mail address', received: value })];
    },
  },
  {
    name: 'NameID qualifier',
    check({ assertion, at }, { sp }) {
      const nameId = nameIdOf(assertion);
      const qualifier = attribute(nameId, 'SPNameQualifier');
      return nameId && qualifier !== undefined && sp.entityId !== undefined && qualifier !== sp.entityId
        ? [
            finding('nameid-qualifier-wrong', at(nameId, 'SPNameQualifier'), {
              expected: sp.entityId,
              received: qualifier,
            }),
          ]
        : [];
    },
  },
  {
    name: 'no attribute says two things',
    check: ({ assertion, at }) =>
      [...attributesOf(assertion)].flatMap(([name, all]) => {
        const [first, ...more] = all;
        const differing = more.find(({ values }) => values.join('\0') !== first!.values.join('\0'));
        return differing
          ? [
              finding('attribute-duplicate', at(differing.element), {
                expected: `${name} once`,
                received: `${all.length} times, with different values`,
              }),
            ]
          : [];
      }),
  },
  {
    name: 'required attributes',
    check({ assertion, at }, { policies }) {
      if (assertion === undefined) return [];
      const found = attributesOf(assertion);
      const place = at(childNamed(assertion, ns.saml, 'AttributeStatement') ?? assertion);
      return policies.requiredAttributes
        .filter((name) => !(found.get(name) ?? []).some(({ values }) => values.some((value) => value.trim() !== '')))
        .map((name) =>
          finding('required-attribute-missing', place, {
            expected: name,
            received: [...found.keys()].join(', ') || 'no attributes',
          }),
        );
    },
  },
  {
    name: 'encrypted attributes',
    check: ({ assertion, at }) =>
      (assertion ? childrenNamed(assertion, ns.saml, 'AttributeStatement') : [])
        .flatMap((statement) => childrenNamed(statement, ns.saml, 'EncryptedAttribute'))
        .map((node) =>
          finding('encryption-unsupported', at(node), {
            expected: 'saml:Attribute',
            received: 'saml:EncryptedAttribute',
          }),
        ),
  },
];

export const accountChecks: readonly Check[] = [
  {
    name: 'account',
    check({ assertion, at }, { account }): Finding[] {
      const nameId = nameIdOf(assertion);
      const value = textOf(nameId);
      if (nameId === undefined || value.trim() === '' || account === undefined) return [];
      const { kind, expected } = account(value);
      if (kind === 'expected') return [];
      const code = (
        {
          other: 'nameid-user-mismatch',
          unknown: 'user-not-provisioned',
          deactivated: 'user-deactivated',
          'foreign-domain': 'email-domain-refused',
        } as const
      )[kind];
      return [finding(code, at(nameId), { expected, received: value })];
    },
  },
];

export const replayChecks: readonly Check[] = [
  {
    name: 'replay',
    check({ assertion, at }, { alreadySeen }) {
      const id = attribute(assertion, 'ID');
      return assertion && id !== undefined && alreadySeen?.(id)
        ? [
            finding('replay-detected', at(assertion, 'ID'), {
              expected: 'an assertion that was not used before',
              received: id,
            }),
          ]
        : [];
    },
  },
];
