/** A captured SAML message on a page: the view of the Admin Center, for any text, with places that findings link to. */
import { messageView as view } from '../../sp/pages/message-view.ts';
import type { Finding } from '../../sp/rejection-advice.ts';
import { outline } from './outline.ts';

/** Part of a page, already escaped. */
export type Html = ReturnType<typeof view>;

export interface MessageView {
  label: string;
  findings?: readonly Finding[];
  /** Prefix for the IDs of the marked places, so that findings can link to them. */
  anchor?: string;
}

export const messageView = (xml: string, { label, findings = [], anchor }: MessageView): Html =>
  view(outline(xml), { label, places: placesOf(findings), ...(anchor === undefined ? {} : { anchor }) });

/** Each place once, in the order of the findings. */
export const placesOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.flatMap(({ path }) => path ?? [])),
];
