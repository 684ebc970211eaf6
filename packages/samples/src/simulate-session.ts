import { simulateDirectCall, simulateInboundCall, simulateInternalCall } from './call-scenario.ts'
import { simulateInboundChat, simulateOutboundChat } from './chat-scenario.ts'
import { addDetails } from './details-step.ts'
import {
  simulateCallback,
  simulateCampaignCall,
  simulateOutboundCall,
  simulateScheduledCall,
} from './dialled-scenario.ts'
import { type EndingPatch, endSession, type Scene } from './scene.ts'
import type { Course } from './session-kind.ts'
import { addWrapUp } from './wrap-up-step.ts'

const simulateCourse: Record<Course, (scene: Scene) => EndingPatch> = {
  inbound: simulateInboundCall,
  direct: simulateDirectCall,
  internal: simulateInternalCall,
  callback: simulateCallback,
  scheduled: simulateScheduledCall,
  outbound: simulateOutboundCall,
  campaign: simulateCampaignCall,
  'message-in': simulateInboundChat,
  'message-out': simulateOutboundChat,
}

/** Simulates the session from `scene.now` to its end, and then wrap-up and survey. */
export function simulateSession(scene: Scene): void {
  const ending = simulateCourse[scene.scenario.kind.course](scene)
  endSession(scene, ending)
  addWrapUp(scene)
  addDetails(scene)
}
