-- Counts the replies of each status; wrk runs it when a measured run had replies other than 2xx and 3xx.
local counts = {}
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  told = ""
end

function response(status, headers, body)
  counts[status] = (counts[status] or 0) + 1
  local parts = {}
  for number, count in pairs(counts) do
    table.insert(parts, number .. "=" .. count)
  end
  told = table.concat(parts, " ")
end

function done(summary, latency, requests)
  for _, thread in ipairs(threads) do
    io.write("Statuses: " .. thread:get("told") .. "\n")
  end
end
