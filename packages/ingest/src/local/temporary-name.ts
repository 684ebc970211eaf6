/**
 * Names that upload tools and editors give a file until it is whole: they rename it then. WinSCP writes `.filepart`,
 * browsers `.crdownload` and `.part`, rsync and many others names that begin with a dot, vim `.x.swp`, Emacs `x~`.
 */
const temporaryEnding =
  /(?:~|\.(?:tmp|temp|part|partial|filepart|crdownload|download|swp|swx|upload|uploading))$/i

/** Hidden files and folders count as such, too: also those that tools keep for themselves (`.snapshot`, `.DS_Store`). */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') || temporaryEnding.test(name)
}
