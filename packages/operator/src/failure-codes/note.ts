/**
 * What a failure code means, and what a person can do. What happens is decided by the packages below; docs/failure-codes.md
 * has all three.
 */
export type FailureNote = { meaning: string; toDo: string }
