/** The portal of docs/examples/products/node-saml on a staging host: the same program at another URL. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServerProcess } from '../idp/server-process.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import type { StagingHost } from './staging-host.ts';

const example = fileURLToPath(new URL('../../docs/examples/products/node-saml', import.meta.url));
const files = ['package.json', 'server.mjs', 'install.sh', 'recipe.json'];

export const hasPortal = (): boolean => existsSync(example) && spawnSync('npm', ['--version']).status === 0;

/** How the portal sends its requests. */
export type Binding = 'redirect' | 'post';

/** Throws with npm's output if its packages cannot be installed. */
export function installPortal({ folder }: StagingHost): void {
  for (const file of files) cpSync(join(example, file), join(folder, file));
  mkdirSync(join(folder, '.rehearsal'));
  const { status, stdout, stderr } = spawnSync('sh', ['install.sh'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`install.sh failed:\n${stdout}${stderr}`);
}

export async function startPortal(
  { folder, origin, productPort }: StagingHost,
  binding: Binding,
): Promise<AsyncDisposable> {
  const changes: [string, string][] = [
    ["const url = 'http://127.0.0.1:8502'", `const url = '${origin}'`],
    ["app.listen(8502, '127.0.0.1')", `app.listen(${productPort}, '127.0.0.1', () => console.log('is ready'))`],
  ];
  if (binding === 'post')
    changes.push(
      [
        "response.redirect(303, await samlOf(organization).getAuthorizeUrlAsync('', undefined, {}))",
        "response.send(await samlOf(organization).getAuthorizeFormAsync(''))",
      ],
      [
        "    validateInResponseTo: 'always',",
        "    validateInResponseTo: 'always',\n    authnRequestBinding: 'HTTP-POST',\n    skipRequestCompression: true,",
      ],
    );
  const program = changes.reduce(replaced, readFileSync(join(example, 'server.mjs'), 'utf8'));
  const file = join(folder, `${binding}.mjs`);
  writeFileSync(file, program);
  const { end } = await startServerProcess([process.execPath, file], { ready: /(is ready)/ });
  return { [Symbol.asyncDispose]: end };
}

function replaced(text: string, [from, to]: [string, string]): string {
  if (text.split(from).length !== 2) throw new Error(`server.mjs must contain once: ${from}`);
  return text.replace(from, () => to);
}

/** The recipe of the example, at this host. */
export const portalRecipe = async ({ origin }: StagingHost): Promise<object> => {
  const recipe = JSON.parse(readFileSync(join(example, 'recipe.json'), 'utf8'));
  const idp = { ...recipe.idp, port: await freePort() };
  return { ...recipe, $schema: undefined, origin, certificateAuthority: 'acme-ca.pem', idp };
};
