import { z } from 'zod'

/** The parts of an S3 notification that a worker needs. */
export const s3EventSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.coerce.date(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          key: z.string().transform((key) => decodeURIComponent(key.replaceAll('+', ' '))),
          size: z.number(),
          eTag: z.string(),
          versionId: z.string(),
          sequencer: z.string(),
        }),
      }),
    }),
  ),
})

export type S3Record = z.infer<typeof s3EventSchema>['Records'][number]
