/** How a call names a function: its name, and the version or alias it wants. */
export interface FunctionReference {
  readonly name: string;
  readonly qualifier: string | undefined;
}

const pattern = /^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:function:)?([\w-]+)(?::([$\w-]+))?$/;

/** Reads `name`, `name:qualifier`, a partial ARN or a whole one. What is none of them counts as a name that no function has. */
export function functionReference(text: string): FunctionReference {
  const [, name = text, qualifier] = pattern.exec(text) ?? [];
  return { name, qualifier };
}

/** The name in a function's name or ARN, version or alias left out. */
export function functionName(nameOrArn: string): string {
  return functionReference(nameOrArn).name;
}
