/** One reader of bytes from outside, with what must hold for any input. */
export type Target = {
  name: string
  /** Inputs are not made longer than this. */
  bytesMax: number
  /** How inputs are changed: as parsed JSON, as text, or as bytes. JSON and text are also changed as bytes. */
  form: 'json' | 'text' | 'bytes'
  /** Valid inputs to start from. */
  seeds(): Uint8Array[]
  /** Texts that mean something to the reader. */
  words: readonly string[]
  bound: CostBound
  /**
   * Reads the input and checks the answer. Throws if a rule is broken. The returned value must be the same for the same
   * bytes.
   */
  read(bytes: Uint8Array): unknown
  /** Frees what the target holds. */
  close?(): Promise<void>
}

/** Linear in the bytes of an input. */
export type CostBound = {
  /** Executed blocks of our code and of the libraries that it uses. */
  steps: { least: number; perByte: number }
  /** Bytes allocated in V8's heap. */
  allocated: { least: number; perByte: number }
}

/** A reader did what it must not do. */
export class BrokenRuleError extends Error {
  override readonly name = 'BrokenRuleError'
  readonly code = 'broken_rule'
  readonly retryable = false
}

/** @throws BrokenRuleError unless it holds. */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new BrokenRuleError(rule)
}
