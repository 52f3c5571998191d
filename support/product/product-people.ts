/** The people of a recipe: their accounts, and the names that the IdP sends and the product shows. */
import { colleagues, isColleague } from '../catalogue/cast.ts';
import type { FixedNames, Person } from '../stack/rehearsal.ts';
import { secretText } from '../stack/secret.ts';
import { filled } from './filled.ts';
import { tenant } from './idp-state.ts';
import type { Recipe } from './recipe.ts';

export const addressesIn = (people: NonNullable<Recipe['people']>): string[] =>
  colleagues.flatMap((name) => people[name]?.email ?? []);

export function namesOf(recipe: Recipe, people: NonNullable<Recipe['people']>): FixedNames {
  const given = colleagues.flatMap((name) => {
    const one = people[name];
    if (one === undefined) return [];
    const { email: address, password } = one;
    return [[name, { address, ...(password === undefined ? {} : { password: secretText(password) }) }] as const];
  });
  const domain = people.domain ?? people.Sam!.email.split('@')[1]!;
  return {
    organization: { slug: tenant, name: 'Acme', domain },
    tenant: { slug: tenant },
    people: Object.fromEntries(given),
    isNewEachTime: people.domain !== undefined,
    complete: (person) => withNames(person, recipe),
  };
}

/** Adds the NameID and attributes at the IdP, and the name that the product shows. */
export function withNames(person: Person, { people }: Recipe): Person {
  const { name, address } = person;
  const { shownAs, nameId, attributes } = {
    ...people!,
    ...(isColleague(name) ? people![name as (typeof colleagues)[number]] : {}),
  };
  const values = { email: address, name, localPart: address.split('@')[0]! };
  return {
    ...person,
    shownAs: filled(shownAs ?? people!.shownAs, values),
    nameId: filled(nameId ?? people!.nameId, values),
    attributes: Object.fromEntries(
      Object.entries(attributes ?? { displayName: '{name}' }).map(([key, one]) => [key, filled([one].flat(), values)]),
    ),
  };
}
