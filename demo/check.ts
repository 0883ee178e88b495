/** One promise, held against what the witness saw and against the account as it stands. */
export interface Check {
  readonly id: string;
  readonly promise: string;
  readonly holds: boolean;
  readonly found: string;
}

export function check(id: string, promise: string, holds: boolean, found: string): Check {
  return { id, promise, holds, found };
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
