/** What a caller has done wrong, or what the server cannot take, with the HTTP status that says so. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds after which the caller may ask again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}
