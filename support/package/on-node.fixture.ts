/** Runs the examples of docs/test-runners.md, and programs on another Node. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import type { Example } from './documented.fixture.ts';

/** Runs the commands of an example in its folder on this Node, and expects its two tests to pass each time. */
export async function playExample(
  { heading, commands }: Example,
  { folder, node = process.execPath }: { folder: string; node?: string },
): Promise<void> {
  for (const command of commands) {
    const { status, output } = await run(command, [], { cwd: folder, node, shell: true });
    assert.equal(status, 0, `${heading}: ${command}\n${output}`);
    assert.match(output, /\b(Tests:? +2 passed|pass 2)\b/, `${heading}: ${command}`);
  }
}

/** Output of a program on this Node. Fails if the program fails. */
export async function outputOf(node: string, args: readonly string[], cwd: string): Promise<string> {
  const { status, output } = await run(node, args, { cwd, node });
  assert.equal(status, 0, output);
  return output;
}

/** Runs a program with this Node as the first in its PATH. The output is that of both streams. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, node = process.execPath, shell = false }: { cwd: string; node?: string; shell?: boolean },
): Promise<{ status: number | null; output: string }> {
  // A test runner inside a test runner would follow the outer one's settings.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: _options, ...inherited } = process.env;
  const env = { ...inherited, PATH: [dirname(node), process.env.PATH].join(delimiter), NO_COLOR: '1' };
  const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}
