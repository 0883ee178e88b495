import { AwsError } from '../aws-error.ts';
import type { Operation } from '../front.ts';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

/** > Backup is already performing an action on this recovery point; try again later. Source: service model, InvalidResourceStateException. */
export function busy(message: string): AwsError {
  return new AwsError('InvalidResourceStateException', message);
}

/** AWS Backup has two names for what others call a ValidationException: one for what is missing, one for what is wrong. */
export function inWordsOfBackup(operation: Operation): Operation {
  return async (call) => {
    try {
      return await operation(call);
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'ValidationException') throw error;
      const isMissing = error.message.endsWith('Member must not be null');
      throw new AwsError(
        isMissing ? 'MissingParameterValueException' : 'InvalidParameterValueException',
        error.message,
      );
    }
  };
}
