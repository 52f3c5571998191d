/** Reads action.yml, and runs its bash steps as GitHub's runner does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { root } from './build.ts';

export interface ActionStep {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  with?: Record<string, string | number>;
  shell?: string;
  'working-directory'?: string;
  env?: Record<string, string>;
  run?: string;
}

export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: ActionStep[] };
}

export const actionText = readFileSync(join(root, 'action.yml'), 'utf8');
export const action = parse(actionText) as Action;

export interface ActionRun {
  /** Of the first step that failed; 0 if none did. */
  status: number;
  output: string;
  summary: string;
  outputs: Record<string, string>;
  /** Actions of others: this runs no step that uses one. */
  notRun: string[];
}

export interface ActionOptions {
  /** The checked-out repository. */
  folder: string;
  inputs: Record<string, string>;
  env?: NodeJS.ProcessEnv;
}

/** Runs the steps that do not use another action. Every condition in action.yml demands that a step had an output. */
export async function runAction({ folder, inputs, env = {} }: ActionOptions): Promise<ActionRun> {
  const unknown = Object.keys(inputs).filter((name) => !Object.hasOwn(action.inputs, name));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);
  const runner = join(folder, '.runner');
  mkdirSync(runner, { recursive: true });
  const [outputFile, summaryFile, script] = ['output', 'summary', 'step.sh'].map((name) => join(runner, name));
  for (const file of [outputFile!, summaryFile!]) writeFileSync(file, '');
  const outputs = (): Record<string, string> =>
    Object.fromEntries(
      readFileSync(outputFile!, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
  const filled = (expression: string): string =>
    expression.replace(/\$\{\{ (inputs|steps\.run\.outputs)\.([\w-]+) \}\}/g, (_all, kind, name: string) =>
      kind === 'inputs' ? (inputs[name] ?? action.inputs[name]!.default) : (outputs()[name] ?? ''),
    );
  const result: ActionRun = { status: 0, output: '', summary: '', outputs: {}, notRun: [] };
  for (const step of action.runs.steps) {
    if (step.uses !== undefined) result.notRun.push(step.uses);
    if (step.run === undefined) continue;
    const wanted = /steps\.run\.outputs\.([\w-]+) != ''/.exec(step.if ?? '')?.[1];
    if (wanted === undefined ? result.status !== 0 : !outputs()[wanted]) continue;
    writeFileSync(script!, step.run);
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script!], {
      cwd: resolve(folder, filled(step['working-directory'] ?? '.')),
      env: {
        ...env,
        GITHUB_ACTION_PATH: root,
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)])),
      },
    });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    result.output += `${stdout}${stderr}`;
    if (result.status === 0) result.status = status as number;
  }
  return { ...result, summary: existsSync(summaryFile!) ? readFileSync(summaryFile!, 'utf8') : '', outputs: outputs() };
}
