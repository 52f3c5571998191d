/** The products that a service provider works with, and what it trips over at the others, for the terminal. */
import type { Plan, Rejection } from '../../mock-idp/personas/persona.ts';
import { labels, type RowKey, rejectionWords, wordsOf } from '../catalogue/persona-facts.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { FactKey, PersonaRow, PlayedRejection, Trip } from './try-personas.ts';

export const personaLines = (row: PersonaRow): string[] => [
  headOf(row),
  ...(row.works ? [] : failureLines(row)),
  ...(row.encrypted === undefined
    ? []
    : ['       It fails if the assertion is encrypted as by this product:', tripLine(row.encrypted)]),
  ...(row.untilSetUp === undefined ? [] : untilSetUpLines(row.untilSetUp)),
  ...rejectionLines(row.rejection),
];

function headOf({ name, works, thin, isCaptured, why }: PersonaRow): string {
  if (!works) return `FAILS  ${name}: ${harmless(why)}`;
  if (!thin && !isCaptured) return `works  ${name}, as its source code writes; no message of it was captured`;
  return thin ? `maybe  ${name}: works as far as is known, but no message of this product was seen` : `works  ${name}`;
}

const failureLines = (row: PersonaRow): string[] => [
  ...pageLine(row.reply),
  ...(row.together || row.trips.length === 0 ? [] : [`       ${leadTo(row.trips)}`]),
  ...reasonLines(row),
];

export const reasonLines = ({ trips, together, failsAgain }: PersonaRow): string[] => [
  ...(together && trips.length > 0 ? ['       These facts make it fail together:'] : []),
  ...trips.map(tripLine),
  ...(failsAgain === undefined
    ? []
    : [
        failsAgain
          ? '       It fails again, but no fact of this product was found to be the reason.'
          : '       It works when it is played again, so no reason was found.',
      ]),
];

const leadTo = ({ length }: PersonaRow['trips']): string =>
  length === 1 ? 'This fact makes it fail:' : 'Each of these facts makes it fail:';

const pageLine = (reply: string): string[] => (reply === '' ? [] : [`       Its page says “${harmless(reply)}”.`]);

const untilSetUpLines = ({ isAccepted, reply, facts }: NonNullable<PersonaRow['untilSetUp']>): string[] =>
  isAccepted
    ? [
        '       It ACCEPTS the response of this product until it is set up:',
        ...Object.entries(facts).map(([fact, value]) => tripLine({ fact: fact as FactKey, value })),
      ]
    : [`       Until this product is set up, the service provider rejects it: “${harmless(reply)}”.`];

const rejectionLines = ({ returns, why, reply, trips }: PlayedRejection): string[] => [
  ...(returns === 'a status' ? [] : ['       If a user is not assigned, the app gets no response.']),
  ...(why === '' ? [] : [`       It trips over the rejection: ${harmless(why)}.`]),
  ...pageLine(reply),
  ...trips.map(tripLine),
];

/** In the words of docs/identity-providers.md. */
export const tripLine = ({ fact, value }: Pick<Trip, 'fact' | 'value'>): string =>
  `       ${labels[fact]}: ${
    fact === 'rejections' ? rejectionsIn(value as Plan['rejections']) : wordsOf(fact as RowKey, value as never)
  }`;

const rejectionsIn = (rejections: Plan['rejections']): string =>
  Object.values(rejections)
    .map((one) => rejectionWords(one as Rejection))
    .join('; ');

/** How many products it works with; those of which no message was seen are counted apart. */
export function personaSummary(rows: readonly PersonaRow[]): string {
  const failed = rows.filter(({ works }) => !works).length;
  const unseen = rows.filter(({ works, thin }) => works && thin).length;
  const tripping = rows.filter(({ rejection }) => rejection.why !== '').length;
  return [
    `${rows.length} products: a valid sign-in works with ${rows.length - failed - unseen}, and fails with ${failed}.`,
    ...(unseen === 0 ? [] : [`It may work with ${unseen} more, of which no message was seen.`]),
    ...(tripping === 0 ? [] : [`It trips over the rejections of ${tripping}.`]),
  ].join('\n');
}
