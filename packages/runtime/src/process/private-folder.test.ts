import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isPrivateFolder, makePrivateFolder, readPrivateFile, writePrivateFile } from './private-folder.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aftercall-private-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a private folder is created for its user only, with missing parents', async () => {
  const path = join(dir, 'state', 'aftercall')
  expect(await isPrivateFolder(path)).toBe(false)
  await makePrivateFolder(path)
  expect((await lstat(path)).mode & 0o777).toBe(0o700)
  await makePrivateFolder(path)
  expect(await isPrivateFolder(path)).toBe(true)
})

test.each([0o770, 0o707, 0o750, 0o705])('a folder with mode %o is refused', async (mode) => {
  const path = join(dir, 'open')
  await mkdir(path)
  await chmod(path, mode)
  await expect(makePrivateFolder(path)).rejects.toThrow(`${path} is open to other users`)
  await expect(isPrivateFolder(path)).rejects.toThrow('chmod go=')
})

test('a link to a private folder is refused: another user may have made it', async () => {
  const [path, target] = [join(dir, 'link'), join(dir, 'target')]
  await makePrivateFolder(target)
  await symlink(target, path)
  await expect(makePrivateFolder(path)).rejects.toThrow(`${path} is a symbolic link`)
  await expect(isPrivateFolder(path)).rejects.toThrow('is a symbolic link')
})

test('a file is written once, and read only if no other user could have written it', async () => {
  const path = join(dir, 'state.json')
  expect(await readPrivateFile(path)).toBeUndefined()
  await writePrivateFile(path, 'one')
  expect(await readPrivateFile(path)).toBe('one')
  await expect(writePrivateFile(path, 'two')).rejects.toThrow('EEXIST')
  await chmod(path, 0o644)
  await expect(readPrivateFile(path)).rejects.toThrow('is open to other users')
  await symlink(path, join(dir, 'link'))
  await expect(readPrivateFile(join(dir, 'link'))).rejects.toThrow('is a symbolic link')
  await expect(writePrivateFile(join(dir, 'link'), 'two')).rejects.toThrow('EEXIST')
})

test.runIf(process.getuid?.() === 0)(
  'a folder or file of another user is refused, for any mode',
  async () => {
    const [folder, file] = [join(dir, 'theirs'), join(dir, 'theirs.json')]
    await mkdir(folder, { mode: 0o700 })
    await writeFile(file, '{}', { mode: 0o600 })
    await Promise.all([chown(folder, 65_534, 65_534), chown(file, 65_534, 65_534)])
    await expect(makePrivateFolder(folder)).rejects.toThrow(`${folder} belongs to another user`)
    await expect(readPrivateFile(file)).rejects.toThrow(`${file} belongs to another user`)
  },
)
