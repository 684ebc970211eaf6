/**
 * Names that upload tools and editors use until a file is complete, and then change. WinSCP writes `.filepart`,
 * browsers `.crdownload` and `.part`, rsync and many others names that begin with a dot, vim `.x.swp`, Emacs `x~`.
 */
const temporaryEnding =
  /(?:~|\.(?:tmp|temp|part|partial|filepart|crdownload|download|swp|swx|upload|uploading))$/i

/** Hidden files and folders count, too, such as those of tools (`.snapshot`, `.DS_Store`). */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') || temporaryEnding.test(name)
}
