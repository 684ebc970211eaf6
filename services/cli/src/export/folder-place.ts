import * as files from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type LakePlace, LakePlaceError } from './lake-place.ts'

/** What a folder needs of the file system. */
export type FileSystem = Pick<typeof files, 'mkdir' | 'mkdtemp' | 'readFile' | 'rename' | 'rm' | 'writeFile'>

/**
 * A folder. Files are written in a hidden folder of it, on the same disk, and then renamed. What a killed export leaves there
 * is no part of any day.
 */
export function openFolderPlace(folder: string, fs: FileSystem = files): LakePlace {
  let spool: Promise<string> | undefined
  const inFolder = (name: string): string => join(folder, name)

  async function guarded<Answer>(name: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      throw new LakePlaceError(inFolder(name), error)
    }
  }

  async function makeSpool(): Promise<string> {
    await fs.mkdir(folder, { recursive: true })
    return fs.mkdtemp(inFolder('.export-'))
  }

  function spoolFolder(): Promise<string> {
    spool ??= guarded('', makeSpool)
    return spool
  }

  async function putFile(name: string, spooled: string): Promise<void> {
    await guarded(name, async () => {
      await fs.mkdir(dirname(inFolder(name)), { recursive: true })
      await fs.rename(spooled, inFolder(name))
    })
  }

  return {
    describe: inFolder,
    spoolFolder,
    putFile,
    async putText(name, text) {
      const spooled = join(await spoolFolder(), 'text')
      await guarded(name, () => fs.writeFile(spooled, text, { flush: true }))
      await putFile(name, spooled)
    },
    readText: (name) =>
      guarded(name, () =>
        fs.readFile(inFolder(name), 'utf8').catch((error: unknown) => {
          if (isMissing(error)) return undefined
          throw error
        }),
      ),
    remove: (name) => guarded(name, () => fs.rm(inFolder(name), { force: true })),
    close: async () => {
      const made = await spool?.catch(() => undefined)
      if (made !== undefined) await fs.rm(made, { recursive: true, force: true })
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
