import { z } from 'zod'

/**
 * The fields of manifest.json that we use. `creationTimestamp` is milliseconds as text
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html#storage-inventory-location-manifest).
 */
export const manifestSchema = z.object({
  sourceBucket: z.string().min(1),
  creationTimestamp: z
    .union([z.string().regex(/^\d{1,15}$/), z.int().nonnegative()])
    .transform((milliseconds) => new Date(Number(milliseconds))),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(
    z.object({
      key: z.string().min(1),
      size: z.int().nonnegative(),
      MD5checksum: z.string().regex(/^[0-9a-f]{32}$/i),
    }),
  ),
})

export type Manifest = z.infer<typeof manifestSchema>
