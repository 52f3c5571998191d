/** How a sign-in form is described, and where the described fields are on a page without a browser. */
import { load } from 'cheerio';
import type { Form, Visit } from './visit.ts';

/** The label of a field as a person reads it; where it has none, its placeholder or the name that the form sends. */
export type FieldHint = string | { placeholder: string } | { name: string };

export interface SignInForm {
  username: FieldHint;
  /** Missing where the form asks for no password. */
  password?: FieldHint | undefined;
  /** The button that ends the form. */
  button: string;
  /** The button between user name and password, where they are on two pages. */
  next?: string | undefined;
}

/** What a person types. */
export interface Credentials {
  username: string;
  password: string;
}

/** A form of a page with the values for those of the described fields that are there. */
export interface FilledForm {
  form: Form;
  values: Record<string, string>;
  button: string;
}

/** Undefined if the page has none of the described fields. */
export function fillSignInForm(
  { body, forms }: Pick<Visit, 'body' | 'forms'>,
  description: SignInForm,
  { username, password }: Credentials,
): FilledForm | undefined {
  const names = fieldNames(body, [description.username, description.password ?? []].flat());
  const typed = [
    [names[0], username],
    [names[1], password],
  ] as const;
  for (const form of forms) {
    const values = Object.fromEntries(typed.filter(([name]) => form.fields.some((field) => field.name === name)));
    if (Object.keys(values).length === 0) continue;
    const goesOn = description.next !== undefined && !(names[1] !== undefined && names[1] in values);
    return { form, values, button: goesOn ? description.next! : description.button };
  }
  return undefined;
}

/** The names that a form sends the described fields under; undefined for one that the page lacks. */
function fieldNames(html: string, hints: readonly FieldHint[]): (string | undefined)[] {
  const $ = load(html);
  const fields = $('input, select, textarea').get();
  const nameOf = (matches: (field: (typeof fields)[number]) => boolean): string | undefined =>
    $(fields.find((field) => $(field).attr('name') !== undefined && matches(field))).attr('name');
  return hints.map((hint) => {
    if (typeof hint !== 'string')
      return 'name' in hint
        ? nameOf((field) => $(field).attr('name') === hint.name)
        : nameOf((field) => $(field).attr('placeholder')?.trim() === hint.placeholder);
    const labels = $('label')
      .get()
      .filter((label) => folded($(label).text()) === folded(hint));
    const labelled = new Set(labels.map((label) => $(label).attr('for')).filter((id) => id !== undefined));
    const within = new Set(labels.flatMap((label) => $(label).find('input, select, textarea').get()));
    return nameOf(
      (field) =>
        within.has(field) ||
        labelled.has($(field).attr('id') ?? '') ||
        folded($(field).attr('aria-label') ?? '') === folded(hint),
    );
  });
}

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();
