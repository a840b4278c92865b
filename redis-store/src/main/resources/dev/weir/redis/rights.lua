-- SPDX-License-Identifier: Apache-2.0
-- Finds out what our user may not do, and leaves everything as it is. ARGV: a key of ours that nobody uses, then commands.
-- Reply: for each 0 if it may be run, 1 if the command is denied, 2 if the key is. What else Redis has against it is wanted: most have
-- arguments with which they do nothing, and Redis asks for rights before it looks at those.

local key = ARGV[1]
local arguments = {
  time = {}, ping = {}, asking = {}, ['cluster|slots'] = {'SLOTS'}, ['cluster|info'] = {'INFO'},
  get = {key}, mget = {key}, set = {key, '', 'NX', 'XX'}, setex = {key, '0', ''}, psetex = {key, '0', ''},
  setrange = {key, '0', ''}, expire = {key, '1'}, pexpire = {key, '1'}, del = {key},
  lindex = {key, '0'}, llen = {key}, lset = {key, '0', ''}, lpush = {key, ''}, rpush = {key, ''}, lpop = {key},
  lrem = {key, '0', ''}, ltrim = {key, '0', '0'},
  zadd = {key, 'XX', '0', ''}, zrem = {key, ''}, zrange = {key, '0', '0'}, zrangebyscore = {key, '0', '0'},
  zremrangebyscore = {key, '0', '0'}, zcount = {key, '0', '0'}, zcard = {key}, zscore = {key, ''},
  hget = {key, ''}, hset = {key, '', '', ''}, hdel = {key, ''}, hlen = {key}, hexists = {key, ''}, hincrby = {key, '', ''},
  hgetall = {key}
}

local function denial(name)
  local command = string.match(name, '^[^|]+')
  local answer = redis.pcall(command, unpack(arguments[name]))
  local text = type(answer) == 'table' and answer.err
  -- Before version 7.2 these words, without NOPERM.
  if not text or not (string.find(text, 'NOPERM', 1, true) or string.find(text, "executing the script can't", 1, true)) then
    return 0
  end
  return string.find(text, 'access', 1, true) and 2 or 1
end

local out = {}
local undoes = denial('del') == 0
for i = 2, #ARGV do
  -- There is no way to push nothing.
  local pushes = ARGV[i] == 'lpush' or ARGV[i] == 'rpush'
  out[i - 1] = (not pushes or undoes) and denial(ARGV[i]) or 0
  if pushes and undoes then redis.pcall('DEL', key) end
end
return out
