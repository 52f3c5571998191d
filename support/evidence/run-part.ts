/** Records the part of the scenarios that a run has played, as one of its messages. */
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AttachmentContentEncoding, type Envelope, type TestRunStarted } from '@cucumber/messages';

/** Numbers start at 1. */
export interface RunPart {
  number: number;
  of: number;
}

/** The scenarios before they are divided into parts. The order matters. */
export interface PartSelection {
  paths: readonly string[];
  names: readonly string[];
  tags: string;
}

const mediaType = 'text/x.sso-rehearsal.part+plain';

/** `text` is `1/4`: the first of four; `selection` is the result of `selectionText`. */
export const partMessage = (text: string, selection: string | undefined, { id }: TestRunStarted): Envelope => ({
  attachment: {
    body: selection === undefined ? text : `${text}\n${selection}`,
    contentEncoding: AttachmentContentEncoding.IDENTITY,
    mediaType,
    ...(id === undefined ? {} : { testRunStartedId: id }),
  },
});

/** The part in a message; undefined for other messages. Parts of older versions have no selection. */
export function partIn({ attachment }: Envelope): (RunPart & { selection: string | undefined }) | undefined {
  if (attachment?.mediaType !== mediaType) return undefined;
  const [text = '', selection] = attachment.body.split('\n');
  const part = readPart(text);
  return part && { ...part, selection };
}

/** Parses `1/4`; undefined for anything else. */
export function readPart(text: string): RunPart | undefined {
  const [, number, of] = (/^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
  return number === undefined || of === undefined || number > of ? undefined : { number, of };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One line, independent of the project's location. */
export function selectionText({ paths = [], names = [], tags = '' }: Partial<PartSelection>): string {
  const words = [
    ...(tags === '' ? [] : ['--tags', JSON.stringify(tags)]),
    ...names.flatMap((name) => ['--name', JSON.stringify(name)]),
    ...paths.map((path) => JSON.stringify(relative(root, resolve(root, path)))),
  ];
  return words.length === 0 ? 'all scenarios' : words.join(' ');
}
