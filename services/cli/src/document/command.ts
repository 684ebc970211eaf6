import { formatTime } from '@aftercall/operator/format/time'
import { visibleLines } from '@aftercall/runtime/text/visible-text'
import { readSession } from '../arguments/read-place.ts'
import { type AddCommand, addCommand, type CommonOptions, exitCodes, findDatabase } from '../cli-context.ts'
import { findDocumentKeys } from '../find-document-keys.ts'
import { withDatabase } from '../with-database.ts'

type Options = CommonOptions & { revision?: string }

/** `aftercall document SOURCE/call/ID [--revision SHA256]` */
export function addDocumentCommand(add: AddCommand): void {
  const { context } = add
  addCommand(
    add,
    'document <session>',
    'print the kept raw document of a session, decrypted if it is encrypted (personal data)',
    [
      'aftercall document acme/call/1418 > call-1418.json',
      'aftercall document acme/call/1418 --revision 5f2c     # the beginning of its content_sha256',
    ],
  )
    .option(
      '--revision <sha256>',
      'another revision than the newest that is kept, by the beginning of its hash',
    )
    .addHelpText(
      'after',
      '\nThe login needs aftercall_cleared. Encrypted documents need encryption.keys.\n' +
        'Exit code: 1 when no document is kept, or its key is not there.',
    )
    .action(async (text: string, options: Options) => {
      const session = readSession(text)
      const keys = await findDocumentKeys(context, options)
      const { readDocument } = await import('@aftercall/warehouse/sealing/read-document')
      await withDatabase(await findDatabase(context, options), async ({ db }) => {
        const found = await readDocument(
          db,
          { ...session, revision: options.revision?.toLowerCase() ?? '' },
          keys,
        )
        if (found === undefined) {
          context.stderr.write(
            `error: no document of ${text} is kept; what happened to it: aftercall explain ${text}\n`,
          )
          return add.end(exitCodes.failed)
        }
        if (options.json === true) {
          context.stdout.write(
            `${JSON.stringify({ ...found, text: undefined, document: JSON.parse(found.text) })}\n`,
          )
          return
        }
        context.stderr.write(`revision ${found.contentSha256}, loaded ${formatTime(found.loadedAt)}\n`)
        context.stdout.write(
          context.stdout.isTTY === true ? `${visibleLines(found.text)}\n` : `${found.text}\n`,
        )
      })
    })
}
