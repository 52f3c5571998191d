/** Settings of a persona, by the names of the mock. Undefined where the message shows nothing. */
export type Learned = Readonly<Record<string, unknown>>;
