import { createRequire } from 'node:module';
import * as dynalite from 'dynalite/db/index.js';
import * as validations from 'dynalite/validations/index.js';
import { isRecord } from '../input.ts';

/** What one operation answers: a status and a body, in DynamoDB's words. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How dynalite refuses: thrown while it judges the input, handed over when it carries out. */
interface Refusal {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Done = (refusal: unknown, body?: Readonly<Record<string, unknown>>) => void;

interface Operation {
  readonly types: Readonly<Record<string, unknown>>;
  readonly custom: unknown;
  readonly act: (store: object, data: object, done: Done) => void;
}

const load = createRequire(import.meta.url);
const operations = new Map<string, Operation>();

function operationOf(name: string): Operation {
  const known = operations.get(name);
  if (known) return known;
  const file = `${validations.toLowerFirst(name)}.js`;
  const { types, custom } = load(`dynalite/validations/${file}`) as Pick<Operation, 'types' | 'custom'>;
  const operation = { types, custom, act: load(`dynalite/actions/${file}`) as Operation['act'] };
  operations.set(name, operation);
  return operation;
}

function isRefusal(error: unknown): error is Refusal {
  return isRecord(error) && typeof error.statusCode === 'number' && isRecord(error.body);
}

/** dynalite without its HTTP server: what lies behind it judges and carries out the operations of the item API, in memory. */
export class ItemEngine {
  readonly #store = dynalite.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  /** Carries out an operation. `input` is its own: it is changed. Rejects only when dynalite fails. */
  async answer(name: string, input: object): Promise<Answer> {
    const { types, custom, act } = operationOf(name);
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => {
        if (isRefusal(error)) resolve({ status: error.statusCode, body: error.body });
        else reject(error instanceof Error ? error : new Error(String(error)));
      };
      try {
        const data = validations.checkTypes(input, types);
        validations.checkValidations(data, types, custom, this.#store);
        act(this.#store, data, (refusal, body = {}) => {
          if (refusal) refuse(refusal);
          else resolve({ status: 200, body });
        });
      } catch (error) {
        refuse(error);
      }
    });
  }
}
