/** S3 or SQS answered with an error. `name` and `$metadata` are as in the SDK's errors, for `judgeError` to read. */
export class ServiceRefusedError extends Error {
  override readonly name: string
  readonly $metadata: { httpStatusCode: number; requestId: string | undefined }

  constructor(name: string, message: string, metadata: ServiceRefusedError['$metadata']) {
    super(message)
    this.name = name
    this.$metadata = metadata
  }
}
