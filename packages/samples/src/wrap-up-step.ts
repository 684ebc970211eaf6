import { correctionDaysMax, lateSeconds, lateShare, surveyDaysMax } from './late-facts.ts'
import { chance, fork, integer, pick, type Random, weighted } from './random.ts'
import type { AgentStay, Survey } from './scenario.ts'
import type { Scene } from './scene.ts'
import type { Queue } from './tenant.ts'

const dispositionShare = 0.78
const secondDispositionShare = 0.06
const noteShare = 0.45
const surveyShare = 0.28
/** Of the surveys: the end user hangs up in the middle, without a rating (contract h.2). */
const leftSurveyShare = 0.1
const lateWrapUpShare = 0.015

const notesOfAgents = [
  'Router firmware updated; customer still disputes the invoice.',
  'Credit applied to next invoice.',
  'Called back number on file, all fine now.',
  'Replacement shipped, photo evidence attached.',
  'お客様へ折り返し済み。',
  'Asked for a written confirmation – sent “as is”.',
  'Needs a second visit.\nBring the long cable.',
]
const feedbackTexts = [
  'Quick and friendly, thank you!',
  'Had to wait far too long.',
  'とても丁寧でした。',
  'They solved it, but I had to explain everything twice 🙄',
  'Ça va, merci.',
]

/** Adds what happens after the session: wrap-up notes of the agents, and the survey of the end user. */
export function addWrapUp(scene: Scene): void {
  const random = fork(scene.random, 'wrap-up')
  for (const [index, stay] of scene.scenario.agentStays.entries()) {
    if (stay.wrapUpSeconds > 0 && chance(random, lateWrapUpShare))
      stay.wrapUpDelaySeconds = lateSeconds(random, correctionDaysMax)
    if (!stay.barged && stay.queue !== null && chance(random, dispositionShare))
      dispose(scene, random, stay, index)
  }
  const survey = drawSurvey(scene, random)
  scene.scenario.survey = survey
  if (survey === null || !survey.onTheLine) return
  for (const participant of scene.scenario.participants) {
    if (participant.type === 'end_user') participant.endedAt = survey.endedAt
  }
}

function dispose(scene: Scene, random: Random, stay: AgentStay, index: number): void {
  const { scenario } = scene
  const list = stay.queue?.dispositionList
  if (list === undefined) return
  const wrapUpSeconds = stay.wrapUpSeconds > 0 ? stay.wrapUpSeconds : integer(random, 3, 20)
  const late = chance(random, lateShare)
  const at = late ? scenario.ending.at + lateSeconds(random, correctionDaysMax) : stay.endedAt + wrapUpSeconds
  const rounds = chance(random, secondDispositionShare) ? 2 : 1
  for (let round = 0; round < rounds; round++) {
    // Codes differ within a stay, because they are part of a disposition's natural key.
    const code = list.codes[(integer(random, 0, 50) * 2 + round) % list.codes.length]
    if (
      code === undefined ||
      scenario.dispositions.some((other) => other.stay === index && other.code === code)
    )
      continue
    const note = chance(random, noteShare) ? pick(random, notesOfAgents) : null
    scenario.dispositions.push({ at, stay: index, note, list, code })
  }
}

function drawSurvey(scene: Scene, random: Random): Survey | null {
  const { scenario } = scene
  const isServed = scenario.agentStays.length > 0 || scenario.virtualAgentStays.length > 0
  const { status } = scenario.ending
  const asked = ['inbound', 'callback', 'scheduled', 'message-in'].includes(scenario.kind.course)
  if (!asked || !isServed || status !== 'finished' || !chance(random, surveyShare)) return null
  const onTheLine = scenario.channel === 'call' && scenario.kind.menuType === 'ivr_menu'
  const late = !onTheLine && chance(random, 4 * lateShare)
  const delaySeconds = late ? lateSeconds(random, surveyDaysMax) : onTheLine ? 1 : integer(random, 1, 240)
  const startedAt = scenario.ending.at + delaySeconds
  const isLeft = chance(random, leftSurveyShare)
  const rating = weighted(random, [
    [5, 46],
    [4, 24],
    [3, 12],
    [2, 8],
    [1, 10],
  ])
  return {
    startedAt,
    endedAt: startedAt + integer(random, 5, 45),
    rating: isLeft ? null : rating,
    feedback: !isLeft && chance(random, onTheLine ? 0.05 : 0.35) ? pick(random, feedbackTexts) : null,
    queue: surveyedQueue(scenario.queue, scenario.agentStays),
    onTheLine,
  }
}

function surveyedQueue(asked: Queue | null, stays: readonly AgentStay[]): Queue | null {
  return stays.findLast((stay) => stay.queue !== null)?.queue ?? asked
}
