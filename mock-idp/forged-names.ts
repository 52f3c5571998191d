/** The names in forged content: an attacker who can forge one name forges all of them. */
import type { Strike } from './fault.ts';
import { type Element, isElement, replace, withChildren } from './response/xml.ts';

/** The user that forged content names, unless the app has another (`forgedUser`). */
export const stranger = 'mallory@elsewhere.example';

type Names = Pick<Strike, 'user' | 'elsewhere'>;

export const forgedNameId = ({ elsewhere }: Names): string => elsewhere?.forged?.nameId ?? stranger;

/** Replaces the NameIDs, and the attribute values that name the user. Other attributes, such as groups, stay. */
export function forgeNames(tree: Element, strike: Names): Element {
  const named = replace(tree, 'saml:NameID', (nameId) => withChildren(nameId, forgedNameId(strike)));
  return replace(named, 'saml:Attribute', (attribute) => {
    const forged = strike.elsewhere?.forged?.attributes[attribute.attributes.Name ?? ''];
    return forged === undefined ? forgeValues(attribute, strike) : withValues(attribute, forged);
  });
}

/** The first AttributeValue is repeated for each value, with its attributes. */
function withValues(attribute: Element, values: readonly string[]): Element {
  const [first] = attribute.children.filter(isElement);
  return first === undefined ? attribute : withChildren(attribute, ...values.map((one) => withChildren(first, one)));
}

function forgeValues(attribute: Element, strike: Names): Element {
  const locals = new Set(namesOf(strike).map((name) => localPart(name).toLowerCase()));
  return replace(attribute, 'saml:AttributeValue', (value) => {
    const text = value.children.filter((one) => typeof one === 'string').join('');
    if (text.includes('@')) return withChildren(value, forgedNameId(strike));
    return locals.has(text.toLowerCase()) ? withChildren(value, localPart(forgedNameId(strike))) : value;
  });
}

/** The NameID and the emails among the attributes. */
const namesOf = ({ user: { nameId, attributes } }: Names): string[] => [
  nameId,
  ...Object.values(attributes)
    .flat()
    .filter((value) => value.includes('@')),
];

const localPart = (name: string): string => name.split('@')[0]!;
