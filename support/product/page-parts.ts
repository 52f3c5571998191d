/** The fields, buttons and links of the page that a person sees, with either driver, for finding a recipe's labels. */
import { type Control, readPage } from '../stack/page.ts';
import type { BrowserDriver } from './browser-driver.ts';
import type { HttpDriver } from './http-driver.ts';
import type { FieldHint } from './label.ts';

/** As in JSON. */
export type PlainHint = Exclude<FieldHint, RegExp>;

/** A field that can be typed in. */
export interface FoundField {
  hint: PlainHint;
  type: string;
  /** Everything that names it. */
  names: string;
  form: object | undefined;
}

/** A button or link. */
export interface Pressable {
  label: string;
  /** Where it leads, if the page says so. */
  target: string | undefined;
  isLink: boolean;
  form: object | undefined;
}

export interface PageParts {
  url: string;
  fields: readonly FoundField[];
  pressables: readonly Pressable[];
}

export type EitherDriver = HttpDriver | BrowserDriver;

/** Hidden fields and buttons are left out. */
export async function partsOf(driver: EitherDriver): Promise<PageParts> {
  const look = await driver.look();
  const page = driver.kind === 'http' ? driver.page : readPage(await driver.page.content(), new URL(driver.page.url()));
  if (look.isUnreachable || page === undefined) return { url: look.url, fields: [], pressables: [] };
  const shown = new Set([...look.fields, ...look.buttons, ...look.links.map(({ label }) => label)].map(lower));
  const isShown = (names: readonly string[]): boolean =>
    driver.kind === 'http' || names.some((one) => shown.has(lower(one)));
  const fields = page.controls
    .filter(({ type }) => ['text', 'email', 'password', 'tel', 'search', 'url'].includes(type))
    .map((one) => ({ one, names: [...one.labels, one.placeholder ?? '', one.name] }))
    .filter(({ names }) => isShown(names))
    .map(({ one, names }) => ({ hint: hintOf(one), type: one.type, names: names.join(' '), form: one.form }));
  const inForms = page.forms.flatMap((form) =>
    form.buttons.map(({ label }) => ({ label, target: form.action.href, isLink: false, form })),
  );
  const outside = look.buttons
    .filter((label) => !inForms.some((one) => lower(one.label) === lower(label)))
    .map((label) => ({ label, target: undefined, isLink: false, form: undefined }));
  const links = page.links.map(({ label, target }) => ({ label, target: target.href, isLink: true, form: undefined }));
  const pressables = [...inForms, ...outside, ...links].filter(({ label }) => label !== '' && isShown([label]));
  return { url: look.url, fields, pressables };
}

const lower = (text: string): string => text.toLowerCase();

/** The label if there is one: it is what a person sees. */
function hintOf({ labels, placeholder, name }: Control): PlainHint {
  const label = labels.find((one) => one !== '');
  if (label !== undefined) return label;
  return placeholder ? { placeholder } : { name };
}
