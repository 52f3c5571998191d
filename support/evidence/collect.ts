/** Collects the evidence of one scenario and attaches it where it arose: at the step, or at the end. It changes nothing, and whatever goes wrong with it is only noted. */
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Name, names } from '../catalogue/cast.ts';
import { deadEnd } from '../diagnosis/dead-end.ts';
import type { Evidence } from '../scenario/evidence.ts';
import type { Scene } from '../scenario/scene.ts';
import * as scripted from '../scenario/tasks/scripted.ts';
import { messageDocument } from './message-document.ts';
import { bookmark, type News, news } from './new-events.ts';
import { redact, redactValue } from './redact.ts';
import { createCamera } from './screenshots.ts';
import { type Move, swimLanes } from './sequence-diagram.ts';
import { inNames, inPlaces, movesOf } from './sequence-rows.ts';
import { story } from './story.ts';

/** Where attachments go: Cucumber's own attach and log of the step or hook that is running. */
export interface Attach {
  attach(data: string | Buffer, media: { mediaType: string; fileName: string }): unknown;
  log(text: string): unknown;
}

export interface EvidenceOptions {
  /** Folder for the browsers' traces of a scenario that failed. */
  traces?: string | undefined;
}

export function collectEvidence(scene: Scene, to: Attach, { traces }: EvidenceOptions = {}): Evidence {
  const mark = bookmark();
  const camera = createCamera(scene);
  const moves: Move[] = [];
  const notes: string[] = [];
  const answered: News['answers'][number][] = [];
  /** What the identity provider noted since the newest answer. */
  let noted: News['idp'] = [];
  const file = (mediaType: string, fileName: string, data: string | Buffer): unknown =>
    to.attach(data, { mediaType, fileName });

  async function careful(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notes.push(`${what} is missing from the evidence: ${(error as Error).message.split('\n')[0]}`);
    }
  }

  async function takeIn(): Promise<void> {
    const found = await news(scene, mark);
    moves.push(...movesOf(scene, found));
    answered.push(...found.answers);
    noted = [...noted, ...found.idp].filter(({ on }) => on > (answered.at(-1)?.on ?? 0));
    for (const { who, subject, from, text, html } of found.mail) {
      file(
        'text/plain',
        `E-mail to ${who}`,
        redact(inPlaces(scene, `From: ${from}\nTo: ${scene.cast[who].address}\nSubject: ${subject}\n\n${text}`)),
      );
      if (html !== '') file('text/html', `E-mail to ${who}, as it looks`, redact(inPlaces(scene, html)));
    }
    for (const { xml } of found.idp.filter(({ kind }) => kind === 'authn-request'))
      if (xml) file('text/html', 'AuthnRequest', messageDocument({ title: 'AuthnRequest', xml }));
    for (const { verdict, findings, xml } of found.answers) {
      const title = verdict === 'success' ? 'SAML response, accepted' : `SAML response, refused: ${verdict}`;
      file('text/html', title, messageDocument({ title, xml, findings: verdict === 'success' ? [] : findings }));
    }
  }

  async function lookAround(people?: readonly Name[]): Promise<void> {
    for (const { title, jpeg } of await camera.take(people)) file('image/jpeg', redact(inNames(scene, title)), jpeg);
    if (!scene.scripted) return;
    for (const name of ['Ada', 'Sam', 'Grace'] as const) {
      const { page } = scripted.party(scene, name);
      if (page !== undefined && page !== read.get(name))
        file('text/plain', `${name} reads`, redact(inNames(scene, page.text)));
      read.set(name, page);
    }
  }
  /** The page that a visitor had when it was last attached. */
  const read = new Map<Name, object | undefined>();

  /** Rows of the picture that are attached already, and whether the story is told. */
  let drawn = 0;
  let told = false;

  return {
    async step({ outcome }) {
      await careful('what came of a step', takeIn);
      if (outcome) await careful('a screenshot', lookAround);
    },
    async whole({ scenario, uri, failed }) {
      if (failed && !told) {
        const traced = traces === undefined ? [] : await keepTraces(scenario, traces);
        await careful('the story', async () => {
          moves.sort((one, other) => one.at - other.at);
          void to.log(
            story({
              scenario,
              uri,
              moves,
              answer: answered.at(-1),
              stuckAt: deadEnd(noted),
              warnings: await warningsRead(scene),
              traces: traced,
            }),
          );
        });
        told = true;
      }
      if (moves.length > drawn) {
        await careful('the picture of the messages', async () => {
          moves.sort((one, other) => one.at - other.at);
          file('image/svg+xml', 'Who sent what to whom', Buffer.from(swimLanes(moves, { title: scenario })));
        });
        await careful('what the service provider recorded', async () => {
          if (mark.records !== undefined)
            file(
              'application/json',
              'What the service provider recorded',
              inNames(scene, JSON.stringify(redactValue(withoutMessages(mark.records)))),
            );
        });
        drawn = moves.length;
      }
      await careful('a note', async () => notes.splice(0).forEach((note) => void to.log(redact(note))));
    },
  };

  async function keepTraces(scenario: string, folder: string): Promise<string[]> {
    const slug = scenario
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    const files: string[] = [];
    for (const [name, actor] of Object.entries(scene.cast)) {
      await careful(
        `${name}’s trace`,
        async () =>
          void files.push(
            ...(await actor.keepTraces((browser) =>
              join(folder, `${slug}-${name.toLowerCase()}${browser === 'usual' ? '' : `-${basename(browser)}`}.zip`),
            )),
          ),
      );
    }
    return files.map((path) => relative(fileURLToPath(new URL('../..', import.meta.url)), path));
  }
}

/** The messages are attached by themselves. */
const withoutMessages = (records: object): object => ({
  ...records,
  responses: (records as { responses: { xml?: string }[] }).responses.map(({ xml: _, ...rest }) => rest),
});

/** What the pages warn of that are in front of people; nothing of visitors over HTTP, whose pages are attached as text. */
async function warningsRead(scene: Scene): Promise<string[]> {
  const read = await Promise.all(
    names.map(async (who) => {
      const pages = await scene.cast[who].pages();
      const said = await Promise.all(pages.map(([, page]) => page.getByRole('alert').allInnerTexts()));
      return said.flat().map((text) => `${who} reads: “${inNames(scene, text).replaceAll(/\s+/g, ' ').trim()}”`);
    }),
  );
  return read.flat();
}
