-- SPDX-License-Identifier: Apache-2.0
-- Sets or removes an entry of a map. KEYS: the map. ARGV: name, value, or nothing to remove it, milliseconds until it ends or 0,
-- the most entries. Reply: 1, or 0 if the map is full. Fields: v the version, r that of the last removal, e:NAME the entries.

local key, field, most = KEYS[1], 'e:' .. ARGV[1], tonumber(ARGV[4])
local call = redis.call

if ARGV[2] == '' then
  local version = call('HINCRBY', key, 'v', 1)
  call('HDEL', key, field)
  call('HSET', key, 'r', version)
  return 1
end

if call('HLEN', key) >= most and call('HEXISTS', key, field) == 0 then
  local all, kept = call('HGETALL', key), 0
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'e:' then
      local ends = tonumber(string.match(all[i + 1], '^%d+:(%d+):'))
      if ends and ends > 0 and ends <= now then call('HDEL', key, all[i]) else kept = kept + 1 end
    end
  end
  if kept >= most then return 0 end
end
local life = tonumber(ARGV[3])
local ends = life > 0 and string.format('%.0f', now + life) or '0'
local version = call('HINCRBY', key, 'v', 1)
call('HSET', key, field, string.format('%.0f', version) .. ':' .. ends .. ':' .. ARGV[2])
return 1
