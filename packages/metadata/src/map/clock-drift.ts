import type { ClockFault } from '../times/judge-times.ts'
import type { Drift } from './drift.ts'

/** The types of drift that report a wrong clock begin with it. */
export const clockDrift = 'clock: '

/** How a fault is counted in `ingest.schema_drift`. */
export const driftOfFault: Record<ClockFault, Drift> = {
  updated_at_ahead: { path: 'updated_at', type: `${clockDrift}later than its object` },
  updated_at_behind: { path: 'updated_at', type: `${clockDrift}before created_at` },
  event_ahead: { path: '*', type: `${clockDrift}an event later than its object` },
  object_time_unusable: { path: '*', type: `${clockDrift}the object's time does not fit the session` },
}
