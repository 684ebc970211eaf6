import type { Tenant } from '../tenant.ts'
import { brightwell } from './brightwell.ts'
import { coralcoast } from './coralcoast.ts'
import { harborline } from './harborline.ts'
import { hoshizora } from './hoshizora.ts'
import { monsoon } from './monsoon.ts'

/** Five fictitious contact centers in five time zones, two of them without daylight saving. */
export const builtInTenants: readonly Tenant[] = [harborline, brightwell, hoshizora, coralcoast, monsoon]
