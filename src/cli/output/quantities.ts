const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `512 MiB`, `1.5 GiB`. */
export function bytes(value: number): string {
  let unit = 0;
  let amount = value;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `12 %`. @param fraction 1 is all of it */
export function percent(fraction: number): string {
  const value = fraction * 100;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}
