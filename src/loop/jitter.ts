/** A period of about so many ms, up to a tenth more or less: who began together does not go on in step. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.9 + random() / 5)
}
