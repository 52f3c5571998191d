/** What is attached to a step: the emails and SAML messages among the new events. */
import type { Scene } from '../scenario/scene.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { messageDocument } from './message-document.ts';
import type { NewEvents } from './new-events.ts';
import { redact } from './redact.ts';
import { inPlaces } from './sequence-rows.ts';

export interface Attachment {
  mediaType: string;
  /** The report shows it as the title. */
  fileName: string;
  data: string | Buffer;
}

export const attachmentsOf = (scene: Scene, { mail, idp, answers }: NewEvents): Attachment[] => [
  ...mail.flatMap((message) => emailParts(scene, message)),
  ...idp.filter(({ kind }) => kind === 'authn-request').flatMap(({ xml }) => (xml ? [authnRequest(xml)] : [])),
  ...answers.map(response),
];

function emailParts(scene: Scene, { who, subject, from, text, html }: NewEvents['mail'][number]): Attachment[] {
  const header = `From: ${from}\nTo: ${scene.cast[who].address}\nSubject: ${subject}`;
  const title = `E-mail to ${who}`;
  return [
    { mediaType: 'text/plain', fileName: title, data: harmless(redact(inPlaces(scene, `${header}\n\n${text}`))) },
    ...(html === ''
      ? []
      : [{ mediaType: 'text/html', fileName: `${title}, as it looks`, data: redact(inPlaces(scene, html)) }]),
  ];
}

const authnRequest = (xml: string): Attachment => ({
  mediaType: 'text/html',
  fileName: 'AuthnRequest',
  data: messageDocument({ title: 'AuthnRequest', xml }),
});

function response({ verdict, findings, xml }: NewEvents['answers'][number]): Attachment {
  const accepted = verdict === 'success';
  const title = accepted ? 'SAML response, accepted' : `SAML response, refused: ${verdict}`;
  const data = messageDocument({ title, xml, findings: accepted ? [] : findings });
  return { mediaType: 'text/html', fileName: title, data };
}
