/** Lines of the message as it came, by path: the signed octets that are judged have none of their own. */
import type { Finding } from '../rejection-advice.ts';
import { childElements, lineOf, longestPath, nameOf } from './dom.ts';

export const placed = (
  path: string,
  attribute: string | undefined,
  lines: ReadonlyMap<string, number>,
): Pick<Finding, 'path' | 'line'> => {
  const line = lines.get(path);
  return { path: attribute === undefined ? path : `${path}/@${attribute}`, ...(line === undefined ? {} : { line }) };
};

export function linesOf(root: Element): Map<string, number> {
  const lines = new Map<string, number>();
  const visit = (node: Element, path: string): void => {
    if (path.length > longestPath) return;
    const line = lineOf(node);
    if (line !== undefined) lines.set(path, line);
    const children = childElements(node).map((child) => ({ child, name: nameOf(child) }));
    const totals = new Map<string, number>();
    for (const { name } of children) totals.set(name, (totals.get(name) ?? 0) + 1);
    const counts = new Map<string, number>();
    for (const { child, name } of children) {
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      visit(child, `${path}/${name}${totals.get(name)! > 1 ? `[${number}]` : ''}`);
    }
  };
  visit(root, `/${nameOf(root)}`);
  return lines;
}
