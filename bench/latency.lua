-- Tells requests a second, the median and the 99th percentile of latency in milliseconds, and how many failed.
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    "measured %f %f %f %d\n",
    1e6 * summary.requests / summary.duration, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout
  ))
end
