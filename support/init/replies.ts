/** The five questions of `init`, as flags or in a terminal, and what the replies may be. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { recipeFields } from '../product/recipe.ts';

type Input = z.input<typeof recipeFields>;

export interface Replies {
  /** A URL, or “portal”. */
  signIn: string;
  /** The product as a service provider. */
  sp: { metadata: string } | { entityId: string; acs: string };
  idp: NonNullable<Input['idp']>;
  people: { user: string } | { domain: string };
  signedIn: { page: string } & ({ text: string } | { json: string });
}

export interface Flags {
  'sign-in'?: string | undefined;
  metadata?: string | undefined;
  'entity-id'?: string | undefined;
  acs?: string | undefined;
  idp?: string | undefined;
  user?: string | undefined;
  domain?: string | undefined;
  'signed-in'?: string | undefined;
  text?: string | undefined;
  json?: string | undefined;
}

/** A reply cannot be used. The message says what it must be. */
export class InvalidReply extends Error {}

interface Question<Key extends keyof Replies> {
  /** In a terminal. */
  asks: string;
  example: string;
  flags: string;
  /** The reply in the flags; undefined if they have none. Throws InvalidReply. */
  given(flags: Flags): Replies[Key] | undefined;
  /** Throws InvalidReply. */
  read(text: string): Replies[Key];
}

const questions: { readonly [Key in keyof Replies]: Question<Key> } = {
  signIn: {
    asks: 'Where does a sign-in begin? The URL of the login page, or “portal” if all sign-ins start at the IdP.',
    example: 'https://staging.acme.example/login',
    flags: '--sign-in URL',
    given: (flags) => readIfGiven(flags['sign-in'], readSignIn),
    read: readSignIn,
  },
  sp: {
    asks: 'What is the product as a service provider? URL or file of its SAML metadata, or its entity ID and ACS URL.',
    example: 'https://staging.acme.example/saml/metadata',
    flags: '--metadata PLACE, or --entity-id ID and --acs URL',
    given({ metadata, 'entity-id': entityId, acs }) {
      if (metadata !== undefined) return readSp(metadata);
      return entityId === undefined || acs === undefined ? undefined : readSp(`${entityId} ${acs}`);
    },
    read: readSp,
  },
  idp: {
    asks:
      'How does the product learn of an IdP? hand (you upload metadata or enter settings), metadata-url, ' +
      'request URL, or command PROGRAM ARGUMENTS.',
    example: 'hand',
    flags: '--idp HOW',
    given: ({ idp = 'hand' }) => readIdp(idp),
    read: (text) => readIdp(text || 'hand'),
  },
  people: {
    asks: 'Who signs in? The email of an existing user, or a mail domain if accounts are made at the first sign-in.',
    example: 'sam@acme.example',
    flags: '--user EMAIL or --domain DOMAIN',
    given: ({ user, domain }) => readIfGiven(user ?? domain, readPeople),
    read: readPeople,
  },
  signedIn: {
    asks:
      'Which page shows who is signed in, and how? Its URL, then the text around the name with {user}, ' +
      'or json and the path of the name.',
    example: 'https://staging.acme.example/ Signed in as {user}',
    flags: '--signed-in URL with --text "Signed in as {user}" or --json PATH',
    given({ 'signed-in': page, text, json }) {
      if (page === undefined || (text ?? json) === undefined) return undefined;
      return readSignedIn(`${page} ${text ?? `json ${json}`}`);
    },
    read: readSignedIn,
  },
};

function readIfGiven<Reply>(text: string | undefined, read: (text: string) => Reply): Reply | undefined {
  return text === undefined ? undefined : read(text);
}

const inOrder = ['signIn', 'sp', 'idp', 'people', 'signedIn'] as const satisfies readonly (keyof Replies)[];

/** Asks for one line. */
export type Ask = (question: string) => Promise<string>;

/** Asks only for what the flags leave out. Throws InvalidReply; without `ask` also if a reply is missing. */
export async function collectReplies(
  flags: Flags,
  { ask, say }: { ask?: Ask; say: (text: string) => void },
): Promise<Replies> {
  const replies: Partial<Replies> = {};
  const missing: string[] = [];
  for (const key of inOrder) {
    const given =
      ask !== undefined && key === 'idp' && flags.idp === undefined ? undefined : questions[key].given(flags);
    if (given !== undefined) Object.assign(replies, { [key]: given });
    else if (ask === undefined) missing.push(questions[key].flags);
    else Object.assign(replies, { [key]: await askUntilValid(key, ask, say) });
  }
  if (missing.length > 0) throw new InvalidReply(`Missing: ${missing.join('; ')}. In a terminal, init asks for them.`);
  return replies as Replies;
}

async function askUntilValid(key: keyof Replies, ask: Ask, say: (text: string) => void): Promise<unknown> {
  const { asks, example, read } = questions[key];
  for (;;) {
    const number = inOrder.indexOf(key) + 1;
    const text = await ask(`\n${number}. ${asks}\n   Example: ${example}\n> `);
    try {
      return read(text.trim());
    } catch (error) {
      if (!(error instanceof InvalidReply)) throw error;
      say(error.message);
    }
  }
}

function readSignIn(text: string): string {
  return text === 'portal' ? text : readUrl(text, 'The login page');
}

function readUrl(text: string, what: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new InvalidReply(`${what} must be a URL that begins with http:// or https://, not “${text}”.`);
}

function readSp(text: string): Replies['sp'] {
  const [first = '', second] = text.split(/\s+/);
  if (second !== undefined) return { entityId: first, acs: readUrl(second, 'The ACS') };
  if (/^https?:\/\//.test(first)) return { metadata: readUrl(first, 'The metadata') };
  if (first !== '' && existsSync(resolve(first))) return { metadata: first };
  throw new InvalidReply(`The metadata must be a URL or a file, and there is no file “${text}”.`);
}

function readIdp(text: string): Replies['idp'] {
  const [by = '', ...rest] = text.split(/\s+/);
  if ((by === 'hand' || by === 'metadata-url') && rest.length === 0) return { by };
  if (by === 'command' && rest.length > 0) return { by, command: rest };
  if (by === 'request' && rest.length === 1)
    return {
      by,
      url: readUrl(rest[0]!, 'The request'),
      headers: { 'content-type': 'application/samlmetadata+xml' },
      body: '{metadata}',
    };
  throw new InvalidReply(
    'How the product learns of an IdP must be hand, metadata-url, “request URL” or “command PROGRAM ARGUMENTS”, ' +
      `not “${text}”.`,
  );
}

function readPeople(text: string): Replies['people'] {
  if (z.email().safeParse(text).success) return { user: text };
  if (/^[\w-]+(\.[\w-]+)+$/.test(text)) return { domain: text.toLowerCase() };
  throw new InvalidReply(`The user must be an email, or a mail domain, not “${text}”.`);
}

function readSignedIn(text: string): Replies['signedIn'] {
  const [, address = '', how = ''] = /^(\S+)\s+(.+)$/s.exec(text) ?? [];
  const path = /^json[ :]\s*(\S+)$/.exec(how)?.[1];
  const page = readUrl(address || text, 'The page that shows who is signed in');
  if (path !== undefined) return { page, json: path };
  if (how.split('{user}').length === 2) return { page, text: how };
  throw new InvalidReply(
    'After the URL of the page comes its text with {user} in place of the name, such as: Signed in as {user}; ' +
      'or json and the path of the name, such as: json user.email',
  );
}
