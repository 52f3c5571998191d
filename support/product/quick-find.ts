/**
 * Finds what a page names plainly, without Playwright's locators: they load a large script into each new page, which
 * takes longer than the page itself. It finds only what a locator would find, and otherwise leaves the search to one.
 */
import type { Page } from 'playwright';
import { folded } from '../stack/page.ts';

export type Kind = 'field' | 'button' | 'link';

/** Unclear: leave it to a locator, for instance because several have the name, or none can be used yet. */
export type Found = 'one' | 'none' | 'unclear';

export interface Wanted {
  kind: Kind;
  /** The whole name, in upper and lower case as written. */
  name: string;
  /** Moves the focus there, and selects the text of a field. */
  focus?: boolean;
}

export const findQuickly = (page: Page, { kind, name, focus = false }: Wanted): Promise<Found> =>
  page
    .evaluate<Found>(`(${findInPage})(${JSON.stringify({ kind, name: folded(name), focus })})`)
    .catch(() => 'unclear'); // the page changes meanwhile

const textInputs = ['text', 'email', 'password', 'url', 'tel', 'search'].map((type) => `[type=${type}]`).join(', ');

/** Names that are elsewhere, or the browser's own. */
const namedElsewhere =
  '[aria-labelledby], [aria-owns], input:is([type=submit], [type=reset], [type=image]):not([value])';

/** Names of nested elements are read again for each that contains them. */
const mostElements = 5000;

/** Runs in the page. */
const findInPage = `({ kind, name, focus }) => {
  const fold = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
  const all = (css) => [...document.querySelectorAll(css)];
  const { known, plain } = {
    field: {
      known: 'input, textarea, select, button, output, meter, progress',
      plain: 'input:is(:not([type]), ${textInputs})',
    },
    button: { known: 'button, summary, input, [role]', plain: 'button, input[type=submit][value]' },
    link: { known: 'a, area, [role]', plain: 'a[href]' },
  }[kind];
  const named = (one) => [one.getAttribute('aria-label'), one.getAttribute('alt'), one.title];
  const namesOf = (one) =>
    kind === 'field'
      ? [one.getAttribute('aria-label'), ...[...(one.labels ?? [])].map((label) => label.textContent)]
      : [one.textContent, one.value, ...[one, ...one.querySelectorAll('[alt], [title], [aria-label]')].flatMap(named)];

  const everything = all('*');
  // A selector does not enter a shadow root.
  if (everything.length > ${mostElements} || everything.some((one) => one.shadowRoot)) return 'unclear';
  if (all('${namedElsewhere}').length > 0) return 'unclear';
  const similar = all(known + ', [aria-label]')
    .map((element) => ({ element, names: new Set(namesOf(element).map(fold).filter((text) => text !== '')) }))
    .filter(({ names }) => [...names].some((text) => text.toLowerCase().includes(name.toLowerCase())));
  if (similar.length === 0) return 'none';
  const [found, ...others] = similar.filter(({ names }) => names.has(name));
  if (found === undefined || others.length > 0 || found.names.size > 1) return 'unclear';

  const { element } = found;
  const isUsable =
    element.matches(plain) &&
    (kind === 'field' || element.children.length === 0) &&
    !element.matches('[role], [readonly], [aria-disabled], [aria-readonly], :disabled') &&
    element.closest('[aria-hidden], [inert]') === null &&
    element.getClientRects().length > 0 &&
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  // The browser would not send a form with an invalid field.
  if (!isUsable || (kind === 'button' && element.form?.querySelector(':invalid:not(fieldset)'))) return 'unclear';
  if (focus) {
    element.focus();
    if (kind === 'field') element.select();
    if (document.activeElement !== element) return 'unclear';
  }
  return 'one';
}`;
