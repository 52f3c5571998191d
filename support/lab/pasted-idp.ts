/** The part of the diagnosis form that takes another identity provider: its metadata or its certificates. */
import { html } from 'hono/html';
import { idpOfText } from '../diagnosis/identity-provider.ts';
import type { JudgeSettings } from '../diagnosis/pasted.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import type { Html } from './page.ts';

export interface PastedIdp {
  /** Metadata or certificates; blank for none. */
  text: string;
  /** Chooses among several identity providers in the metadata. */
  entityId: string;
}

export const pastedIdp = ({ idp = '', idpEntityId = '' }: Record<string, unknown>): PastedIdp => ({
  text: String(idp),
  entityId: String(idpEntityId).trim(),
});

/** The settings to judge by, if any were pasted; or what is wrong with them. */
export async function readPastedIdp({
  text,
  entityId,
}: PastedIdp): Promise<{ settings: Pick<JudgeSettings, 'idp'>; skipped: readonly string[] } | { problem: string }> {
  const skipped: string[] = [];
  try {
    const onUnreadable = (problem: string): void => void skipped.push(`Skipped a certificate. ${problem}`);
    const idp = await idpOfText(text, { now: new Date(), entityId: entityId || undefined, onUnreadable });
    return { settings: text.trim() === '' ? {} : { idp }, skipped };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { problem: `The identity provider’s settings cannot be used. ${error.message}` };
  }
}

export const pastedIdpFields = ({ text, entityId }: PastedIdp): Html => html`<details ${text.trim() && 'open'}>
<summary>Compare with another identity provider</summary>
<label for="idp">Its metadata or certificates</label>
<textarea id="idp" name="idp" rows="4" spellcheck="false" autocomplete="off" class="xml"
 placeholder="&lt;md:EntityDescriptor … or -----BEGIN CERTIFICATE-----">${text}</textarea>
<label>Its entity ID (if the metadata has several) <input name="idpEntityId" value="${entityId}"></label>
</details>`;
