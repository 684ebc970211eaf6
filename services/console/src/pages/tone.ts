/** How something stands: a colour, and always an icon and a word beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain'
