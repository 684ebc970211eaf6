/** Folders or names that spell a day with separators, and folders that are eight digits: an id may be eight digits too. */
const spelled = /(?:^|[/=_.-])(\d{4})([/_-])(\d{2})\2(\d{2})(?=$|[/_.T-])/
const compactFolder = /(?:^|[/=])(\d{4})()(\d{2})(\d{2})\//
const hiveFolders = /(?:^|\/)(?:year|y)=(\d{4})()\/(?:month|m)=(\d{2})\/(?:day|d)=(\d{2})\//

/**
 * The day (`2025-09-30`) that a key's folders or name tell, where the layout has one (contract, section d, and the
 * run-time variables that the platform offers for folders): that of the session, whenever it was exported or copied.
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
