import { expect, test } from "vitest";
import { cpuBetween, parseCounters } from "./machine-counters.ts";

const output = (busy: number, idle: number) =>
  `3600.25 7000.10\n0.52 0.40 0.30 1/234 5678\ncpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\nMemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    9000000 kB\n`;

test("parseCounters reads uptime, load, CPU and memory", () => {
  expect(parseCounters(output(100, 300), "h")).toEqual({ uptimeSeconds: 3600.25, loadAverage: 0.52, cpuBusy: 100, cpuTotal: 400, memoryTotal: 16_000_000, memoryFree: 9_000_000 });
});

test("parseCounters refuses what is no such output", () => {
  expect(() => parseCounters("sh: cat: not found", "web-1")).toThrow('Cannot understand the counters of "web-1"');
});

test("cpuBetween is the busy share of the time between", () => {
  const before = parseCounters(output(100, 300), "h");
  expect(cpuBetween(before, parseCounters(output(150, 350), "h"))).toBe(0.5);
  expect(cpuBetween(before, before)).toBeUndefined();
});
