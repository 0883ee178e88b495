/** What the operator gave cannot be used; nothing was done with it. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
}
