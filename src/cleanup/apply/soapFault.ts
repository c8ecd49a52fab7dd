/** Whether the org itself has refused a SOAP call, so that nothing of it was done. Its code is the fault's, such as `sf:INVALID_TYPE`. */
export function isSoapFault(error: unknown): error is Error {
  return error instanceof Error && 'errorCode' in error && /^(?:sf|soapenv|\w+):/.test(String(error.errorCode));
}
