/** Why a backup is kept or deleted: `code` is stable and documented in docs/retention.md, `detail` is a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly detail: string;
}
