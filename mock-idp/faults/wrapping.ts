/** Signature wrapping and parser attacks: a good signature beside content that nobody signed. */
import type { Fault } from '../fault.ts';

export const wrappingFaults = {} satisfies Record<string, Fault>;
