declare module 'dynalite/db/index.js' {
  /** A store of tables, to be handed to validations and actions. */
  export function create(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): object;
}

declare module 'dynalite/validations/index.js' {
  type Types = Readonly<Record<string, unknown>>;
  /** Takes out of `data` what no member is, and returns what is left as the types have it. Throws a Refusal. */
  export function checkTypes(data: object, types: Types): object;
  /** Throws a Refusal. */
  export function checkValidations(data: object, types: Types, custom: unknown, store: object): void;
  export function toLowerFirst(name: string): string;
}
