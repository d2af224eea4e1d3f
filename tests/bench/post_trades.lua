-- wrk script: every request posts one trade between stations of the demo galaxy that the bench
-- has stocked (tests/bench/stock). Connections share nothing; each thread has its own sequence. The
-- requests take turns at being from each of ITN_TOKENS, one access token a line.

local stations = {
  "ceres", "europa", "ganymede", "titan", "mars", "luna",
  "triton", "pallas-hub", "tycho-yard", "lagrange-five", "kuiper-gate", "hygiea-dock",
}
local products = { "ice", "nickel", "titanium", "wheat", "coffee", "medicine", "battery-cell", "suit" }
local threads = 0
local callers = {}
local turn = 0
for token in (os.getenv("ITN_TOKENS") or ""):gmatch("%S+") do
  callers[#callers + 1] = {
    ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }
end

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  math.randomseed(4711 + id)
  wrk.method = "POST"
  turn = id
end

function request()
  local seller = math.random(#stations)
  local buyer = (seller + math.random(#stations - 1) - 1) % #stations + 1
  turn = turn % #callers + 1
  return wrk.format(nil, "/api/trades", callers[turn], string.format(
    '{"tradeType":"buy","seller":"%s","buyer":"%s","items":[{"productId":"%s","quantity":1}]}',
    stations[seller], stations[buyer], products[math.random(#products)]))
end

local other = 0
function response(status)
  if status ~= 202 then other = other + 1 end
end

function done(summary, latency)
  io.write(string.format("posted %d in %.1f s: %.0f a second, p50 %.2f ms, p99 %.2f ms, errors %d\n",
    summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
