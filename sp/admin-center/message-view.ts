/** Shows a SAML message to the administrator: coloured, with the findings marked and signatures folded. */
import type { Html } from '../pages/layout.ts';
import { messageView as view } from '../pages/message-view.ts';
import type { Finding } from '../rejection-advice.ts';
import { outline } from '../saml/outline.ts';

export const messageView = (xml: string, findings: readonly Finding[]): Html =>
  view(outline(xml), { label: 'The decoded response', places: findings.map(({ path }) => path) });
