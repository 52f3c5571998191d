/** Describes a sign-in form, and finds the described fields on a page without a browser. */
import { folded } from './page.ts';
import type { Form, Visit } from './visit.ts';

/** The visible label of a field; if it has none, its placeholder or the name that the form sends. */
export type FieldHint = string | { placeholder: string } | { name: string };

export interface SignInForm {
  username: FieldHint;
  /** Missing if the form asks for no password. */
  password?: FieldHint | undefined;
  /** The button that submits the form. */
  button: string;
  /** The button between user name and password, if they are on two pages. */
  next?: string | undefined;
}

/** The text that a person types. */
export interface Credentials {
  username: string;
  password: string;
}

/** A form of a page, with values for the described fields that it has. */
export interface FilledForm {
  form: Form;
  values: Record<string, string>;
  button: string;
}

/** Undefined if the page has none of the described fields. */
export function fillSignInForm(
  { controls, forms }: Pick<Visit, 'controls' | 'forms'>,
  description: SignInForm,
  { username, password }: Credentials,
): FilledForm | undefined {
  const names = fieldNames(controls, [description.username, description.password ?? []].flat());
  const typed = [
    [names[0], username],
    [names[1], password],
  ] as const;
  for (const form of forms) {
    const values = Object.fromEntries(typed.filter(([name]) => form.fields.some((field) => field.name === name)));
    if (Object.keys(values).length === 0) continue;
    const isFirstPage = description.next !== undefined && !(names[1] !== undefined && names[1] in values);
    return { form, values, button: isFirstPage ? description.next! : description.button };
  }
  return undefined;
}

/** The names under which a form sends the described fields; undefined for a missing one. */
const fieldNames = (controls: Visit['controls'], hints: readonly FieldHint[]): (string | undefined)[] =>
  hints.map((hint) => controls.find((control) => isMeant(control, hint))?.name);

function isMeant({ name, placeholder, labels }: Visit['controls'][number], hint: FieldHint): boolean {
  if (typeof hint === 'string') return labels.includes(folded(hint));
  return 'name' in hint ? name === hint.name : placeholder === hint.placeholder;
}
