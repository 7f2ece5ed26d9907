/** An error that the user can correct. Its message says how, and is shown without a stack trace. */
export class Failure extends Error {}
