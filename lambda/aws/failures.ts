import type { Failure, FailureKind } from '../jobs/ports.ts';

/** AWS's error names in our words. DynamoDB answers nearly every error with status 400: the name decides, never the status. */
const kindByErrorName: Readonly<Record<string, FailureKind>> = {
  TableNotFoundException: 'missing',
  ResourceNotFoundException: 'missing',
  BackupNotFoundException: 'missing',
  PolicyNotFoundException: 'missing',
  ObjectNotFoundException: 'missing',
  AccessDeniedException: 'access-denied',
  AccessDenied: 'access-denied',
  FailedResourceAccessException: 'access-denied',
  UnrecognizedClientException: 'access-denied',
  ExpiredTokenException: 'access-denied',
  InvalidSignatureException: 'access-denied',
  CredentialsProviderError: 'access-denied',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  LimitExceededFault: 'throttled',
  LimitExceededException: 'throttled',
  RequestLimitExceeded: 'throttled',
  ProvisionedThroughputExceededException: 'throttled',
  TooManyRequestsException: 'throttled',
  TableInUseException: 'table-busy',
  ResourceInUseException: 'table-busy',
  ConcurrentUpdateException: 'table-busy',
  BackupInUseException: 'backup-busy',
  InvalidResourceStateException: 'backup-busy',
  ContinuousBackupsUnavailableException: 'backups-unavailable',
  ValidationException: 'invalid',
  InvalidParameterValueException: 'invalid',
  InvalidParameterCombinationException: 'invalid',
  InvalidRequestException: 'invalid',
  MissingParameterValueException: 'invalid',
  InvalidRestoreTimeException: 'out-of-window',
  PointInTimeRecoveryUnavailableException: 'out-of-window',
  InternalServerError: 'no-answer',
  InternalFailure: 'no-answer',
  InternalServiceException: 'no-answer',
  InternalServiceFault: 'no-answer',
  ServiceUnavailable: 'no-answer',
  ServiceUnavailableException: 'no-answer',
  TimeoutError: 'no-answer',
};

const lostConnectionCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** What an SDK error means to a job. An error with no known name is `no-answer` when the connection broke or the server failed, else `unknown`. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'unknown', message: String(error) };
  return { kind: kindByErrorName[error.name] ?? kindByTransport(error), message: `${error.name}: ${error.message}` };
}

function kindByTransport(error: Error & { code?: unknown; $metadata?: { httpStatusCode?: number } }): FailureKind {
  const isLost = typeof error.code === 'string' && lostConnectionCodes.has(error.code);
  return isLost || (error.$metadata?.httpStatusCode ?? 0) >= 500 ? 'no-answer' : 'unknown';
}
