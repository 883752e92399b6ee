/** `0.4 s`, `12.3 s`, `2 min 5 s`. @param ms milliseconds */
export function seconds(ms: number): string {
  const whole = Math.max(0, ms) / 1_000;
  if (whole < 60) return `${whole.toFixed(1)} s`;
  const minutes = Math.floor(whole / 60);
  return `${minutes} min ${Math.round(whole - minutes * 60)} s`;
}
