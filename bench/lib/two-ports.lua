-- Threads of wrk go to wrk's own address and to another one, in turns, with the same path:
-- wrk -s two-ports.lua <url> -- <host of the other> <port of the other>
local threads = 0

function setup(thread)
  thread:set("other", threads % 2)
  threads = threads + 1
end

function init(args)
  if other == 1 then
    wrk.thread.addr = wrk.lookup(args[1], args[2])[1]
    wrk.headers["Host"] = args[1] .. ":" .. args[2]
  end
end
