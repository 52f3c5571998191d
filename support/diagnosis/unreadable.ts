/** Error for a file or an option that cannot be used. Its message is one sentence for the user of the command. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
