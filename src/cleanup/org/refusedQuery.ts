/** What the org says of a query that it will never answer (BULK_API §2, §4). */
const REFUSALS =
  /^(?:MALFORMED_QUERY|INVALID_FIELD|INVALID_TYPE|INVALID_TYPE_FOR_OPERATION|INVALID_QUERY_FILTER_OPERATOR|INVALIDENTITY|API_ERROR|FUNCTIONALITY_NOT_ENABLED|EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION|INSUFFICIENT_ACCESS\w*|OPERATION_TOO_LARGE)$/;

/** Whether the org has refused the query itself; all else (no answer, limits, sessions) says nothing about it. */
export function isRefusedQuery(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code: unknown = 'errorCode' in error ? error.errorCode : error.name;
  return typeof code === 'string' && REFUSALS.test(code);
}
