/** Something the person can put right; its message says how and is shown without a stack trace. */
export class Failure extends Error {}
