/** Bundles the script for k6 with the verbs of the recipe, so that it is one file without imports of ours. */
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export async function bundleScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [here('played/main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['k6', 'k6/*'],
    legalComments: 'none',
    logLevel: 'error',
    banner: { js: '// Made by sso-rehearsal from the verbs of its recipes. Plan, people and faults are in plan.json.' },
    plugins: [replacements],
  });
  return outputFiles[0]!.text;
}

/** Files that need Node, and what k6 gets instead. The results are made harmless where they are read. */
const replacements: Plugin = {
  name: 'replacements',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /(foreign-text|excerpt)\.ts$/ }, ({ path }) => ({ path, namespace: 'plain' }));
    onLoad({ filter: /.*/, namespace: 'plain' }, () => ({
      contents:
        'export const harmless = (text) => text; export const excerpt = (text, length) => text.slice(0, length);',
    }));
    onResolve({ filter: /^(node:.*|entities|htmlparser2)$/ }, ({ path }) => ({
      path,
      namespace: 'unused',
      sideEffects: false,
    }));
    onLoad({ filter: /^entities$/, namespace: 'unused' }, () => ({
      contents: "export { decodeHTML } from './entities.ts'",
      resolveDir: here('played'),
    }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};
