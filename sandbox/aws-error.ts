/** An error as an AWS service answers it. `fields` are sent beside the message. */
export class AwsError extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(name: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.fields = fields;
  }
}

/** A connection that broke: the caller sees a socket error and no answer at all. */
export class ConnectionLost extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the connection was lost: ${code}`);
    this.code = code;
  }
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function throttled(message = 'Rate of requests exceeds the allowed throughput.'): AwsError {
  return new AwsError('ThrottlingException', message);
}
