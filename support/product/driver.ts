/**
 * A driver acts for a person: a browser or scripted HTTP, behind one interface. Its state is the person's: the open
 * page, the typed text, the cookies.
 */
import type { UploadedFile } from '../stack/visitor.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { type FieldHint, inWords, type Label } from './label.ts';

/** The page that a person sees. */
export interface Look {
  /** Empty if no page is open. */
  url: string;
  heading: string;
  /** The text of its main part, or of the whole page if it has none; whitespace collapsed. */
  text: string;
  /** Text of its first warning. */
  alert?: string;
  /** Labels in page order. */
  fields: readonly string[];
  buttons: readonly string[];
  links: readonly { label: string; url: string }[];
  /** True if the page could not be opened; its text says why. */
  isUnreachable?: true;
  /** The status of a page that says that the server failed, or that it takes no more requests: 500 and up, or 429. */
  failedWith?: number;
}

/** A cookie, with the attributes that decide where a browser sends it. */
export interface Cookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'Strict' | 'Lax' | 'None';
}

/** A request for a page, and the status of the response; redirects one by one. */
export interface Exchange {
  /** Time of sending in milliseconds, by this machine's clock. */
  at: number;
  method: string;
  url: string;
  status: number;
  /** Field names of the posted form. */
  fields: readonly string[];
}

/** Receives the requests of a driver. */
export interface DriverLog {
  exchange(exchange: Exchange): void;
  /** Lines of the Set-Cookie headers of a response. */
  setCookies(lines: Promise<readonly string[]>): void;
}

/**
 * Acts on the open page by its visible labels. Each act ends when the last page has loaded, after pages that pass on a
 * SAML message. Throws `NotOnPage` if the page lacks the thing to act on.
 */
export interface Driver extends AsyncDisposable {
  readonly kind: 'browser' | 'http';
  /** The person. */
  readonly who: string;
  open(url: string | URL): Promise<void>;
  fill(field: FieldHint, value: string): Promise<void>;
  upload(field: FieldHint, file: UploadedFile): Promise<void>;
  /** Checks a box or radio button; `checked: false` clears a box. */
  tick(box: Label, options?: { checked?: boolean }): Promise<void>;
  press(button: Label): Promise<void>;
  follow(link: Label): Promise<void>;
  /** Sends a POST as a script of the page does, with the person's cookies. The page stays open. */
  send(url: URL, message: { headers: Readonly<Record<string, string>>; body: string }): Promise<ScriptReply>;
  look(): Promise<Look>;
  /** True if the page has this field. */
  has(field: FieldHint): Promise<boolean>;
  /** Another page with the same cookies, so that a question leaves the person's page as it is. */
  aside(): Promise<Driver>;
  /** Needs a browser. Throws NoPage if no page was open before. */
  back(): Promise<void>;
  /** Repeats the request that led to the page, including a posted form. Throws NoPage if no page is open. */
  reload(): Promise<void>;
  cookies(): Promise<readonly Cookie[]>;
  takeCookies(cookies: readonly Cookie[]): Promise<void>;
  /** Cookies with this name, or all. */
  forgetCookies(name?: string): Promise<void>;
}

export interface ScriptReply {
  status: number;
  text: string;
}

export const noPage: Look = { url: '', heading: '', text: '', fields: [], buttons: [], links: [] };

/** The page lacks the thing to act on. */
export class NotOnPage extends Error {
  readonly kind: 'field' | 'button' | 'link' | 'box';
  readonly hint: FieldHint;
  /** Describes the thing. */
  readonly what: string;

  constructor(who: string, kind: NotOnPage['kind'], hint: FieldHint, look: Look) {
    const named = inWords(hint);
    const what = `${kind} ${kind === 'field' ? named : named.replace(/^labelled /, '')}`;
    super(`The page has no ${what}. ${describe(who, look)}`);
    this.kind = kind;
    this.hint = hint;
    this.what = what;
  }
}

/** The page has the button, but it cannot be pressed now. */
export class DisabledButton extends Error {
  constructor(who: string, label: FieldHint, look: Look) {
    super(`The button ${inWords(label).replace(/^labelled /, '')} is disabled. ${describe(who, look)}`);
  }
}

/** A button or link led nowhere. */
export class StaysOnPage extends Error {
  constructor(who: string, what: string, { look, cause }: { look: Look; cause: unknown }) {
    super(
      `${who} pressed ${what}, and no page followed. If the product changes its page by script, set singlePage in ` +
        `its recipe. ${describe(who, look)}`,
      { cause },
    );
  }
}

/** The SP and the IdP pass the browser on without an end. */
export class EndlessSignIn extends Error {
  constructor(who: string, { passedOn, look }: { passedOn: number; look: Look }) {
    super(`${who}'s browser is passed on without an end, ${passedOn} times so far. ${describe(who, look)}`);
  }
}

/** There is no page to load again or to go back to. */
export class NoPage extends Error {
  constructor(who: string, deed: string, look: Look) {
    super(`${who} could not ${deed}. ${describe(who, look)}`);
  }
}

/** Only a browser can do this. */
export class NeedsBrowser extends Error {
  constructor(who: string, deed: string) {
    super(`${who} acts over HTTP here, and only a browser can ${deed}. Remove @scripted from the scenario.`);
  }
}

/** A browser does not allow this. */
export class NeedsHttp extends Error {
  constructor(who: string, deed: string, reason: string) {
    super(`${who} acts in a browser here, and a browser does not ${deed}: ${reason}. Tag the scenario @scripted.`);
  }
}

/** The same for every driver. */
export const failure = (status: number | undefined): Pick<Look, 'failedWith'> =>
  status !== undefined && (status >= 500 || status === 429) ? { failedWith: status } : {};

const longestText = 400;

/** Describes the page that a person sees, for an error. */
export function describe(who: string, { url, heading, text, alert, fields, buttons }: Look): string {
  if (url === '') return `${who} has no page open.`;
  const title = heading === '' ? 'a page' : `“${heading}”`;
  const about = text.startsWith(heading) ? text.slice(heading.length).trim() : text;
  const body = alert ?? about;
  return harmless(
    [
      `${who} sees ${title} at ${withoutQuery(url)}`,
      body === '' ? '.' : `: “${body.length > longestText ? `${body.slice(0, longestText)} …` : body}”`,
      fields.length === 0 ? '' : ` Fields: ${fields.slice(0, 10).join(', ')}.`,
      buttons.length === 0 ? '' : ` Buttons: ${buttons.slice(0, 10).join(', ')}.`,
    ].join(''),
  );
}

/** The query may be a whole SAML message. */
const withoutQuery = (url: string): string => url.split('?')[0]!;
