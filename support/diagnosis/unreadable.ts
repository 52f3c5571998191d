/** What ends a diagnosis before it begins: a file or an option that cannot be used. Its message is one sentence for whoever typed the command. */
export class Unreadable extends Error {}
