/** `npx sso-rehearsal init`: asks five questions, tries the replies, and writes what a team's repository needs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { NotReady } from '../idp/identity-provider.ts';
import { NotExamined } from '../init/examine.ts';
import { installPackages, isFirstStart, startAgain } from '../init/install.ts';
import { collectReplies, InvalidReply } from '../init/replies.ts';
import { setUpProject } from '../init/set-up-project.ts';
import { nameOf, recipeFile } from '../init/write-files.ts';
import { peersToInstall } from '../package/peers.ts';
import { usualIdpPort } from '../product/recipe-people.ts';
import { portNumber, readOptions, stop } from '../terminal/options.ts';

const help = `npx sso-rehearsal init [options]

Describes your product in sso-rehearsal.json, and writes a first feature, a CI job and editor settings.
It asks what the options leave out, and tries the replies: it opens the sign-in page and enters the
email, but signs no user in.

  --sign-in URL       1. where a sign-in begins, or “portal” if all sign-ins start at the IdP
  --metadata PLACE    2. URL or file of the product's metadata as a service provider
  --entity-id ID --acs URL
                         or its entity ID and ACS URL
  --idp HOW           3. how the product learns of an IdP: hand (default), metadata-url, "request URL" or
                         "command PROGRAM ARGUMENTS"
  --user EMAIL        4. an existing user
  --domain DOMAIN        or the mail domain, if accounts are made at the first sign-in
  --signed-in URL     5. the page that shows who is signed in, with
  --text TEXT            its text, with {user} in place of the name, or
  --json PATH            the path of the name in a JSON page

  --name NAME         name of the product in messages (name in package.json)
  --idp-port N        port of the mock IdP (${usualIdpPort})
  --ci NAME           github, gitlab or none (github)
  --force             replace existing files
  --no-install        install nothing
  --help              this text

Exits with 1 if something could not be found, and says how to add it to the recipe.`;

const { values } = readOptions(help, {
  options: {
    'sign-in': { type: 'string' },
    metadata: { type: 'string' },
    'entity-id': { type: 'string' },
    acs: { type: 'string' },
    idp: { type: 'string' },
    user: { type: 'string' },
    domain: { type: 'string' },
    'signed-in': { type: 'string' },
    text: { type: 'string' },
    json: { type: 'string' },
    name: { type: 'string' },
    'idp-port': { type: 'string' },
    ci: { type: 'string', default: 'github' },
    force: { type: 'boolean' },
    'no-install': { type: 'boolean' },
  },
});

const folder = process.cwd();
const force = values.force ?? false;
const { ci } = values;
if (ci !== 'github' && ci !== 'gitlab' && ci !== 'none') stop(`--ci must be github, gitlab or none, not “${ci}”`);
const port = values['idp-port'] === undefined ? usualIdpPort : portNumber('--idp-port', values['idp-port']);
if (existsSync(join(folder, recipeFile)) && !force)
  stop(`${recipeFile} exists. Edit it, or replace it and the other files: npx sso-rehearsal init --force`);

const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
try {
  if (!terminal) await collectReplies(values, { say: console.log }); // before anything is installed
  const toRun = values['no-install'] ? [] : installMissing();
  const replies = await collectReplies(values, {
    ...(terminal ? { ask: (question) => terminal.question(question) } : {}),
    say: console.log,
  });
  terminal?.close();
  const name = values.name ?? nameOf(folder);
  const installs = !values['no-install'];
  const isDone = await setUpProject(replies, { folder, name, port, ci, force, installs, toRun, say: console.log });
  process.exitCode = isDone ? 0 : 1;
} catch (error) {
  if (error instanceof InvalidReply || error instanceof NotExamined || error instanceof NotReady) stop(error.message);
  throw error;
} finally {
  terminal?.close();
}

/** Returns the command to run if the installation failed. */
function installMissing(): string[] {
  const packages = isFirstStart() ? peersToInstall() : [];
  if (packages.length === 0) return [];
  const toRun = installPackages({ folder, say: console.log }, packages);
  if (toRun.length > 0) return toRun;
  terminal?.close();
  return startAgain();
}
