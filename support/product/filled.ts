/** Names in braces in the texts of a recipe. */

/** Fills known names in braces, at any depth; others stay as they are. */
export function filled<Content>(content: Content, values: Readonly<Record<string, string>>): Content {
  if (typeof content === 'string')
    return content.replace(/\{(\w+)\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? values[name]! : whole,
    ) as Content;
  if (Array.isArray(content)) return content.map((one) => filled(one, values)) as Content;
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(Object.entries(content).map(([key, one]) => [key, filled(one, values)])) as Content;
}
