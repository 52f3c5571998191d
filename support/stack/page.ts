/**
 * Parses an HTML page in one pass, without a tree: time and memory grow with its length, however deeply it is nested.
 * Building a tree takes more than linear time, and the tree may be too deep to walk.
 */

import { decodeHTML } from 'entities';
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

export interface Page {
  /** The visible text, with white space folded. */
  text: string;
  /** The same and the title, with a space at each tag, so that neighbouring texts do not run together. */
  spacedText: string;
  /** The first h1; empty if there is none. */
  heading: string;
  /** The text in `main`, spaced like `spacedText`; empty if there is none. */
  mainText: string;
  /** Texts of the elements with role="alert". */
  alerts: readonly string[];
  /** Forms whose action is not a URL are left out. */
  forms: readonly Form[];
  /** Every field that has a name, in or outside a form, in page order. */
  controls: readonly Control[];
  /** Links whose target is not a URL are left out. */
  links: readonly Link[];
}

export interface Form {
  action: URL;
  method: 'GET' | 'POST';
  enctype: string;
  fields: readonly Field[];
  buttons: readonly Button[];
}

interface Field {
  name: string;
  value: string;
  /** The type of an input; otherwise the element's name. */
  type: string;
}

/** A field as a person finds it. */
export interface Control {
  name: string;
  placeholder: string | undefined;
  /** Texts of its labels, and its aria-label; with white space folded. */
  labels: readonly string[];
  /** The type of an input; otherwise the element's name. */
  type: string;
  /** The value that a checked box or radio button sends; otherwise the field's initial text. */
  value: string;
  /** The form that sends it: one of the page's forms. */
  form: Form | undefined;
}

interface Button {
  name: string | undefined;
  value: string;
  /** The button's text. */
  label: string;
  isDisabled: boolean;
  /** Where this button sends the form, if not to the form's action. */
  action: URL | undefined;
}

interface Link {
  target: URL;
  label: string;
}

/** Limit for fields, buttons and links: no ordinary page has so many. */
const most = 10_000;

/** `url` is the page's URL, the base of relative ones. */
export function readPage(html: string, url: URL): Page {
  const reader = new PageReader(html, url);
  const tokenizer = new Tokenizer({ decodeEntities: true }, reader);
  tokenizer.write(html);
  tokenizer.end();
  return reader.page();
}

type Attributes = Partial<Record<string, string>>;

/** Attributes that decide what a form sends or where a link leads. */
const attributesRead: ReadonlySet<string> = new Set(
  (
    'action,aria-label,checked,disabled,enctype,for,formaction,href,id,' +
    'method,multiple,name,placeholder,role,selected,type,value'
  ).split(','),
);

/** For other elements, only the text between them is read. */
const elementsRead: ReadonlySet<string> = new Set(
  'a,button,form,h1,input,label,main,option,select,textarea'.split(','),
);

/** Elements whose contents are for the browser only. */
const invisible: ReadonlySet<string> = new Set(['script', 'style', 'title']);

interface OpenForm extends Omit<Form, 'action'> {
  action: URL | null;
  fields: Field[];
  buttons: Button[];
}

/** An element whose text is needed at its end. */
interface Open {
  attributes: Attributes;
  text: TextBuilder;
}

interface Label {
  of: string | undefined;
  text: TextBuilder;
  /** A label belongs to the first field inside it. */
  isTaken: boolean;
}

interface FoundControl {
  attributes: Attributes;
  name: string;
  type: string;
  form: OpenForm | undefined;
  /** The enclosing form. */
  label: Label | undefined;
}

/** An element with role="alert", and the number of open elements of the same name in it. */
interface OpenAlert {
  tag: string;
  depth: number;
  text: TextBuilder;
}

interface OpenSelect {
  name: string | undefined;
  isMultiple: boolean;
  options: { isSelected: boolean; value: string | undefined; text: TextBuilder }[];
}

export class PageReader implements TokenizerCallbacks {
  readonly #html: string;
  readonly #url: URL;
  readonly #text = new TextBuilder();
  readonly #spaced = new TextBuilder();
  readonly #main = new TextBuilder();
  readonly #alerts: TextBuilder[] = [];
  readonly #forms: OpenForm[] = [];
  readonly #links: Link[] = [];
  readonly #controls: FoundControl[] = [];
  readonly #labels: Label[] = [];
  /** Number of fields, buttons, options and links so far. */
  #count = 0;
  /** The tag being read. */
  #tag = '';
  #attributes: Attributes | undefined;
  #attribute = '';
  #value = '';
  #role = '';
  /** The open element with invisible text. */
  #invisible: string | undefined;
  #templates = 0;
  /** At most one of each is open, as in a browser. */
  #form: OpenForm | undefined;
  #select: OpenSelect | undefined;
  #button: Open | undefined;
  #link: Open | undefined;
  #textarea: Open | undefined;
  #label: Label | undefined;
  #heading: TextBuilder | undefined;
  #isInHeading = false;
  #mains = 0;
  #alert: OpenAlert | undefined;

  constructor(html: string, url: URL) {
    this.#html = html;
    this.#url = url;
  }

  page(): Page {
    const forms = new Map(
      this.#forms.flatMap((one) => {
        const { action, ...form } = one;
        return action === null ? [] : [[one, { action, ...form }] as const];
      }),
    );
    return {
      text: this.#text.folded(),
      spacedText: this.#spaced.folded(),
      heading: this.#heading?.folded() ?? '',
      mainText: this.#main.folded(),
      alerts: this.#alerts.map((text) => text.folded()),
      controls: labelled(this.#controls, this.#labels, forms),
      links: this.#links,
      forms: [...forms.values()],
    };
  }

  onopentagname(start: number, end: number): void {
    this.#tag = this.#html.slice(start, end).toLowerCase();
    this.#attributes = elementsRead.has(this.#tag) ? {} : undefined;
    this.#role = '';
  }

  onattribname(start: number, end: number): void {
    this.#value = '';
    const isRead = end - start <= 'placeholder'.length;
    this.#attribute = isRead ? this.#html.slice(start, end).toLowerCase() : '';
  }

  onattribdata(start: number, end: number): void {
    if (attributesRead.has(this.#attribute)) this.#value += this.#html.slice(start, end);
  }

  onattribentity(codePoint: number): void {
    if (attributesRead.has(this.#attribute)) this.#value += String.fromCodePoint(codePoint);
  }

  onattribend(): void {
    if (this.#attribute === 'role') this.#role = this.#value;
    if (this.#attributes !== undefined && attributesRead.has(this.#attribute))
      this.#attributes[this.#attribute] ??= this.#value;
  }

  onopentagend(): void {
    this.#space();
    if (this.#templates === 0) this.#openAlert();
    if (invisible.has(this.#tag)) this.#invisible = this.#tag;
    if (this.#tag === 'template') this.#templates++;
    if (this.#attributes !== undefined && this.#templates === 0) this.#open(this.#attributes);
  }

  /** In HTML a self-closing slash means nothing, but void elements need no end tag. */
  onselfclosingtag(): void {
    const isFieldOrLink = this.#attributes !== undefined;
    if (isFieldOrLink) this.onopentagend();
    else this.#space();
  }

  onclosetag(start: number, end: number): void {
    this.#space();
    const name = this.#html.slice(start, end).toLowerCase();
    if (name === this.#invisible) this.#invisible = undefined;
    if (name === 'template') this.#templates = Math.max(0, this.#templates - 1);
    else if (this.#templates === 0) {
      this.#closeAlert(name);
      this.#close(name);
    }
  }

  ontext(start: number, end: number): void {
    this.#add(this.#html.slice(start, end));
  }

  ontextentity(codePoint: number): void {
    this.#add(String.fromCodePoint(codePoint));
  }

  oncomment(): void {
    this.#space();
  }

  oncdata(): void {
    this.#space();
  }

  ondeclaration(): void {
    this.#space();
  }

  onprocessinginstruction(): void {
    this.#space();
  }

  onend(): void {
    for (const name of ['textarea', 'button', 'a', 'select']) this.#close(name);
  }

  #space(): void {
    this.#spaced.add(' ');
    if (this.#mains > 0) this.#main.add(' ');
    if (this.#isInHeading) this.#heading?.add(' ');
    this.#alert?.text.add(' ');
  }

  #openAlert(): void {
    if (this.#alert !== undefined) {
      if (this.#tag === this.#alert.tag) this.#alert.depth++;
    } else if (this.#role === 'alert' && this.#mayKeep()) {
      this.#alert = { tag: this.#tag, depth: 1, text: new TextBuilder() };
      this.#alerts.push(this.#alert.text);
    }
  }

  #closeAlert(name: string): void {
    if (name !== this.#alert?.tag) return;
    this.#alert.depth--;
    if (this.#alert.depth === 0) this.#alert = undefined;
  }

  #add(text: string): void {
    if (this.#templates > 0 || this.#invisible === 'script' || this.#invisible === 'style') return;
    this.#spaced.add(text);
    if (this.#invisible === 'title') return;
    this.#text.add(text);
    this.#select?.options.at(-1)?.text.add(text);
    this.#button?.text.add(text);
    this.#link?.text.add(text);
    this.#textarea?.text.add(text);
    this.#label?.text.add(text);
    this.#alert?.text.add(text);
    if (this.#mains > 0) this.#main.add(text);
    if (this.#isInHeading) this.#heading?.add(text);
  }

  #open(attributes: Attributes): void {
    const tag = this.#tag;
    if (tag === 'button' || tag === 'a' || tag === 'select') this.#close(tag);
    if (controls.has(tag)) this.#keepControl(attributes);
    if (tag === 'main') this.#mains++;
    else if (tag === 'h1') this.#openHeading();
    else if (tag === 'form') this.#openForm(attributes);
    else if (tag === 'label') this.#openLabel(attributes);
    else if (tag === 'input') this.#input(attributes);
    else if (tag === 'option') this.#option(attributes);
    else if (tag === 'select') this.#select = { ...selectOf(attributes), options: [] };
    else if (tag === 'textarea') this.#textarea = { attributes, text: new TextBuilder() };
    else if (tag === 'button') this.#button = { attributes, text: new TextBuilder() };
    else this.#link = { attributes, text: new TextBuilder() };
  }

  #close(name: string): void {
    if (name === 'form') this.#form = undefined;
    else if (name === 'textarea') this.#closeTextarea();
    else if (name === 'button') this.#closeButton();
    else if (name === 'a') this.#closeLink();
    else if (name === 'select') this.#closeSelect();
    else if (name === 'label') this.#label = undefined;
    else if (name === 'h1') this.#isInHeading = false;
    else if (name === 'main') this.#mains = Math.max(0, this.#mains - 1);
  }

  #openHeading(): void {
    this.#isInHeading = this.#heading === undefined;
    this.#heading ??= new TextBuilder();
  }

  /** Forms are not nested. */
  #openForm({ action = '', method = '', enctype = 'application/x-www-form-urlencoded' }: Attributes): void {
    if (this.#form !== undefined || !this.#mayKeep()) return;
    this.#form = {
      action: URL.parse(action, this.#url),
      method: method.toUpperCase() === 'POST' ? 'POST' : 'GET',
      enctype,
      fields: [],
      buttons: [],
    };
    this.#forms.push(this.#form);
  }

  #openLabel({ for: of }: Attributes): void {
    this.#label = undefined;
    if (!this.#mayKeep()) return;
    this.#label = { of, text: new TextBuilder(), isTaken: false };
    this.#labels.push(this.#label);
  }

  #keepControl(attributes: Attributes): void {
    const { name } = attributes;
    if (!name || !this.#mayKeep()) return;
    const type = this.#tag === 'input' ? (attributes.type ?? 'text').toLowerCase() : this.#tag;
    const label = this.#label?.isTaken ? undefined : this.#label;
    this.#controls.push({ attributes, name, type, label, form: this.#form });
    if (this.#label !== undefined) this.#label.isTaken = true;
  }

  #input(attributes: Attributes): void {
    const { name, value, checked, disabled, type = 'input' } = attributes;
    const kind = type.toLowerCase();
    if (kind === 'submit') this.#keepButton(attributes, value ?? '');
    const box = isBox(kind);
    if (!name || disabled !== undefined || sendsNothing.has(kind) || (box && checked === undefined)) return;
    this.#keepField({ name, value: value ?? (box ? 'on' : ''), type: kind });
  }

  #option({ selected, value }: Attributes): void {
    if (this.#mayKeep())
      this.#select?.options.push({ isSelected: selected !== undefined, value, text: new TextBuilder() });
  }

  #closeTextarea(): void {
    const { attributes: { name, disabled } = {}, text } = this.#textarea ?? {};
    this.#textarea = undefined;
    // The tokenizer leaves character references, and a browser drops a leading line break.
    if (name && disabled === undefined)
      this.#keepField({ name, value: decodeHTML(text!.whole()).replace(/^\r?\n/, ''), type: 'textarea' });
  }

  #closeButton(): void {
    const { attributes = {}, text } = this.#button ?? {};
    this.#button = undefined;
    if (text !== undefined) this.#keepButton(attributes, text.whole() || (attributes.value ?? ''));
  }

  #closeLink(): void {
    const { attributes: { href } = {}, text } = this.#link ?? {};
    this.#link = undefined;
    const target = href === undefined ? null : URL.parse(href, this.#url);
    if (target !== null && this.#mayKeep()) this.#links.push({ target, label: text!.folded() });
  }

  /** Without a selection, the first option of a single-choice list; of several selected ones, the last. */
  #closeSelect(): void {
    const { name, isMultiple, options = [] } = this.#select ?? {};
    this.#select = undefined;
    if (!name) return;
    const marked = options.filter(({ isSelected }) => isSelected);
    const chosen = isMultiple ? marked : [marked.at(-1) ?? options[0]];
    for (const one of chosen) this.#keepField({ name, value: one?.value ?? one?.text.folded() ?? '', type: 'select' });
  }

  #keepField(field: Field): void {
    if (this.#form !== undefined && this.#mayKeep()) this.#form.fields.push(field);
  }

  #keepButton({ name, value = '', type = '', disabled, formaction }: Attributes, label: string): void {
    if (this.#form === undefined || ['button', 'reset'].includes(type) || !this.#mayKeep()) return;
    const action = formaction === undefined ? undefined : (URL.parse(formaction, this.#url) ?? undefined);
    this.#form.buttons.push({ name, value, label: label.trim(), isDisabled: disabled !== undefined, action });
  }

  #mayKeep(): boolean {
    this.#count++;
    return this.#count <= most;
  }
}

const controls: ReadonlySet<string> = new Set(['input', 'select', 'textarea']);

/** With the labels around them, and labels for their ID, which refer to the first field with that ID. */
function labelled(
  found: readonly FoundControl[],
  labels: readonly Label[],
  forms: ReadonlyMap<OpenForm, Form>,
): Control[] {
  const byId = new Map<string, string[]>();
  for (const { of, text } of labels)
    if (of !== undefined) {
      const texts = byId.get(of) ?? [];
      byId.set(of, texts);
      texts.push(text.folded());
    }
  return found.map(({ name, type, form, label, attributes }) => {
    const { id = '', placeholder, 'aria-label': spoken, value } = attributes;
    const around = label === undefined ? [] : [label.text.folded()];
    const labels = [...around, ...(byId.get(id) ?? []), ...(spoken === undefined ? [] : [folded(spoken)])];
    byId.delete(id);
    const sent = value ?? (isBox(type) ? 'on' : '');
    return { name, placeholder: placeholder?.trim(), labels, type, value: sent, form: form && forms.get(form) };
  });
}

const isBox = (type: string): boolean => type === 'checkbox' || type === 'radio';

/** With each run of white space as one blank. */
export const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Types of controls that send nothing unless pressed, or that cannot be filled in. */
const sendsNothing: ReadonlySet<string> = new Set(['submit', 'button', 'image', 'reset', 'file']);

const selectOf = ({ name, multiple, disabled }: Attributes): Omit<OpenSelect, 'options'> => ({
  name: disabled === undefined ? name : undefined,
  isMultiple: multiple !== undefined,
});

/** Joins many short pieces. Appending them to a string one by one would keep each of them in memory. */
class TextBuilder {
  #whole = '';
  #pieces: string[] = [];

  add(piece: string): void {
    this.#pieces.push(piece);
    if (this.#pieces.length >= 1_000) this.whole();
  }

  whole(): string {
    if (this.#pieces.length > 0) this.#whole += this.#pieces.join('');
    this.#pieces = [];
    return this.#whole;
  }

  folded(): string {
    return folded(this.whole());
  }
}
