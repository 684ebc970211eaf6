import { openQueueOtherThan } from './queue-step.ts'
import { chance, integer, weighted } from './random.ts'
import type { EndingPatch, Scene } from './scene.ts'
import type { Queue } from './tenant.ts'

/**
 * The one word of sample documents that no vocabulary holds: the vendor describes this deflection without its word. It
 * stands for what a new release of the platform brings, so that a demo shows how an unknown word is told.
 */
export const unknownWordOnPurpose = 'after_hours_voicemail'

/** The queue is closed: a message, a voicemail or a forwarding ends the call (contract c.6). */
export function deflectAfterHours(scene: Scene, queue: Queue): EndingPatch {
  const { random, scenario } = scene
  scenario.details.afterHours = true
  const deflection = weighted(random, [
    [unknownWordOnPurpose, 44],
    ['after_hours_message_only', 46],
    ['temp_redirection_phone', 10],
  ])
  if (deflection === unknownWordOnPurpose) return leaveVoicemail(scene, queue, deflection)
  return deflect(scene, queue, deflection)
}

/** Too busy, or an administrator sends a share elsewhere for a while. */
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

// Why it became a voicemail has no word that the contract knows (c.8).
function leaveVoicemail(scene: Scene, queue: Queue, deflection: string | null): EndingPatch {
  const { random, scenario } = scene
  if (deflection !== null) scenario.deflections.push({ deflection, queue })
  scenario.details.recordingPath = 'voicemails'
  scene.now += integer(random, 18, 150)
  if (chance(random, 0.3)) scenario.voicemailReadAt = scene.now + integer(random, 300, 40_000)
  return { status: 'voicemail_received', deflection, voicemailReason: null, disconnectedBy: 'end_user' }
}
