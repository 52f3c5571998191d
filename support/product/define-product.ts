/** Entry point for recipes that are modules: types, and a function that checks them in the editor. */
import type { z } from 'zod';
import type { Verbs } from './product.ts';
import type { recipeFields } from './recipe.ts';

export type { BrowserDriver } from './browser-driver.ts';
export type { Driver, Look } from './driver.ts';
export type { Account, At, Verbs } from './product.ts';

export type ProductModule = z.input<typeof recipeFields> & { verbs?: Verbs };

/** Returns the product as it is. */
export const defineProduct = (product: ProductModule): ProductModule => product;
