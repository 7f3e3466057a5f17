-- Requests every line of a file once, in order: wrk -s each-once.lua <url> -- <file>
local paths = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do
    paths[#paths + 1] = line
  end
end

function request()
  at = at + 1
  return wrk.format("GET", paths[at] or "/cdn/ran-out-of-paths")
end
