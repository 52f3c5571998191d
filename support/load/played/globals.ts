/** Globals of browsers and Node that k6 lacks. Loaded first. */
import { Address, Parameters } from './address.ts';

const globals = globalThis as unknown as Record<string, unknown>;
globals.URL ??= Address;
globals.URLSearchParams ??= Parameters;
for (const name of ['dispose', 'asyncDispose'] as const)
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(name) });
