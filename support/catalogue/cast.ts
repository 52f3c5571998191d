/** The people of every scenario. */

export const names = ['Ada', 'Grace', 'Sam', 'Nora', 'Mallory'] as const;
export type Name = (typeof names)[number];

/** Each person's part in the story, after the name. */
export const roles: Readonly<Record<Name, string>> = {
  Ada: 'administers Acme',
  Grace: 'is a second administrator',
  Sam: 'is a colleague, the usual tester',
  Nora: 'is an outsider',
  Mallory: 'attacks',
};

/** The people of the story who are Acme's own; the others are outsiders. */
export const colleagues = ['Ada', 'Grace', 'Sam'] as const satisfies readonly Name[];

export const isColleague = (name: Name): boolean => (colleagues as readonly Name[]).includes(name);
