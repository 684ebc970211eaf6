import { openQueueOtherThan } from './queue-step.ts'
import { chance, integer, weighted } from './random.ts'
import type { EndingPatch, Scene } from './scene.ts'
import type { Queue } from './tenant.ts'

/**
 * The only word of sample documents that is in no vocabulary, where a plan asks for `unknownWords`: the vendor describes this
 * deflection, but not its word (contract c.6). It stands for a new word of the platform.
 */
export const unknownWordOnPurpose = 'after_hours_voicemail'

/** The queue is closed. A message, a voicemail, or a redirection ends the call (contract c.6). */
export function deflectAfterHours(scene: Scene, queue: Queue): EndingPatch {
  const { random, scenario } = scene
  scenario.details.afterHours = true
  const deflection = weighted(random, [
    ['voicemail', 44],
    ['after_hours_message_only', 46],
    ['temp_redirection_phone', 10],
  ])
  if (deflection !== 'voicemail') return deflect(scene, queue, deflection)
  return leaveVoicemail(scene, queue, scenario.unknownWords ? unknownWordOnPurpose : null)
}

/** The queue is too busy, or an administrator redirects a share for a while. */
export function redirect(scene: Scene, queue: Queue): EndingPatch {
  const { random, scenario } = scene
  if (chance(random, 0.25)) return leaveVoicemail(scene, queue, null)
  const other = openQueueOtherThan(scene, queue) ?? queue
  scenario.redirection = { queue: other, percent: chance(random, 0.5) }
  return deflect(scene, queue, chance(random, 0.75) ? 'temp_redirection_queue' : 'temp_redirection_phone')
}

function deflect(scene: Scene, queue: Queue, deflection: string): EndingPatch {
  scene.scenario.deflections.push({ deflection, queue })
  scene.now += integer(scene.random, 6, 25)
  return {
    status: 'deflected',
    deflection,
    disconnectedBy: chance(scene.random, 0.5) ? 'end_user' : 'unknown',
  }
}

// The contract has no word for the reason of this voicemail (c.8).
function leaveVoicemail(scene: Scene, queue: Queue, deflection: string | null): EndingPatch {
  const { random, scenario } = scene
  if (deflection !== null) scenario.deflections.push({ deflection, queue })
  scenario.details.recordingPath = 'voicemails'
  scene.now += integer(random, 18, 150)
  if (chance(random, 0.3)) scenario.voicemailReadAt = scene.now + integer(random, 300, 40_000)
  return { status: 'voicemail_received', deflection, voicemailReason: null, disconnectedBy: 'end_user' }
}
