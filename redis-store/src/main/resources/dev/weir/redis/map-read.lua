-- SPDX-License-Identifier: Apache-2.0
-- Reads a map. KEYS: the map. ARGV: the version that the caller has. Reply: the version, and if it is another, that of the last
-- removal, the time, and names and entries in turn.

local version = redis.call('HGET', KEYS[1], 'v') or '0'
if version == ARGV[1] then return {version} end
local out = {version, redis.call('HGET', KEYS[1], 'r') or '0', string.format('%.0f', now)}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'e:' then
    out[#out + 1] = string.sub(all[i], 3)
    out[#out + 1] = all[i + 1]
  end
end
return out
