/** An error as the service answers it: `[{"errorCode","message"}]` with a status. */
export class ApiError extends Error {
  public constructor(
    public readonly status: number,
    public readonly errorCode: string,
    message: string,
    public readonly fields: readonly string[] = []
  ) {
    super(message);
  }
}
