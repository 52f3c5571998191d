/** Installs, tries the replies, writes the files, and names the next steps. */
import type { Browser } from 'playwright';
import { instructionsFor } from '../product/instructions.ts';
import { launchBrowser } from '../stack/browser.ts';
import { type Examined, examine } from './examine.ts';
import type { CiName } from './first-files.ts';
import { installBrowser } from './install.ts';
import type { Replies } from './replies.ts';
import { writeFiles } from './write-files.ts';

export interface SetUpOptions {
  folder: string;
  /** The product, in messages. */
  name: string;
  /** Where the mock IdP listens. */
  port: number;
  ci: CiName | 'none';
  /** Replaces existing files. */
  force: boolean;
  /** Installs a browser if there is none. */
  installs: boolean;
  /** Commands that failed, for the user to run. */
  toRun: readonly string[];
  say: (text: string) => void;
}

/** True if everything was found and installed. Throws NotExamined, and an error if the mock IdP cannot start. */
export async function setUpProject(replies: Replies, options: SetUpOptions): Promise<boolean> {
  const { folder, installs, say } = options;
  const toRun = [...options.toRun];
  await using browsers = openBrowsers();
  if (installs && toRun.length === 0 && !(await browsers.isThere())) toRun.push(...installBrowser({ folder, say }));
  const examined = await examine(replies, { ...options, browser: browsers.open });
  sayFindings(examined, say);
  say('');
  for (const line of writeFiles({ ...options, recipe: examined.recipe })) say(line);
  sayNext(examined, toRun, say);
  return examined.missing.length === 0 && toRun.length === 0;
}

function sayFindings({ found, missing }: Examined, say: (text: string) => void): void {
  say('');
  for (const line of found) say(`✔ ${line}`);
  for (const line of missing) say(`✘ Not found: ${line}`);
}

function sayNext({ recipe, ...forProduct }: Examined, toRun: readonly string[], say: (text: string) => void): void {
  const instructions = instructionsFor(recipe, forProduct);
  const steps = [
    ...toRun.map((command) => `Run: ${command}`),
    ...(instructions === undefined ? [] : [instructions]),
    'Play the first scenarios: npx sso-rehearsal bdd',
  ];
  say(`\nNext:\n${steps.map((step, index) => `${index + 1}. ${step.replaceAll('\n', '\n   ')}`).join('\n')}`);
}

interface Browsers extends AsyncDisposable {
  isThere(): Promise<boolean>;
  open(): Promise<Browser>;
}

/** One browser, launched when it is needed. */
function openBrowsers(): Browsers {
  let launched: Promise<Browser> | undefined;
  function open(): Promise<Browser> {
    launched ??= launchBrowser().catch((error: Error) => {
      launched = undefined;
      throw error;
    });
    return launched;
  }
  return {
    open,
    isThere: () =>
      open().then(
        () => true,
        ({ message }: Error) => !message.includes('playwright install'),
      ),
    async [Symbol.asyncDispose]() {
      await (await launched)?.close();
    },
  };
}
