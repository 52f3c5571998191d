/** How a replayed scenario gets the handwriting of the captured message. */
import { personas } from '../../mock-idp/personas/catalogue.ts';
import type { Facts } from '../../mock-idp/personas/persona.ts';
import { read } from '../../sp/saml/read.ts';
import type { ProfileSetting } from '../catalogue/settings.ts';
import type { Diagnosis } from './diagnosis.ts';
import { versionLike } from './products/persona-version.ts';
import { Unreadable } from './unreadable.ts';

/** A diagnosis with its message. */
export interface Replayable {
  diagnosis: Diagnosis;
  message?: { xml?: string | undefined } | undefined;
}

/** A file that `persona learn` wrote. */
export interface LearnedFile {
  /** As the scenario names it. */
  path: string;
  name?: string | undefined;
  set: Written;
}

/** Settings by which the SP of a scenario accepts or rejects an honest response. */
type Written = {
  readonly [Key in 'signed' | 'nameId' | 'confirmationNotBefore']?: NonNullable<Facts[Key]>['value'] | undefined;
};

export interface ScenarioPersona {
  /** The step that chooses it; undefined if the product is unknown. */
  step: string | undefined;
  /** The SP rejects also its honest responses as this, by each SSO profile. */
  rejectedAs?: { code: string; because: string } | undefined;
  /** Steps by which the SSO profile accepts its honest responses, and what each of them would hide. */
  settings: readonly { step: `the SSO profile ${ProfileSetting}`; hides: string }[];
}

const none: ScenarioPersona = { step: undefined, settings: [] };

/** Of the file, or else of the only product that may have written the message. */
export function scenarioPersona({ diagnosis, message }: Replayable, learned?: LearnedFile): ScenarioPersona {
  if (learned !== undefined) {
    const known = Object.values(personas).find(({ code }) => code === learned.name)?.facts ?? {};
    const step = `Acme's identity provider writes as in "${learned.path}"`;
    return withSettings(step, { ...writtenIn(known), ...learned.set });
  }
  const [only, ...others] = diagnosis.writtenBy ?? [];
  if (only === undefined || others.length > 0) return none;
  const outcome = message?.xml === undefined ? undefined : read(message.xml);
  const product = versionLike(only.product, outcome?.ok ? outcome.message : undefined);
  if (product === undefined) return none;
  return withSettings(`Acme's identity provider is ${product.words}`, writtenIn(personas[product.code].facts));
}

const writtenIn = ({ signed, nameId, confirmationNotBefore }: Facts): Written => ({
  signed: signed?.value,
  nameId: nameId?.value,
  confirmationNotBefore: confirmationNotBefore?.value,
});

function rejectionOf({ signed, nameId, confirmationNotBefore }: Written): ScenarioPersona['rejectedAs'] {
  if (signed === 'neither') return { code: 'message-not-signed', because: 'it signs nothing' };
  if (confirmationNotBefore)
    return { code: 'subject-confirmation-error', because: 'its SubjectConfirmationData has a NotBefore' };
  if (nameId?.value === 'identifier')
    return { code: 'nameid-user-mismatch', because: 'its NameID is an identifier that no user of the scenario has' };
  return undefined;
}

function withSettings(step: string, written: Written): ScenarioPersona {
  const { signed, nameId } = written;
  const isEmail = nameId === undefined || nameId.format === '' || nameId.format.endsWith(':emailAddress');
  const settings: ScenarioPersona['settings'] = [
    ...(isEmail ? [] : [{ step: 'the SSO profile accepts any NameID format', hides: 'nameid-format-wrong' } as const]),
    ...(signed === 'assertion'
      ? [
          {
            step: 'the SSO profile accepts responses without a signature of their own',
            hides: 'message-not-signed',
          } as const,
        ]
      : []),
  ];
  return { step, settings, rejectedAs: rejectionOf(written) };
}

/** Throws Unreadable if the text is not JSON of `persona learn`. */
export function learnedFile(path: string, text: string): LearnedFile {
  const wrong = new Unreadable(`${path} is not a persona. Write it with: persona learn FILE --to ${path}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong;
  }
  const { name, set } = (parsed ?? {}) as { name?: unknown; set?: unknown };
  if (typeof set !== 'object' || set === null || !['string', 'undefined'].includes(typeof name)) throw wrong;
  if (/["\\\n]/.test(path)) throw new Unreadable('The path of the persona has a character that a step cannot have.');
  return { path, name: name as string | undefined, set: set as Written };
}
