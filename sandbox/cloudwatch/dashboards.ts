import { AwsError } from '../aws-error.ts';
import { isRecord } from '../input.ts';

export interface Dashboard {
  readonly name: string;
  readonly arn: string;
  /** JSON. */
  readonly body: string;
  readonly updatedAt: number;
}

/** The dashboards of the account, by name. A body must be JSON with a list of widgets; what the widgets say is not looked into. */
export class Dashboards {
  readonly #accountId: string;
  readonly #byName = new Map<string, Dashboard>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  get all(): Dashboard[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  put(name: string, body: string, now: number): Dashboard {
    if (!hasWidgets(body))
      throw new AwsError('InvalidParameterInput', `The dashboard body of ${name} is not JSON with a list of widgets`);
    const dashboard = { name, arn: `arn:aws:cloudwatch::${this.#accountId}:dashboard/${name}`, body, updatedAt: now };
    this.#byName.set(name, dashboard);
    return dashboard;
  }

  get(name: string): Dashboard {
    const dashboard = this.#byName.get(name);
    if (!dashboard) throw new AwsError('ResourceNotFound', `Dashboard ${name} does not exist`, 404);
    return dashboard;
  }

  remove(name: string): boolean {
    return this.#byName.delete(name);
  }
}

function hasWidgets(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && Array.isArray(parsed.widgets);
  } catch {
    return false;
  }
}
