/** Line numbers of the received message by path, because the signed octets that are judged have none. */
import type { Finding } from '../rejection-advice.ts';
import { childElements, lineOf, longestPath, nameOf, numbered } from './dom.ts';

export const placed = (
  path: string,
  attribute: string | undefined,
  lineAt: (path: string) => number | undefined,
): Pick<Finding, 'path' | 'line'> => {
  const line = lineAt(path);
  return { path: attribute === undefined ? path : `${path}/@${attribute}`, ...(line === undefined ? {} : { line }) };
};

/** Looks up lines by path. They are collected at the first look-up, because a valid message needs none. */
export function linesOf(root: Element): (path: string) => number | undefined {
  let lines: Map<string, number> | undefined;
  return (path) => {
    lines ??= collect(root);
    return lines.get(path);
  };
}

function collect(root: Element): Map<string, number> {
  const lines = new Map<string, number>();
  const visit = (node: Element, path: string): void => {
    if (path.length > longestPath) return;
    const line = lineOf(node);
    if (line !== undefined) lines.set(path, line);
    for (const [child, step] of numbered(childElements(node))) visit(child, `${path}/${step}`);
  };
  visit(root, `/${nameOf(root)}`);
  return lines;
}
