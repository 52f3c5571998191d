/** Which part of the scenarios a run has played, as a message among the others: it goes where they go. */
import { AttachmentContentEncoding, type Envelope, type TestRunStarted } from '@cucumber/messages';

/** The first is 1. */
export interface RunPart {
  number: number;
  of: number;
}

const mediaType = 'text/x.sso-rehearsal.part+plain';

/** `text` is `1/4`: the first of four. */
export const partMessage = (text: string, { id }: TestRunStarted): Envelope => ({
  attachment: {
    body: text,
    contentEncoding: AttachmentContentEncoding.IDENTITY,
    mediaType,
    ...(id === undefined ? {} : { testRunStartedId: id }),
  },
});

/** The part that a message tells; undefined for all other messages. */
export function partIn({ attachment }: Envelope): RunPart | undefined {
  if (attachment?.mediaType !== mediaType) return undefined;
  return readPart(attachment.body);
}

/** `1/4`; undefined for anything else. */
export function readPart(text: string): RunPart | undefined {
  const [, number, of] = (/^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? []).map(Number);
  return number === undefined || of === undefined || number > of ? undefined : { number, of };
}
