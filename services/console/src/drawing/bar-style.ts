/** How a bar of the drawing is colored. */
export type BarStyle =
  | 'menu'
  | 'virtual'
  | 'wait'
  | 'wait-in'
  | 'wait-out'
  | 'talk'
  | 'wrap'
  | 'barge'
  | 'attempt'
  | 'consumer'
