import { type DocumentKeys, readDocumentKeys } from '@aftercall/warehouse/sealing/document-keys'
import { type CliContext, type CommonOptions, requireConfig, UsageError } from './cli-context.ts'

/**
 * The keys of `encryption` for a command that reads documents. Undefined without them, or without a whole configuration:
 * what is not encrypted can be read all the same.
 */
export async function findDocumentKeys(
  context: CliContext,
  options: CommonOptions,
): Promise<DocumentKeys | undefined> {
  const config = await requireConfig(context, options, ['sources']).catch((error: unknown) => {
    if (error instanceof UsageError) return undefined
    throw error
  })
  return config === undefined ? undefined : readDocumentKeys(config.encryption)
}
