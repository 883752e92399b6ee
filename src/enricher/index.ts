import type { AdjunctType } from "../model/adjunct.ts";
import { onPublicNetworkEnricher, onSubnetNetworkEnricher } from "./on-network.ts";
import { deltaEnricher, timeFractionDeltaEnricher, timeWeightedDeltaEnricher, yamlTimeWeightedDeltaEnricher } from "./rate/deltas.ts";
import { httpLatencyDetector } from "./rate/http-latency-detector.ts";
import { rollingMeanEnricher, rollingTimeWindowMeanEnricher, yamlRollingTimeWindowMeanEnricher } from "./rate/means.ts";
import { aggregator } from "./stock/aggregator.ts";
import { combiner } from "./stock/combiner.ts";
import { joiner } from "./stock/joiner.ts";
import { mapAggregator } from "./stock/map-aggregator.ts";
import { percentageEnricher } from "./stock/percentage.ts";
import { propagateToMembers } from "./stock/propagate-to-members.ts";
import { propagator } from "./stock/propagator.ts";
import { reducer } from "./stock/reducer.ts";
import { computeServiceIndicators, computeServiceState } from "./stock/service-indicators.ts";
import { transformer } from "./stock/transformer.ts";
import { updatingMap } from "./stock/updating-map.ts";

/** Every enricher that works on any entity. */
export const enricherTypes: readonly AdjunctType[] = [
  aggregator,
  combiner,
  joiner,
  mapAggregator,
  percentageEnricher,
  propagateToMembers,
  propagator,
  reducer,
  transformer,
  updatingMap,
  computeServiceIndicators,
  computeServiceState,
  deltaEnricher,
  timeFractionDeltaEnricher,
  timeWeightedDeltaEnricher,
  yamlTimeWeightedDeltaEnricher,
  rollingMeanEnricher,
  rollingTimeWindowMeanEnricher,
  yamlRollingTimeWindowMeanEnricher,
  httpLatencyDetector,
  onPublicNetworkEnricher,
  onSubnetNetworkEnricher,
];
