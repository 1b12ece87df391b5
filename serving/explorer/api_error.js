/** A request that failed, with a message for the reader. */
export class ApiError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}
