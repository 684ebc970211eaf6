/** A day with separators in a folder or name, or a folder of eight digits. A name of eight digits may be an id. */
const spelled = /(?:^|[/=_.-])(\d{4})([/_-])(\d{2})\2(\d{2})(?=$|[/_.T-])/
const compactFolder = /(?:^|[/=])(\d{4})()(\d{2})(\d{2})\//
const hiveFolders = /(?:^|\/)(?:year|y)=(\d{4})()\/(?:month|m)=(\d{2})\/(?:day|d)=(\d{2})\//

/**
 * The day (`2025-09-30`) in a key's folders or name, if the layout has one (contract, section d, and the run-time variables
 * that the platform offers for folders). It is the day of the session, independent of when the file was exported or copied.
 */
export function dayOfKey(key: string): string | null {
  for (const form of [hiveFolders, spelled, compactFolder]) {
    const [, year, , month, day] = form.exec(key) ?? []
    const text = `${year}-${month}-${day}`
    if (year !== undefined && isDay(text)) return text
  }
  return null
}

function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text) && text > '2000'
}
