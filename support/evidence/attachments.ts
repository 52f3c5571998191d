/** The attachments of a step: emails and SAML messages among the new events. */
import type { Scene } from '../scenario/scene.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { messageDocument } from './message-document.ts';
import type { NewEvents } from './new-events.ts';
import { redact } from './redact.ts';
import { withFixedNames } from './sequence-rows.ts';

export interface Attachment {
  mediaType: string;
  /** Shown as the title in the report. */
  fileName: string;
  data: string | Buffer;
}

export const attachmentsOf = (scene: Scene, { mail, idp, responses }: NewEvents): Attachment[] => [
  ...mail.flatMap((message) => emailParts(scene, message)),
  ...idp.filter(({ kind }) => kind === 'authn-request').flatMap(({ xml }) => (xml ? [authnRequest(xml)] : [])),
  ...responses.map(responseAttachment),
];

function emailParts(scene: Scene, { who, subject, from, text, html }: NewEvents['mail'][number]): Attachment[] {
  const header = `From: ${from}\nTo: ${scene.cast[who].address}\nSubject: ${subject}`;
  const title = `Email to ${who}`;
  return [
    { mediaType: 'text/plain', fileName: title, data: harmless(redact(withFixedNames(scene, `${header}\n\n${text}`))) },
    ...(html === ''
      ? []
      : [{ mediaType: 'text/html', fileName: `${title}, rendered`, data: redact(withFixedNames(scene, html)) }]),
  ];
}

const authnRequest = (xml: string): Attachment => ({
  mediaType: 'text/html',
  fileName: 'AuthnRequest',
  data: messageDocument({ title: 'AuthnRequest', xml }),
});

function responseAttachment({ verdict, findings, xml }: NewEvents['responses'][number]): Attachment {
  const accepted = verdict === 'success';
  const title = accepted ? 'SAML response, accepted' : `SAML response, rejected: ${verdict}`;
  const data = messageDocument({ title, xml, findings: accepted ? [] : findings });
  return { mediaType: 'text/html', fileName: title, data };
}
