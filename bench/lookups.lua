-- Point look-ups: another thing each time, or the same, with a comment that no two requests share unless REPEATED is set.
local things, count = {}, 0
for line in io.lines(os.getenv("THINGS")) do things[#things + 1] = line end
local path, repeated = os.getenv("ENDPOINT"), os.getenv("REPEATED")

function init(arguments)
  math.randomseed(os.time())
  count = math.random(1000000000)
end

function request()
  count = count + 1
  local mark = repeated and "" or "%20%23" .. count
  local thing = things[count % (repeated and 20 or #things) + 1]
  local query = "SELECT%20%3Fp%20%3Fo%20%7B%20%3C" .. thing .. "%3E%20%3Fp%20%3Fo%20%7D" .. mark
  return wrk.format("GET", path .. "?query=" .. query, { ["Accept"] = "application/sparql-results+json" })
end
