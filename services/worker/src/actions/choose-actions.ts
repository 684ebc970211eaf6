import type { Action } from '@aftercall/warehouse/actions/action'

/**
 * The actions that may run now, the oldest first. Of those that exclude each other the oldest open one runs, so all workers
 * choose the same: at most one bulk action of a source, and one maintenance. An action that names no source excludes the bulk
 * actions of all. Changes of rejections and pauses wait for nothing.
 */
export function chooseActions(open: readonly Action[], sources: readonly string[]): Action[] {
  return open.filter(
    (action, position) =>
      (action.source === null || sources.includes(action.source)) &&
      !open.slice(0, position).some((earlier) => excludes(earlier, action)),
  )
}

function excludes(earlier: Action, action: Action): boolean {
  const [one, other] = [groupOf(earlier), groupOf(action)]
  if (one === 'none' || one !== other) return false
  return (
    one === 'maintain' ||
    earlier.source === null ||
    action.source === null ||
    earlier.source === action.source
  )
}

function groupOf({ kind }: Action): 'bulk' | 'maintain' | 'none' {
  switch (kind) {
    case 'replay':
    case 'backfill':
    case 'resume':
    case 'reconcile':
      return 'bulk'
    case 'maintain':
      return 'maintain'
    case 'ignore':
    case 'reopen':
    case 'pause':
      return 'none'
  }
}
