/** Collects the evidence of one scenario and attaches it to the step, or to the end. Has no effect on the scenario. */
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deadEnd } from '../diagnosis/dead-end.ts';
import type { Evidence } from '../scenario/evidence.ts';
import type { Scene } from '../scenario/scene.ts';
import { playedProduct } from '../scenario/tasks/idp-product.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { type Attachment, attachmentsOf } from './attachments.ts';
import { bookmark, fetchNewEvents, type NewEvents } from './new-events.ts';
import { redact, redactValue } from './redact.ts';
import { type Camera, createCamera } from './screenshots.ts';
import { type SequenceRow, sequenceDiagram } from './sequence-diagram.ts';
import { inNames, sequenceRowsOf } from './sequence-rows.ts';
import { story } from './story.ts';
import { createPageReader, type PageReader, readWarnings } from './visible-pages.ts';

/** Receives attachments: Cucumber's own attach and log of the running step or hook. */
export interface Attach {
  attach(data: string | Buffer, media: { mediaType: string; fileName: string }): unknown;
  log(text: string): unknown;
}

export interface EvidenceOptions {
  /** Folder for the browser traces of a failed scenario. */
  traces?: string | undefined;
}

export const collectEvidence = (scene: Scene, to: Attach, { traces }: EvidenceOptions = {}): Evidence =>
  new Collector(scene, to, traces);

/** Errors while collecting evidence are logged, and the scenario continues. */
class Collector implements Evidence {
  readonly #scene: Scene;
  readonly #to: Attach;
  readonly #traceFolder: string | undefined;
  readonly #camera: Camera;
  readonly #pages: PageReader;
  readonly #mark = bookmark();
  readonly #rows: SequenceRow[] = [];
  readonly #missing: string[] = [];
  #latestResponse: NewEvents['responses'][number] | undefined;
  #latestFaults: readonly string[] = [];
  /** The IdP's log since the latest response. */
  #idpEvents: NewEvents['idp'] = [];
  #drawnRows = 0;
  #hasStory = false;

  constructor(scene: Scene, to: Attach, traceFolder: string | undefined) {
    this.#scene = scene;
    this.#to = to;
    this.#traceFolder = traceFolder;
    this.#camera = createCamera(scene);
    this.#pages = createPageReader(scene);
  }

  async step({ outcome }: { outcome: boolean }): Promise<void> {
    await this.#try('the events of a step', () => this.#takeEvents());
    if (outcome) await this.#try('a screenshot', () => this.#takePages());
  }

  async whole({ scenario, uri, failed }: { scenario: string; uri: string; failed: boolean }): Promise<void> {
    if (failed && !this.#hasStory) {
      const traces = await this.#keepTraces(scenario);
      await this.#try('the story', () => this.#logStory({ scenario, uri, traces }));
      this.#hasStory = true;
    }
    if (this.#rows.length > this.#drawnRows) {
      await this.#try('the sequence diagram', async () => this.#drawDiagram(scenario));
      await this.#try('the service provider’s records', async () => this.#attachRecords());
      this.#drawnRows = this.#rows.length;
    }
    await this.#try('a note', async () => {
      for (const note of this.#missing.splice(0)) this.#to.log(harmless(redact(note)));
    });
  }

  async #try(part: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#missing.push(`${part} is missing from the evidence: ${(error as Error).message.split('\n')[0]}`);
    }
  }

  #attach(attachments: readonly Attachment[]): void {
    for (const { data, mediaType, fileName } of attachments) this.#to.attach(data, { mediaType, fileName });
  }

  async #takeEvents(): Promise<void> {
    const events = await fetchNewEvents(this.#scene, this.#mark);
    this.#rows.push(...sequenceRowsOf(this.#scene, events));
    this.#rows.sort((one, other) => one.at - other.at);
    this.#latestResponse = events.responses.at(-1) ?? this.#latestResponse;
    this.#latestFaults = events.idp.findLast(({ kind }) => kind === 'response')?.struck ?? this.#latestFaults;
    const latestOn = this.#latestResponse?.on ?? 0;
    this.#idpEvents = [...this.#idpEvents, ...events.idp].filter(({ on }) => on > latestOn);
    this.#attach(attachmentsOf(this.#scene, events));
  }

  async #takePages(): Promise<void> {
    const screenshots = await this.#camera.take();
    this.#attach(
      screenshots.map(({ title, jpeg }) => ({
        mediaType: 'image/jpeg',
        fileName: harmless(redact(inNames(this.#scene, title))),
        data: jpeg,
      })),
    );
    this.#attach(await this.#pages.take());
  }

  async #logStory(details: { scenario: string; uri: string; traces: readonly string[] }): Promise<void> {
    const text = story({
      ...details,
      rows: this.#rows,
      response: this.#mark.records === undefined ? 'unknown' : this.#latestResponse,
      faults: this.#latestFaults,
      stuckAt: deadEnd(this.#idpEvents),
      product: await playedProduct(this.#scene).catch(() => undefined),
      warnings: await readWarnings(this.#scene),
    });
    this.#to.log(text);
  }

  #drawDiagram(scenario: string): void {
    const data = Buffer.from(sequenceDiagram(this.#rows, { title: scenario }));
    this.#attach([{ mediaType: 'image/svg+xml', fileName: 'Sequence diagram', data }]);
  }

  #attachRecords(): void {
    const { records } = this.#mark;
    if (records === undefined) return;
    const data = inNames(this.#scene, JSON.stringify(redactValue(withoutXml(records))));
    this.#attach([{ mediaType: 'application/json', fileName: 'Service provider records', data }]);
  }

  /** The trace files of all browsers, relative to the project. */
  async #keepTraces(scenario: string): Promise<string[]> {
    const folder = this.#traceFolder;
    if (folder === undefined) return [];
    const slug = scenario
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    const files: string[] = [];
    for (const [name, actor] of Object.entries(this.#scene.cast)) {
      const fileFor = (browser: string): string =>
        join(folder, `${slug}-${name.toLowerCase()}${browser === 'usual' ? '' : `-${basename(browser)}`}.zip`);
      await this.#try(`${name}’s trace`, async () => {
        files.push(...(await actor.keepTraces(fileFor)));
      });
    }
    return files.map((path) => relative(fileURLToPath(new URL('../..', import.meta.url)), path));
  }
}

/** SAML messages have their own attachments. */
const withoutXml = (records: object): object => ({
  ...records,
  responses: (records as { responses: { xml?: string }[] }).responses.map(({ xml: _, ...rest }) => rest),
});
