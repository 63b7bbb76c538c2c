/**
 * Switches the inference runtime's telemetry off. It reads the variable from the process itself, once, when it loads, so
 * this must run on the main thread before: a worker's `process.env` is a copy that the runtime never sees.
 */
export function disableTelemetry(): void {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
}
