/** Which part of the scenarios a run has played, as a message among the others: it goes where they go. */
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AttachmentContentEncoding, type Envelope, type TestRunStarted } from '@cucumber/messages';

/** The first is 1. */
export interface RunPart {
  number: number;
  of: number;
}

/** What there is to play, before it is cut into parts. The order counts: the parts are cut by it. */
export interface PartSelection {
  paths: readonly string[];
  names: readonly string[];
  tags: string;
}

const mediaType = 'text/x.sso-rehearsal.part+plain';

/** `text` is `1/4`: the first of four; `selection` as `selectionInWords` says it. */
export const partMessage = (text: string, selection: string | undefined, { id }: TestRunStarted): Envelope => ({
  attachment: {
    body: selection === undefined ? text : `${text}\n${selection}`,
    contentEncoding: AttachmentContentEncoding.IDENTITY,
    mediaType,
    ...(id === undefined ? {} : { testRunStartedId: id }),
  },
});

/** The part that a message tells; undefined for all other messages. Parts of older versions tell no selection. */
export function partIn({ attachment }: Envelope): (RunPart & { selection: string | undefined }) | undefined {
  if (attachment?.mediaType !== mediaType) return undefined;
  const [text = '', selection] = attachment.body.split('\n');
  const part = readPart(text);
  return part && { ...part, selection };
}

/** `1/4`; undefined for anything else. */
export function readPart(text: string): RunPart | undefined {
  const [, number, of] = (/^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
  return number === undefined || of === undefined || number > of ? undefined : { number, of };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One line, the same wherever the project lies. */
export function selectionInWords({ paths = [], names = [], tags = '' }: Partial<PartSelection>): string {
  const words = [
    ...(tags === '' ? [] : ['--tags', JSON.stringify(tags)]),
    ...names.flatMap((name) => ['--name', JSON.stringify(name)]),
    ...paths.map((path) => JSON.stringify(relative(root, resolve(root, path)))),
  ];
  return words.length === 0 ? 'all scenarios' : words.join(' ');
}
