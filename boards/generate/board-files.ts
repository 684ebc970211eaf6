import type { Board } from './board.ts'
import { formatGrafana } from './format-grafana.ts'
import { formatMetabase } from './format-metabase.ts'
import { supersetFiles } from './format-superset.ts'
import type { SupersetModel } from './superset-model.ts'

/** All files that the boards give, by their path in the repository. */
export function boardFiles(boards: readonly Board[], superset: SupersetModel): Map<string, string> {
  const ofBoards = boards.flatMap((board): [string, string][] => [
    [`compose/grafana/dashboards/analytics-${board.name}.json`, formatGrafana(board)],
    ...board.panels.map((panel): [string, string] => [
      `boards/metabase/${board.name}-${panel.sql}.sql`,
      formatMetabase(board, panel),
    ]),
  ])
  return new Map([...ofBoards, ...supersetFiles(superset)])
}
