import { tellDirectCall, tellInboundCall, tellInternalCall } from './call-scenario.ts'
import { tellInboundChat, tellOutboundChat } from './chat-scenario.ts'
import { addDetails } from './details-step.ts'
import { tellCallback, tellCampaignCall, tellOutboundCall, tellScheduledCall } from './dialled-scenario.ts'
import { type EndingPatch, endSession, type Scene } from './scene.ts'
import type { Course } from './session-kind.ts'
import { addWrapUp } from './wrap-up-step.ts'

const COURSES: Record<Course, (scene: Scene) => EndingPatch> = {
  inbound: tellInboundCall,
  direct: tellDirectCall,
  internal: tellInternalCall,
  callback: tellCallback,
  scheduled: tellScheduledCall,
  outbound: tellOutboundCall,
  campaign: tellCampaignCall,
  'message-in': tellInboundChat,
  'message-out': tellOutboundChat,
}

/** Lets the session happen from `scene.now` to its end and on to what follows it: wrap-up and survey. */
export function tellStory(scene: Scene): void {
  const ending = COURSES[scene.story.kind.course](scene)
  endSession(scene, ending)
  addWrapUp(scene)
  addDetails(scene)
}
