-- wrk script: the same requests over many services. Usage: wrk … -s tenants.lua URL -- BODIES SERVICES EXPONENT
-- Service number k is asked with a frequency of 1 / k^EXPONENT (Zipf), at the path /tK/dev.
local bodies, chosen, n = {}, {}, 0
local cumulated = {}

function init(args)
  for line in assert(io.open(args[1], "r")):lines() do n = n + 1; bodies[n] = line end
  local services, exponent, sum = tonumber(args[2]), tonumber(args[3]), 0
  for k = 1, services do sum = sum + 1 / k ^ exponent; cumulated[k] = sum end
  local random = assert(io.open("/dev/urandom", "rb"))
  local a, b, c, d = random:read(4):byte(1, 4)
  random:close()
  math.randomseed(a + 256 * (b + 256 * (c + 256 * (d % 128))))
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local wanted = math.random() * cumulated[#cumulated]
  local low, high = 1, #cumulated
  while low < high do
    local middle = math.floor((low + high) / 2)
    if cumulated[middle] < wanted then low = middle + 1 else high = middle end
  end
  return wrk.format(nil, "/t" .. low .. "/dev", nil, bodies[math.random(n)])
end

local bad = 0
function response(status, headers, body)
  if status ~= 200 or body:find('"errors"', 1, true) then
    bad = bad + 1
    if bad == 1 then io.stderr:write("BAD ", status, " ", body:sub(1, 300), "\n") end
  end
end

function done(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99)))
end
