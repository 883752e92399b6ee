/**
 * Runs `body` for all items, at most `limit` at once (all when 0 or less), and waits for every one to end; then throws the first failure.
 */
export async function atMost<T, R>(limit: number, items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  const queue = items.map((item, index) => ({ item, index }));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [outcome] = await Promise.allSettled([body(next.item)]);
      outcomes[next.index] = outcome;
    }
  };
  await Promise.all(Array.from({ length: limit > 0 ? Math.min(limit, items.length) : items.length }, worker));
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
